using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Wharf.Oci.Signing;
using Wharf.Primitives;

namespace Wharf.Images.Trust;

/// <summary>What a scope of the policy demands: nothing, the impossible, or a signature for each of its entries.</summary>
public sealed record TrustRule
{
    public bool Rejects { get; private init; }

    /// <summary>Every one of them must be met.</summary>
    internal IReadOnlyList<SignatureDemand> Demands { get; private init; } = [];

    /// <summary>Changes when another key or identity would be asked for: what was verified before counts no more.</summary>
    internal string Fingerprint => string.Join('+', Demands.Select(d => d.Fingerprint));

    /// <exception cref="JsonException">An entry that cannot be checked, and why.</exception>
    internal static TrustRule Read(JsonElement json, string scope)
    {
        var demands = new List<SignatureDemand>();
        bool rejects = false;
        int entries = 0;
        foreach (JsonElement entry in json.EnumerateArray())
        {
            entries++;
            string type = entry.TryGetProperty("type", out JsonElement named) ? named.GetString() ?? "" : "";
            switch (type)
            {
                case "insecureAcceptAnything":
                    break;
                case "reject":
                    rejects = true;
                    break;
                case "sigstoreSigned":
                    demands.Add(SignatureDemand.Read(entry, scope));
                    break;
                case "signedBy":
                    throw new JsonException($"{scope}: signedBy (GPG) is not supported; use sigstoreSigned with a public key");
                default:
                    throw new JsonException($"{scope}: unknown type \"{type}\" (insecureAcceptAnything, reject and sigstoreSigned are known)");
            }
        }

        return entries == 0 ? throw new JsonException($"{scope}: the list of requirements is empty") : new TrustRule { Rejects = rejects, Demands = demands };
    }
}

/// <summary>A signature by one of these keys, made for this name.</summary>
internal sealed record SignatureDemand(IReadOnlyList<SignatureKey> Keys, string? Repository)
{
    public string Fingerprint { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('|', Keys.Select(k => k.Fingerprint)) + Repository)))[..16];

    public static SignatureDemand Read(JsonElement entry, string scope)
    {
        var keys = new List<SignatureKey>();
        string? repository = null;
        foreach (JsonProperty part in entry.EnumerateObject())
        {
            switch (part.Name)
            {
                case "type":
                    break;
                case "keyPath":
                    keys.Add(SignatureKey.Read(File.ReadAllText(part.Value.GetString()!), part.Value.GetString()!));
                    break;
                case "keyPaths":
                    keys.AddRange(part.Value.EnumerateArray().Select(p => SignatureKey.Read(File.ReadAllText(p.GetString()!), p.GetString()!)));
                    break;
                case "keyData":
                    keys.Add(SignatureKey.Read(Encoding.UTF8.GetString(part.Value.GetBytesFromBase64()), $"keyData of {scope}"));
                    break;
                case "signedIdentity":
                    repository = Identity(part.Value, scope);
                    break;
                default:
                    throw new JsonException($"{scope}: \"{part.Name}\" is not supported in sigstoreSigned (keyPath, keyPaths, keyData and signedIdentity are)");
            }
        }

        return keys.Count > 0 ? new SignatureDemand(keys, repository) : throw new JsonException($"{scope}: sigstoreSigned needs a key");
    }

    // The signature's own name must be that of the repository; only a fixed other name needs to be kept.
    private static string? Identity(JsonElement identity, string scope) => identity.GetProperty("type").GetString() switch
    {
        "matchRepository" or "matchRepoDigestOrExact" => null,
        "exactRepository" => ImageReference.Parse(identity.GetProperty("dockerRepository").GetString() ?? "").Name,
        var other => throw new JsonException($"{scope}: signedIdentity {other} is not supported (matchRepository, matchRepoDigestOrExact and exactRepository are)"),
    };
}
