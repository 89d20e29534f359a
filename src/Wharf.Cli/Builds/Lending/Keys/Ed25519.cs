using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;

namespace Wharf.Cli.Builds.Lending.Keys;

/// <summary>Signing with Ed25519 (RFC 8032, section 5.1), which the framework does not have. Points in extended coordinates (section 5.1.4).</summary>
internal static class Ed25519
{
    public const int SeedLength = 32, SignatureLength = 64;

    private static readonly BigInteger Prime = (BigInteger.One << 255) - 19;
    private static readonly Field25519 TwiceD = Field25519.Of(2 * Parse("37095705934669439343138083508754565189542113879843219016388785533085940283555") % Prime);
    private static readonly Point Base = BasePoint();

    /// <summary>The 32 bytes of the public key to a seed.</summary>
    public static byte[] PublicKey(ReadOnlySpan<byte> seed)
    {
        Span<byte> hash = stackalloc byte[64];
        SHA512.HashData(seed, hash);
        Clamp(hash);
        byte[] key = new byte[32];
        Multiply(hash[..32]).Write(key);
        return key;
    }

    public static byte[] Sign(ReadOnlySpan<byte> seed, ReadOnlySpan<byte> message)
    {
        Span<byte> hash = stackalloc byte[64];
        SHA512.HashData(seed, hash);
        Clamp(hash);
        byte[] signature = new byte[SignatureLength], publicKey = new byte[32], nonce = new byte[32];
        Multiply(hash[..32]).Write(publicKey);
        ulong[] r = Scalar25519.Reduce(SHA512.HashData([.. hash[32..], .. message]));
        Scalar25519.Write(r, nonce);
        Multiply(nonce).Write(signature);
        ulong[] challenge = Scalar25519.Reduce(SHA512.HashData([.. signature.AsSpan(0, 32), .. publicKey, .. message]));
        Scalar25519.Write(Scalar25519.MultiplyAdd(challenge, Scalar25519.Reduce(hash[..32]), r), signature.AsSpan(32));
        CryptographicOperations.ZeroMemory(hash);
        CryptographicOperations.ZeroMemory(nonce);
        return signature;
    }

    private static void Clamp(Span<byte> hash)
    {
        hash[0] &= 0xf8;
        hash[31] = (byte)((hash[31] & 0x7f) | 0x40);
    }

    /// <summary>The base point so many times; for each bit one doubling and one addition, wanted or not.</summary>
    private static Point Multiply(ReadOnlySpan<byte> scalar)
    {
        Point sum = Point.Neutral;
        for (int bit = 255; bit >= 0; bit--)
        {
            sum = Point.Add(sum, sum);
            sum = Point.Select(sum, Point.Add(sum, Base), (ulong)(scalar[bit / 8] >> (bit % 8)) & 1);
        }

        return sum;
    }

    private static Point BasePoint()
    {
        BigInteger x = Parse("15112221349535400772501151409588531511454012693041857206046113283949847762202");
        BigInteger y = Parse("46316835694926478169428394003475163141307993866256225615783033603165251855960");
        return new Point(Field25519.Of(x), Field25519.Of(y), Field25519.One, Field25519.Of(x * y % Prime));
    }

    private static BigInteger Parse(string digits) => BigInteger.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);

    private readonly struct Point(Field25519 x, Field25519 y, Field25519 z, Field25519 t)
    {
        private readonly Field25519 _x = x, _y = y, _z = z, _t = t;

        public static Point Neutral => new(Field25519.Zero, Field25519.One, Field25519.One, Field25519.Zero);

        public static Point Add(in Point p, in Point q)
        {
            Field25519 a = (p._y - p._x) * (q._y - q._x), b = (p._y + p._x) * (q._y + q._x), c = p._t * TwiceD * q._t, d = p._z * (q._z + q._z);
            Field25519 e = b - a, f = d - c, g = d + c, h = b + a;
            return new Point(e * f, g * h, f * g, e * h);
        }

        public static Point Select(in Point zero, in Point one, ulong bit) => new(Field25519.Select(zero._x, one._x, bit), Field25519.Select(zero._y, one._y, bit),
            Field25519.Select(zero._z, one._z, bit), Field25519.Select(zero._t, one._t, bit));

        /// <summary>y with the lowest bit of x on top.</summary>
        public void Write(Span<byte> bytes)
        {
            Field25519 inverse = _z.Inverse();
            Span<byte> x = stackalloc byte[32];
            (_x * inverse).Write(x);
            (_y * inverse).Write(bytes);
            bytes[31] |= (byte)((x[0] & 1) << 7);
        }
    }
}
