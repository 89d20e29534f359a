using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;

namespace Wharf.Oci.Signing;

/// <summary>
/// Ed25519 (RFC 8032, section 5.1), which the framework does not have. Points in extended coordinates (section 5.1.4). How long signing takes says
/// nothing of the key; checking has no secrets.
/// </summary>
public static class Ed25519
{
    public const int KeyLength = 32, SignatureLength = 64;

    private static readonly BigInteger Prime = Field25519.Prime;
    private static readonly Field25519 D = Field25519.Of(Parse("37095705934669439343138083508754565189542113879843219016388785533085940283555"));
    private static readonly Field25519 TwiceD = D + D;
    private static readonly Field25519 RootOfMinusOne = Field25519.Of(2).Power((Prime - 1) / 4);
    private static readonly Point Base = BasePoint();

    /// <param name="seed">The private key: 32 random bytes.</param>
    public static byte[] PublicKey(ReadOnlySpan<byte> seed)
    {
        Check(seed);
        Span<byte> hash = stackalloc byte[64];
        SHA512.HashData(seed, hash);
        Clamp(hash);
        byte[] key = new byte[KeyLength];
        Point.Multiply(Base, hash[..32]).Write(key);
        CryptographicOperations.ZeroMemory(hash);
        return key;
    }

    public static byte[] Sign(ReadOnlySpan<byte> seed, ReadOnlySpan<byte> message)
    {
        Check(seed);
        Span<byte> hash = stackalloc byte[64];
        SHA512.HashData(seed, hash);
        Clamp(hash);
        byte[] signature = new byte[SignatureLength], publicKey = new byte[32], nonce = new byte[32];
        Point.Multiply(Base, hash[..32]).Write(publicKey);
        ulong[] r = Scalar25519.Reduce(SHA512.HashData([.. hash[32..], .. message]));
        Scalar25519.Write(r, nonce);
        Point.Multiply(Base, nonce).Write(signature);
        ulong[] challenge = Scalar25519.Reduce(SHA512.HashData([.. signature.AsSpan(0, 32), .. publicKey, .. message]));
        Scalar25519.Write(Scalar25519.MultiplyAdd(challenge, Scalar25519.Reduce(hash[..32]), r), signature.AsSpan(32));
        CryptographicOperations.ZeroMemory(hash);
        CryptographicOperations.ZeroMemory(nonce);
        return signature;
    }

    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (publicKey.Length != KeyLength || signature.Length != SignatureLength || !Scalar25519.IsReduced(signature[32..])
            || Point.Read(publicKey) is not { } key || Point.Read(signature[..32]) is not { } commitment)
        {
            return false;
        }

        byte[] challenge = new byte[32];
        Scalar25519.Write(Scalar25519.Reduce(SHA512.HashData([.. signature[..32], .. publicKey, .. message])), challenge);
        return Point.Multiply(Base, signature[32..]).Is(Point.Add(commitment, Point.Multiply(key, challenge)));
    }

    private static void Check(ReadOnlySpan<byte> seed)
    {
        if (seed.Length != KeyLength)
        {
            throw new CryptographicException($"an Ed25519 key has {KeyLength} bytes, not {seed.Length}");
        }
    }

    private static void Clamp(Span<byte> hash)
    {
        hash[0] &= 0xf8;
        hash[31] = (byte)((hash[31] & 0x7f) | 0x40);
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

        /// <summary>A point so many times; for each bit one doubling and one addition, wanted or not.</summary>
        public static Point Multiply(in Point point, ReadOnlySpan<byte> scalar)
        {
            Point sum = Neutral;
            for (int bit = 255; bit >= 0; bit--)
            {
                sum = Add(sum, sum);
                sum = Select(sum, Add(sum, point), (ulong)(scalar[bit / 8] >> (bit % 8)) & 1);
            }

            return sum;
        }

        /// <summary>What <see cref="Write"/> wrote; null for bytes that are no point (RFC 8032, section 5.1.3).</summary>
        public static Point? Read(ReadOnlySpan<byte> bytes)
        {
            if (Field25519.Read(bytes) is not { } y)
            {
                return null;
            }

            Field25519 square = ((y * y) - Field25519.One) * ((D * y * y) + Field25519.One).Inverse();
            Field25519 x = square.Power((Prime + 3) / 8);
            x = (x * x).Is(square) ? x : x * RootOfMinusOne;
            int odd = bytes[31] >> 7;
            if (!(x * x).Is(square) || (odd == 1 && x.Is(Field25519.Zero)))
            {
                return null;
            }

            x = x.LowestBit == odd ? x : Field25519.Zero - x;
            return new Point(x, y, Field25519.One, x * y);
        }

        public static Point Select(in Point zero, in Point one, ulong bit) => new(Field25519.Select(zero._x, one._x, bit), Field25519.Select(zero._y, one._y, bit),
            Field25519.Select(zero._z, one._z, bit), Field25519.Select(zero._t, one._t, bit));

        public bool Is(in Point other) => (_x * other._z).Is(other._x * _z) && (_y * other._z).Is(other._y * _z);

        /// <summary>y with the lowest bit of x on top.</summary>
        public void Write(Span<byte> bytes)
        {
            Field25519 inverse = _z.Inverse();
            (_y * inverse).Write(bytes);
            bytes[31] |= (byte)((_x * inverse).LowestBit << 7);
        }
    }
}
