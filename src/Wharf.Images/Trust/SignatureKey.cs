using System.Security.Cryptography;
using System.Text.Json;

namespace Wharf.Images.Trust;

/// <summary>A public key of cosign's kinds: ECDSA on a NIST curve or RSA, both with SHA-256.</summary>
internal sealed class SignatureKey
{
    private readonly ECDsa? _ec;
    private readonly RSA? _rsa;

    private SignatureKey(AsymmetricAlgorithm key)
    {
        (_ec, _rsa) = (key as ECDsa, key as RSA);
        Fingerprint = Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo()))[..32];
    }

    public string Fingerprint { get; }

    /// <exception cref="JsonException">It is no key that can be used; Ed25519, which this platform cannot check, is named.</exception>
    public static SignatureKey Read(string pem, string source)
    {
        foreach (AsymmetricAlgorithm candidate in new AsymmetricAlgorithm[] { ECDsa.Create(), RSA.Create() })
        {
            try
            {
                candidate.ImportFromPem(pem);
                return new SignatureKey(candidate);
            }
            catch (Exception e) when (e is CryptographicException or ArgumentException)
            {
                // of the other kind, or of none
                candidate.Dispose();
            }
        }

        // 1.3.101.112 in the key's header
        bool isEd25519 = PemEncoding.TryFind(pem, out PemFields fields)
            && Convert.FromBase64String(pem[fields.Base64Data]).AsSpan().IndexOf((ReadOnlySpan<byte>)[0x06, 0x03, 0x2b, 0x65, 0x70]) >= 0;
        throw new JsonException(isEd25519 ? $"{source}: Ed25519 keys are not supported (ECDSA and RSA are)" : $"{source} holds no public key in PEM form");
    }

    public bool Verifies(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature) =>
        _ec?.VerifyData(data, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)
        ?? _rsa!.VerifyData(data, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
}
