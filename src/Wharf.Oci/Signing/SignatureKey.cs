using System.Security.Cryptography;

namespace Wharf.Oci.Signing;

/// <summary>A public key of cosign's kinds: ECDSA on a NIST curve or RSA, both with SHA-256, or Ed25519.</summary>
public sealed class SignatureKey
{
    private readonly ECDsa? _ec;
    private readonly RSA? _rsa;
    private readonly byte[]? _edwards;

    private SignatureKey(byte[] info, AsymmetricAlgorithm? key)
    {
        (_ec, _rsa) = (key as ECDsa, key as RSA);
        _edwards = key is null ? info[EdwardsInfo.PublicHeader.Length..] : null;
        Fingerprint = Convert.ToHexStringLower(SHA256.HashData(info))[..32];
    }

    public string Fingerprint { get; }

    /// <param name="pem">SubjectPublicKeyInfo in PEM (RFC 7468), as <c>openssl pkey -pubout</c> and cosign write it.</param>
    /// <param name="source">What errors call it.</param>
    /// <exception cref="CryptographicException">It is no key that can be used.</exception>
    public static SignatureKey Read(string pem, string source)
    {
        if (EdwardsInfo.ReadPem(pem, "PUBLIC KEY", EdwardsInfo.PublicHeader) is { } edwards)
        {
            return new SignatureKey(edwards, null);
        }

        foreach (AsymmetricAlgorithm candidate in new AsymmetricAlgorithm[] { ECDsa.Create(), RSA.Create() })
        {
            try
            {
                candidate.ImportFromPem(pem);
                return new SignatureKey(candidate.ExportSubjectPublicKeyInfo(), candidate);
            }
            catch (Exception e) when (e is CryptographicException or ArgumentException)
            {
                // of the other kind, or of none
                candidate.Dispose();
            }
        }

        throw new CryptographicException($"{source} holds no public key in PEM form");
    }

    /// <summary>False also for a signature that is not even of the key's form.</summary>
    public bool Verifies(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        try
        {
            return _ec?.VerifyData(data, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)
                ?? _rsa?.VerifyData(data, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
                ?? Ed25519.Verify(_edwards, data, signature);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
