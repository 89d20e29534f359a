using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Text;
using Wharf.Cli.Framework.Commands;
using Wharf.Oci.Signing;

namespace Wharf.Cli.Builds.Lending.Keys;

/// <summary>Private keys as <c>ssh-keygen</c> writes them: OpenSSH's own form (PROTOCOL.key), and PEM with PKCS#1 or PKCS#8.</summary>
internal static class SshKeyFile
{
    private const int MostBytes = 100 << 10;
    private const string Ed25519Id = "1.3.101.112", CurveId = "1.2.840.10045.2.1";

    /// <exception cref="CommandException">It cannot be read, is protected by a passphrase, or is of a kind that is not served.</exception>
    public static SshKey Read(string path)
    {
        string text;
        try
        {
            text = new FileInfo(path).Length <= MostBytes ? File.ReadAllText(path) : throw new CommandException($"{path} is no key file: it is too large");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"failed to read the ssh key {path}: {e.Message}");
        }

        return Parse(text, path);
    }

    internal static SshKey Parse(string text, string path)
    {
        if (!PemEncoding.TryFind(text, out PemFields fields))
        {
            // PKCS#1 with a passphrase has header lines, which are no PEM of today.
            throw text.Contains("Proc-Type: 4,ENCRYPTED", StringComparison.Ordinal) ? Protected(path) : new CommandException($"{path} is neither the socket of an ssh agent nor a private key");
        }

        byte[] content = Convert.FromBase64String(text[fields.Base64Data]);
        try
        {
            return text[fields.Label] switch
            {
                "OPENSSH PRIVATE KEY" => OfOpenSsh(content, path),
                "RSA PRIVATE KEY" => SshKey.Of(Imported(RSA.Create, rsa => rsa.ImportRSAPrivateKey(content, out _)), path),
                "EC PRIVATE KEY" => new CurveKey(Imported(ECDsa.Create, key => key.ImportECPrivateKey(content, out _)), path),
                "PRIVATE KEY" => OfPkcs8(content, path),
                "ENCRYPTED PRIVATE KEY" => throw Protected(path),
                var label => throw Unsupported(path, label.ToLowerInvariant()),
            };
        }
        catch (Exception e) when (e is FormatException or CryptographicException or AsnContentException)
        {
            throw new CommandException($"the ssh key {path} is damaged: {e.Message}");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
        }
    }

    private static SshKey OfOpenSsh(byte[] content, string path)
    {
        ReadOnlySpan<byte> rest = content, magic = "openssh-key-v1\0"u8;
        if (!rest.StartsWith(magic))
        {
            throw new FormatException("it does not begin as OpenSSH's keys do");
        }

        rest = rest[magic.Length..];
        bool isPlain = SshWire.ReadText(ref rest).SequenceEqual("none"u8);
        SshWire.ReadText(ref rest);
        SshWire.ReadText(ref rest);
        if (SshWire.ReadNumber(ref rest) != 1)
        {
            throw new FormatException("it holds several keys");
        }

        SshWire.ReadText(ref rest);
        if (!isPlain)
        {
            throw Protected(path);
        }

        ReadOnlySpan<byte> secret = SshWire.ReadText(ref rest);
        if (SshWire.ReadNumber(ref secret) != SshWire.ReadNumber(ref secret))
        {
            throw new FormatException("its check numbers differ");
        }

        string type = Encoding.ASCII.GetString(SshWire.ReadText(ref secret));
        return type switch
        {
            "ssh-ed25519" => Edwards(ref secret),
            "ssh-rsa" => Rsa(ref secret),
            _ when type.StartsWith("ecdsa-sha2-", StringComparison.Ordinal) => Curve(ref secret),
            _ => throw Unsupported(path, type),
        };
    }

    private static CurveKey Curve(ref ReadOnlySpan<byte> from)
    {
        string curve = Encoding.ASCII.GetString(SshWire.ReadText(ref from));
        ReadOnlySpan<byte> point = SshWire.ReadText(ref from);
        byte[] secret = Number(ref from);
        return CurveKey.Of(curve, point, secret, Comment(ref from));
    }

    private static SshKey Edwards(ref ReadOnlySpan<byte> from)
    {
        SshWire.ReadText(ref from);
        ReadOnlySpan<byte> both = SshWire.ReadText(ref from);
        return both.Length == 2 * Ed25519.KeyLength ? SshKey.OfEd25519(both[..Ed25519.KeyLength].ToArray(), Comment(ref from)) : throw new FormatException("its key has another length");
    }

    private static SshKey Rsa(ref ReadOnlySpan<byte> from)
    {
        byte[] n = Number(ref from), e = Number(ref from), d = Number(ref from), inverse = Number(ref from), p = Number(ref from), q = Number(ref from);
        int half = (n.Length + 1) / 2;
        var key = RSA.Create();
        key.ImportParameters(new RSAParameters
        {
            Modulus = n,
            Exponent = e,
            D = Padded(d, n.Length),
            P = Padded(p, half),
            Q = Padded(q, half),
            DP = Padded(Remainder(d, p), half),
            DQ = Padded(Remainder(d, q), half),
            InverseQ = Padded(inverse, half),
        });
        return SshKey.Of(key, Comment(ref from));
    }

    private static SshKey OfPkcs8(byte[] content, string path)
    {
        var info = new AsnReader(content, AsnEncodingRules.DER).ReadSequence();
        info.ReadInteger();
        string kind = info.ReadSequence().ReadObjectIdentifier();
        if (kind != Ed25519Id)
        {
            return kind == CurveId ? new CurveKey(Imported(ECDsa.Create, key => key.ImportPkcs8PrivateKey(content, out _)), path)
                : SshKey.Of(Imported(RSA.Create, rsa => rsa.ImportPkcs8PrivateKey(content, out _)), path);
        }

        byte[] seed = new AsnReader(info.ReadOctetString(), AsnEncodingRules.DER).ReadOctetString();
        return seed.Length == Ed25519.KeyLength ? SshKey.OfEd25519(seed, path) : throw new FormatException("its key has another length");
    }

    private static T Imported<T>(Func<T> create, Action<T> import)
        where T : AsymmetricAlgorithm
    {
        T key = create();
        try
        {
            import(key);
            return key;
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    private static byte[] Number(ref ReadOnlySpan<byte> from) => SshWire.ReadText(ref from).TrimStart((byte)0).ToArray();

    private static string Comment(ref ReadOnlySpan<byte> from) => Encoding.UTF8.GetString(SshWire.ReadText(ref from));

    private static byte[] Padded(byte[] number, int length) => number.Length > length ? throw new FormatException("its numbers do not belong together") : [.. new byte[length - number.Length], .. number];

    private static byte[] Remainder(byte[] d, byte[] p) =>
        (new System.Numerics.BigInteger(d, isUnsigned: true, isBigEndian: true) % (new System.Numerics.BigInteger(p, isUnsigned: true, isBigEndian: true) - 1)).ToByteArray(isUnsigned: true, isBigEndian: true);

    private static CommandException Protected(string path) =>
        new($"the ssh key {path} is protected by a passphrase, which is not asked for: add it to an agent (ssh-add {path}) and use --ssh default");

    private static CommandException Unsupported(string path, string kind) =>
        new($"the ssh key {path} is of the kind {kind}, which is not served: use an ed25519, ecdsa or rsa key, or an agent");
}
