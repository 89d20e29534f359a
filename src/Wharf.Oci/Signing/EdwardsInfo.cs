using System.Security.Cryptography;

namespace Wharf.Oci.Signing;

/// <summary>Ed25519 keys in the structures that PEM files hold (RFC 8410): always the same bytes before the key's own.</summary>
internal static class EdwardsInfo
{
    public static ReadOnlySpan<byte> PublicHeader => [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

    public static ReadOnlySpan<byte> PrivateHeader => [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];

    /// <summary>The structure, header and all; null when the text has none of this kind.</summary>
    public static byte[]? ReadPem(string pem, string label, ReadOnlySpan<byte> header)
    {
        if (!PemEncoding.TryFind(pem, out PemFields fields) || !pem.AsSpan()[fields.Label].SequenceEqual(label))
        {
            return null;
        }

        byte[] info = Convert.FromBase64String(pem[fields.Base64Data]);
        return info.Length == header.Length + Ed25519.KeyLength && info.AsSpan().StartsWith(header) ? info : null;
    }

    public static string WritePem(string label, ReadOnlySpan<byte> header, ReadOnlySpan<byte> key) => PemEncoding.WriteString(label, [.. header, .. key]) + "\n";
}
