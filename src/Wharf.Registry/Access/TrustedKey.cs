using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Wharf.Primitives;

namespace Wharf.Registry.Access;

/// <summary>A public key whose signatures on tokens are believed, and the ids under which headers name it.</summary>
internal sealed class TrustedKey
{
    private readonly ECDsa? _ec;
    private readonly RSA? _rsa;

    private TrustedKey(AsymmetricAlgorithm key, IEnumerable<string> ids)
    {
        _ec = key as ECDsa;
        _rsa = key as RSA;
        Ids = [.. ids, LibtrustId(key.ExportSubjectPublicKeyInfo())];
    }

    public IReadOnlyList<string> Ids { get; }

    public static TrustedKey Of(AsymmetricAlgorithm key, params string[] ids) => new(key, ids);

    /// <exception cref="WharfException">InvalidArgument: the certificate has a key of another kind.</exception>
    public static TrustedKey Of(X509Certificate2 certificate) =>
        new((AsymmetricAlgorithm?)certificate.GetECDsaPublicKey() ?? certificate.GetRSAPublicKey()
            ?? throw WharfException.Invalid($"certificate {certificate.Subject}: only RSA and ECDSA keys can sign tokens"), []);

    /// <summary>The keys of a JSON Web Key Set (RFC 7517).</summary>
    /// <exception cref="WharfException">InvalidArgument: it is none.</exception>
    public static IReadOnlyList<TrustedKey> ReadSet(string path)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            return [.. document.RootElement.GetProperty("keys").EnumerateArray().Select(Read)];
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or CryptographicException)
        {
            throw WharfException.Invalid($"key set {path}: {e.Message}", e);
        }
    }

    /// <param name="algorithm">The name of the header, which must be one that fits the key's kind.</param>
    /// <param name="signed">What is signed.</param>
    /// <param name="signature">As JWS has it.</param>
    public bool Verifies(string algorithm, ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature) => algorithm switch
    {
        "RS256" => _rsa?.VerifyData(signed, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1) ?? false,
        "RS384" => _rsa?.VerifyData(signed, signature, HashAlgorithmName.SHA384, RSASignaturePadding.Pkcs1) ?? false,
        "RS512" => _rsa?.VerifyData(signed, signature, HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1) ?? false,
        "PS256" => _rsa?.VerifyData(signed, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pss) ?? false,
        "ES256" => _ec?.KeySize == 256 && _ec.VerifyData(signed, signature, HashAlgorithmName.SHA256),
        "ES384" => _ec?.KeySize == 384 && _ec.VerifyData(signed, signature, HashAlgorithmName.SHA384),
        "ES512" => _ec?.KeySize == 521 && _ec.VerifyData(signed, signature, HashAlgorithmName.SHA512),
        _ => false,
    };

    /// <summary>The id that token servers for Docker's registry put into headers: base32 of the first 240 bits of the key's SHA-256, in fours.</summary>
    public static string LibtrustId(byte[] publicKey)
    {
        const string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        byte[] hash = SHA256.HashData(publicKey)[..30];
        var text = new StringBuilder();
        int held = 0, bits = 0, count = 0;
        foreach (byte b in hash)
        {
            held = (held << 8) | b;
            for (bits += 8; bits >= 5; bits -= 5)
            {
                if (count > 0 && count % 4 == 0)
                {
                    text.Append(':');
                }

                text.Append(alphabet[(held >> (bits - 5)) & 31]);
                count++;
            }
        }

        return text.ToString();
    }

    private static TrustedKey Read(JsonElement key)
    {
        string kind = key.GetProperty("kty").GetString() ?? "";
        string[] ids = key.TryGetProperty("kid", out JsonElement id) && id.GetString() is { } named ? [named] : [];
        byte[] Bytes(string name) => Base64Url.DecodeFromChars(key.GetProperty(name).GetString());
        switch (kind)
        {
            case "RSA":
                return new TrustedKey(RSA.Create(new RSAParameters { Modulus = Bytes("n"), Exponent = Bytes("e") }), ids);
            case "EC":
                ECCurve curve = key.GetProperty("crv").GetString() switch
                {
                    "P-256" => ECCurve.NamedCurves.nistP256,
                    "P-384" => ECCurve.NamedCurves.nistP384,
                    "P-521" => ECCurve.NamedCurves.nistP521,
                    var other => throw new FormatException($"curve {other} is not supported"),
                };
                return new TrustedKey(ECDsa.Create(new ECParameters { Curve = curve, Q = new ECPoint { X = Bytes("x"), Y = Bytes("y") } }), ids);
            default:
                throw new FormatException($"keys of type {kind} are not supported (RSA and EC are)");
        }
    }
}
