using System.Security.Cryptography;
using System.Text.Json;
using Wharf.Primitives;

namespace Wharf.Images.Trust;

/// <summary>
/// One signature as cosign stores it: a payload ("simple signing": which manifest, under which name) as a layer, the signature over those bytes in an
/// annotation of it (sigstore, "Cosign Signature Specifications").
/// </summary>
internal sealed record CosignSignature(byte[] Payload, string Base64Signature)
{
    public const string PayloadType = "application/vnd.dev.cosign.simplesigning.v1+json";
    public const string Annotation = "dev.cosignproject.cosign/signature";
    private const string SignatureType = "cosign container image signature";

    /// <summary>Null when it meets the demand, else why it does not.</summary>
    public string? Problem(SignatureDemand demand, ImageReference reference, Digest manifest)
    {
        byte[] signature;
        try
        {
            signature = Convert.FromBase64String(Base64Signature);
        }
        catch (FormatException)
        {
            return "it is no base64";
        }

        // The key first: nothing in a payload that nobody vouches for is looked at.
        if (!demand.Keys.Any(k => Verifies(k, signature)))
        {
            return "it is by none of the keys";
        }

        try
        {
            using JsonDocument json = JsonDocument.Parse(Payload);
            JsonElement critical = json.RootElement.GetProperty("critical");
            if (critical.GetProperty("type").GetString() is not SignatureType)
            {
                return "its payload is of another type";
            }

            string? signed = critical.GetProperty("image").GetProperty("docker-manifest-digest").GetString();
            if (signed != manifest.ToString())
            {
                return $"it is for {signed}";
            }

            string name = critical.GetProperty("identity").GetProperty("docker-reference").GetString() ?? "";
            return ImageReference.TryParse(name, out ImageReference? identity) && identity.Name == (demand.Repository ?? reference.Name)
                && (identity.Tag is null || reference.Tag is null || identity.Tag == reference.Tag)
                ? null
                : $"it is for the name {name}";
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return $"its payload is malformed: {e.Message}";
        }
    }

    private bool Verifies(SignatureKey key, byte[] signature)
    {
        try
        {
            return key.Verifies(Payload, signature);
        }
        catch (CryptographicException)
        {
            // not even of the key's form
            return false;
        }
    }
}
