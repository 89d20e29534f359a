using System.Security.Cryptography;
using Wharf.Oci.Signing;

namespace Wharf.Cli.Builds.Lending.Keys;

/// <summary>A private key that signs as an SSH agent does.</summary>
internal abstract class SshKey(string comment) : IDisposable
{
    public string Comment => comment;

    /// <summary>The public key in the form that the protocols carry (RFC 4253, section 6.6; RFC 8709).</summary>
    public abstract byte[] PublicBlob { get; }

    /// <param name="data">To be signed.</param>
    /// <param name="flags">Of the request (draft-ietf-sshm-ssh-agent, section 3.6.1): 2 and 4 choose SHA-256 and SHA-512 for RSA.</param>
    /// <returns>The signature's blob; null for an algorithm that is not offered.</returns>
    public abstract byte[]? Sign(ReadOnlySpan<byte> data, uint flags);

    public abstract void Dispose();

    /// <param name="seed">32 bytes.</param>
    /// <param name="comment">For people.</param>
    public static SshKey OfEd25519(byte[] seed, string comment) => new EdwardsKey(seed, comment);

    public static SshKey Of(RSA key, string comment) => new RsaKey(key, comment);

    private sealed class EdwardsKey(byte[] seed, string comment) : SshKey(comment)
    {
        public override byte[] PublicBlob { get; } = new SshWire().Text("ssh-ed25519"u8).Text(Ed25519.PublicKey(seed)).ToArray();

        public override byte[] Sign(ReadOnlySpan<byte> data, uint flags) => new SshWire().Text("ssh-ed25519"u8).Text(Ed25519.Sign(seed, data)).ToArray();

        public override void Dispose() => CryptographicOperations.ZeroMemory(seed);
    }

    private sealed class RsaKey(RSA key, string comment) : SshKey(comment)
    {
        private const uint Sha256 = 2, Sha512 = 4;

        public override byte[] PublicBlob
        {
            get
            {
                RSAParameters parameters = key.ExportParameters(includePrivateParameters: false);
                return new SshWire().Text("ssh-rsa"u8).Integer(parameters.Exponent).Integer(parameters.Modulus).ToArray();
            }
        }

        // Without a flag it would be SHA-1, which no server should take any more.
        public override byte[]? Sign(ReadOnlySpan<byte> data, uint flags) => (flags & (Sha256 | Sha512)) switch
        {
            0 => null,
            Sha256 => new SshWire().Text("rsa-sha2-256"u8).Text(key.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)).ToArray(),
            _ => new SshWire().Text("rsa-sha2-512"u8).Text(key.SignData(data, HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1)).ToArray(),
        };

        public override void Dispose() => key.Dispose();
    }
}
