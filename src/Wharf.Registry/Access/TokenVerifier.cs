using System.Buffers.Text;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;

namespace Wharf.Registry.Access;

/// <summary>
/// Checks bearer tokens (distribution token authentication specification, "JSON Web Token"): signature by a key that is trusted, issuer, audience, times.
/// The header chooses among trusted keys; it never brings one of its own, unless certified by a trusted root.
/// </summary>
internal sealed class TokenVerifier(string issuer, string service, IReadOnlyList<TrustedKey> keys, X509Certificate2Collection roots, TimeProvider clock)
{
    private const int MaxToken = 64 * 1024;
    private static readonly TimeSpan Leeway = TimeSpan.FromSeconds(60);

    /// <returns>The claims; null when the token is not to be believed.</returns>
    public TokenClaims? Verify(string token)
    {
        string[] parts = token.Split('.');
        if (token.Length > MaxToken || parts.Length != 3)
        {
            return null;
        }

        try
        {
            using JsonDocument header = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[0]));
            string algorithm = header.RootElement.GetProperty("alg").GetString() ?? "";
            byte[] signed = Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), signature = Base64Url.DecodeFromChars(parts[2]);
            if (!Candidates(header.RootElement).Any(k => k.Verifies(algorithm, signed, signature)))
            {
                return null;
            }

            using JsonDocument payload = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1]));
            TokenClaims claims = TokenClaims.Read(payload.RootElement);
            DateTimeOffset now = clock.GetUtcNow();
            return claims.Issuer == issuer && claims.Audience.Contains(service) && now < claims.Expires + Leeway && now >= claims.NotBefore - Leeway ? claims : null;
        }
        catch (Exception e) when (e is JsonException or FormatException or KeyNotFoundException or InvalidOperationException or ArgumentOutOfRangeException
            or System.Security.Cryptography.CryptographicException)
        {
            // Whatever is wrong with it, it is no token of ours.
            return null;
        }
    }

    private IEnumerable<TrustedKey> Candidates(JsonElement header)
    {
        if (header.TryGetProperty("x5c", out JsonElement chain) && roots.Count > 0)
        {
            return Certified(chain) is { } key ? [key] : [];
        }

        string? id = header.TryGetProperty("kid", out JsonElement kid) ? kid.GetString() : null;
        List<TrustedKey> named = id is null ? [] : [.. keys.Where(k => k.Ids.Contains(id))];
        return named.Count > 0 ? named : id is null ? keys : [];
    }

    private TrustedKey? Certified(JsonElement given)
    {
        List<X509Certificate2> certificates = [.. given.EnumerateArray().Take(8).Select(c => X509CertificateLoader.LoadCertificate(Convert.FromBase64String(c.GetString() ?? "")))];
        if (certificates.Count == 0)
        {
            return null;
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(roots);
        chain.ChainPolicy.ExtraStore.AddRange(certificates.Skip(1).ToArray());
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = clock.GetUtcNow().UtcDateTime;
        return chain.Build(certificates[0]) ? TrustedKey.Of(certificates[0]) : null;
    }
}
