using System.Security.Cryptography;

namespace Wharf.Cli.Builds.Lending.Keys;

/// <summary>A key on one of the NIST's curves (RFC 5656).</summary>
internal sealed class CurveKey : SshKey
{
    private const byte Uncompressed = 4;

    private readonly ECDsa _key;
    private readonly string _curve;

    /// <exception cref="FormatException">It is on another curve.</exception>
    public CurveKey(ECDsa key, string comment)
        : base(comment)
    {
        _key = key;
        _curve = key.KeySize switch
        {
            256 => "nistp256",
            384 => "nistp384",
            521 => "nistp521",
            int size => throw new FormatException($"its curve has {size} bits"),
        };
    }

    public override byte[] PublicBlob
    {
        get
        {
            ECPoint point = _key.ExportParameters(includePrivateParameters: false).Q;
            return new SshWire().Text(Type).Text(System.Text.Encoding.ASCII.GetBytes(_curve)).Text([Uncompressed, .. point.X!, .. point.Y!]).ToArray();
        }
    }

    private byte[] Type => System.Text.Encoding.ASCII.GetBytes("ecdsa-sha2-" + _curve);

    /// <param name="curve">As it is called in keys (RFC 5656, section 10.1).</param>
    /// <param name="point">Public, uncompressed.</param>
    /// <param name="secret">The number that is the private key.</param>
    /// <param name="comment">For people.</param>
    /// <exception cref="FormatException">It is damaged.</exception>
    public static CurveKey Of(string curve, ReadOnlySpan<byte> point, ReadOnlySpan<byte> secret, string comment)
    {
        (ECCurve named, int length) = curve switch
        {
            "nistp256" => (ECCurve.NamedCurves.nistP256, 32),
            "nistp384" => (ECCurve.NamedCurves.nistP384, 48),
            "nistp521" => (ECCurve.NamedCurves.nistP521, 66),
            _ => throw new FormatException($"its curve is {curve}"),
        };
        if (point.Length != 1 + (2 * length) || point[0] != Uncompressed || secret.Length > length)
        {
            throw new FormatException("its numbers do not belong to its curve");
        }

        var key = ECDsa.Create(new ECParameters
        {
            Curve = named,
            Q = new ECPoint { X = point.Slice(1, length).ToArray(), Y = point[(1 + length)..].ToArray() },
            D = [.. new byte[length - secret.Length], .. secret],
        });
        return new CurveKey(key, comment);
    }

    public override byte[] Sign(ReadOnlySpan<byte> data, uint flags)
    {
        byte[] both = _key.SignData(data, _key.KeySize switch { 256 => HashAlgorithmName.SHA256, 384 => HashAlgorithmName.SHA384, _ => HashAlgorithmName.SHA512 });
        int half = both.Length / 2;
        return new SshWire().Text(Type).Text(new SshWire().Integer(both.AsSpan(0, half)).Integer(both.AsSpan(half)).ToArray()).ToArray();
    }

    public override void Dispose() => _key.Dispose();
}
