using System.Text;
using System.Text.Json;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Oci.Signing;

/// <summary>
/// One signature as cosign stores it: a payload ("simple signing": which manifest, under which name) as a layer, the signature over those bytes in an
/// annotation of it (sigstore, "Cosign Signature Specifications").
/// </summary>
public sealed record SimpleSigning(byte[] Payload, string Base64Signature)
{
    public const string PayloadType = "application/vnd.dev.cosign.simplesigning.v1+json";
    public const string ArtifactType = "application/vnd.dev.cosign.artifact.sig.v1+json";
    public const string Annotation = "dev.cosignproject.cosign/signature";
    private const string SignatureType = "cosign container image signature";

    /// <summary>The tag under which the signatures of a manifest are, where cosign has always put them.</summary>
    public static string TagOf(Digest manifest) => $"{manifest.Algorithm}-{manifest.Encoded}.sig";

    /// <summary>The tag of the list of what refers to a manifest, in registries that keep none (OCI distribution specification 1.1, "Referrers Tag Schema").</summary>
    public static string ReferrersTagOf(Digest manifest) => $"{manifest.Algorithm}-{manifest.Encoded}";

    /// <summary>True for what a list of referrers says may hold signatures.</summary>
    public static bool IsSignature(Descriptor referrer) => referrer.ArtifactType is ArtifactType or PayloadType;

    /// <summary>Says that the manifest stands under the name.</summary>
    public static SimpleSigning Make(string name, Digest manifest, SigningKey key)
    {
        byte[] payload = Encoding.UTF8.GetBytes(
            $$$"""{"critical":{"identity":{"docker-reference":"{{{JsonEncodedText.Encode(name)}}}"},"image":{"docker-manifest-digest":"{{{manifest}}}"},"type":"{{{SignatureType}}}"},"optional":null}""");
        return new SimpleSigning(payload, Convert.ToBase64String(key.Sign(payload)));
    }

    /// <summary>Null when it is by one of the keys, for the manifest and for the name; else why not.</summary>
    /// <param name="keys">Any of them will do.</param>
    /// <param name="repository">The name it must have been made for.</param>
    /// <param name="tag">The tag asked for; a signature that names a tag is for that tag alone.</param>
    /// <param name="manifest">The digest of the manifest that the name stands for.</param>
    public string? Problem(IReadOnlyList<SignatureKey> keys, string repository, string? tag, Digest manifest)
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
        if (!keys.Any(k => k.Verifies(Payload, signature)))
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
            return ImageReference.TryParse(name, out ImageReference? identity) && identity.Name == repository && (identity.Tag is null || tag is null || identity.Tag == tag)
                ? null
                : $"it is for the name {name}";
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return $"its payload is malformed: {e.Message}";
        }
    }
}
