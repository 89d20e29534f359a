using System.Security.Cryptography;

namespace Wharf.Oci.Signing;

/// <summary>A private key to sign images with: ECDSA on a NIST curve, or Ed25519.</summary>
public sealed class SigningKey : IDisposable
{
    private const string PrivateLabel = "PRIVATE KEY";
    private readonly ECDsa? _ec;
    private readonly byte[]? _seed;

    private SigningKey(ECDsa? ec, byte[]? seed) => (_ec, _seed) = (ec, seed);

    public static SigningKey NewEcdsa() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256), null);

    public static SigningKey NewEd25519() => new(null, RandomNumberGenerator.GetBytes(Ed25519.KeyLength));

    /// <param name="pem">PKCS #8 (or SEC 1) in PEM form, not encrypted.</param>
    /// <param name="source">What errors call it.</param>
    /// <exception cref="CryptographicException">It is no key that can be used.</exception>
    public static SigningKey Read(string pem, string source)
    {
        if (pem.Contains("ENCRYPTED", StringComparison.Ordinal))
        {
            throw new CryptographicException($"{source} is encrypted, which is not supported: decrypt it (openssl pkey, or cosign import-key-pair's source) or make one with trust keygen");
        }

        if (EdwardsInfo.ReadPem(pem, PrivateLabel, EdwardsInfo.PrivateHeader) is { } info)
        {
            return new SigningKey(null, info[EdwardsInfo.PrivateHeader.Length..]);
        }

        ECDsa ec = ECDsa.Create();
        try
        {
            ec.ImportFromPem(pem);
            return new SigningKey(ec, null);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            ec.Dispose();
            throw new CryptographicException($"{source} holds no private key of ECDSA or Ed25519 in PEM form", e);
        }
    }

    public byte[] Sign(ReadOnlySpan<byte> data) => _ec?.SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence) ?? Ed25519.Sign(_seed, data);

    public string PrivatePem() => _ec is not null ? _ec.ExportPkcs8PrivateKeyPem() + "\n" : EdwardsInfo.WritePem(PrivateLabel, EdwardsInfo.PrivateHeader, _seed);

    public string PublicPem() => _ec is not null ? _ec.ExportSubjectPublicKeyInfoPem() + "\n" : EdwardsInfo.WritePem("PUBLIC KEY", EdwardsInfo.PublicHeader, Ed25519.PublicKey(_seed));

    public void Dispose()
    {
        _ec?.Dispose();
        CryptographicOperations.ZeroMemory(_seed);
    }
}
