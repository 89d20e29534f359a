using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Wharf.Primitives;

namespace Wharf.Registry.Access;

/// <summary>Makes the registry's own tokens (ES256). The key is made once and kept in the store, so tokens outlive a restart.</summary>
internal sealed class TokenIssuer(ECDsa key, string service, TimeSpan life, TimeProvider clock)
{
    public const string Issuer = "wharf-registry";

    // Refresh tokens are for nobody but the token endpoint.
    public const string RefreshAudience = "wharf-registry-refresh";
    private static readonly TimeSpan RefreshLife = TimeSpan.FromDays(90);

    public TimeSpan Life => life;

    public TrustedKey Public => TrustedKey.Of(key, "own");

    /// <summary>Loads the key below a store, or makes it.</summary>
    public static ECDsa LoadKey(string folder)
    {
        string path = Path.Combine(folder, "token.pem");
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        if (File.Exists(path))
        {
            key.ImportFromPem(File.ReadAllText(path));
        }
        else
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            AtomicFile.Write(path, Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem()));
        }

        return key;
    }

    public string Access(string user, IEnumerable<TokenGrant> grants)
    {
        var access = new JsonArray([.. grants.Select(g => (JsonNode)new JsonObject
        {
            ["type"] = g.Type,
            ["name"] = g.Name,
            ["actions"] = new JsonArray([.. g.Actions.Select(a => (JsonNode)a)]),
        })]);
        return Sign(Claims(user, service, life, "access", access));
    }

    /// <param name="user">Whose.</param>
    /// <param name="passwordHash">It ends with this password: another hash makes the token void.</param>
    public string Refresh(string user, string passwordHash) => Sign(Claims(user, RefreshAudience, RefreshLife, "fpr", Fingerprint(passwordHash)));

    public static string Fingerprint(string passwordHash) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(passwordHash)).AsSpan(0, 16));

    private JsonObject Claims(string user, string audience, TimeSpan valid, string extra, JsonNode value)
    {
        DateTimeOffset now = clock.GetUtcNow();
        return new JsonObject
        {
            ["iss"] = Issuer,
            ["sub"] = user,
            ["aud"] = audience,
            ["exp"] = (now + valid).ToUnixTimeSeconds(),
            ["nbf"] = now.ToUnixTimeSeconds(),
            ["iat"] = now.ToUnixTimeSeconds(),
            ["jti"] = Guid.NewGuid().ToString("N"),
            [extra] = value,
        };
    }

    private string Sign(JsonObject claims)
    {
        string head = Base64Url.EncodeToString("""{"alg":"ES256","typ":"JWT","kid":"own"}"""u8);
        string signed = $"{head}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims.ToJsonString()))}";
        return $"{signed}.{Base64Url.EncodeToString(key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256))}";
    }
}
