using System.Numerics;
using System.Security.Cryptography;

namespace Wharf.Oci.Signing;

/// <summary>
/// Ed25519 (RFC 8032, section 5.1), which the framework does not have. Written for clarity: how long signing takes depends on the key, so it is for keys that
/// are used on a machine of their owner, as the client does; checking has no secrets.
/// </summary>
public static class Ed25519
{
    public const int KeyLength = 32;
    public const int SignatureLength = 64;

    private static readonly BigInteger P = BigInteger.Pow(2, 255) - 19;
    private static readonly BigInteger Order = BigInteger.Pow(2, 252) + BigInteger.Parse("27742317777372353535851937790883648493", System.Globalization.CultureInfo.InvariantCulture);
    private static readonly BigInteger D = Mod(-121665 * Invert(121666));
    private static readonly BigInteger RootOfMinusOne = BigInteger.ModPow(2, (P - 1) / 4, P);
    private static readonly Point Base = BasePoint();

    /// <param name="seed">The private key: 32 random bytes.</param>
    public static byte[] PublicKey(ReadOnlySpan<byte> seed) => Compress(Multiply(Expand(seed).Scalar, Base));

    public static byte[] Sign(ReadOnlySpan<byte> seed, ReadOnlySpan<byte> message)
    {
        (BigInteger scalar, byte[] prefix) = Expand(seed);
        byte[] key = Compress(Multiply(scalar, Base));
        BigInteger r = HashToScalar(prefix, message, []);
        byte[] commitment = Compress(Multiply(r, Base));
        BigInteger s = (r + (HashToScalar(commitment, key, message) * scalar)) % Order;
        byte[] signature = new byte[SignatureLength];
        commitment.CopyTo(signature, 0);
        s.TryWriteBytes(signature.AsSpan(KeyLength), out _, isUnsigned: true);
        return signature;
    }

    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (publicKey.Length != KeyLength || signature.Length != SignatureLength
            || Decompress(publicKey) is not { } key || Decompress(signature[..KeyLength]) is not { } commitment)
        {
            return false;
        }

        var s = new BigInteger(signature[KeyLength..], isUnsigned: true);
        // a larger one would be a second signature of the same message
        return s < Order && AreEqual(Multiply(s, Base), Add(commitment, Multiply(HashToScalar(signature[..KeyLength], publicKey, message), key)));
    }

    private static (BigInteger Scalar, byte[] Prefix) Expand(ReadOnlySpan<byte> seed)
    {
        if (seed.Length != KeyLength)
        {
            throw new CryptographicException($"an Ed25519 key has {KeyLength} bytes, not {seed.Length}");
        }

        byte[] hash = SHA512.HashData(seed);
        hash[0] &= 248;
        hash[31] = (byte)((hash[31] & 127) | 64);
        return (new BigInteger(hash.AsSpan(0, KeyLength), isUnsigned: true), hash[KeyLength..]);
    }

    private static BigInteger HashToScalar(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);
        hash.AppendData(first);
        hash.AppendData(second);
        hash.AppendData(third);
        return new BigInteger(hash.GetHashAndReset(), isUnsigned: true) % Order;
    }

    private static Point BasePoint()
    {
        BigInteger y = Mod(4 * Invert(5));
        BigInteger x = RecoverX(y, odd: false)!.Value;
        return new Point(x, y, 1, Mod(x * y));
    }

    private static Point Multiply(BigInteger scalar, Point point)
    {
        var sum = new Point(0, 1, 1, 0);
        for (; !scalar.IsZero; scalar >>= 1)
        {
            sum = scalar.IsEven ? sum : Add(sum, point);
            point = Add(point, point);
        }

        return sum;
    }

    private static Point Add(Point p, Point q)
    {
        BigInteger a = Mod((p.Y - p.X) * (q.Y - q.X)), b = Mod((p.Y + p.X) * (q.Y + q.X)), c = Mod(2 * p.T * q.T * D), d = Mod(2 * p.Z * q.Z);
        BigInteger e = b - a, f = d - c, g = d + c, h = b + a;
        return new Point(Mod(e * f), Mod(g * h), Mod(f * g), Mod(e * h));
    }

    private static bool AreEqual(Point p, Point q) => Mod((p.X * q.Z) - (q.X * p.Z)).IsZero && Mod((p.Y * q.Z) - (q.Y * p.Z)).IsZero;

    private static byte[] Compress(Point point)
    {
        BigInteger inverse = Invert(point.Z), x = Mod(point.X * inverse), y = Mod(point.Y * inverse);
        byte[] bytes = new byte[KeyLength];
        y.TryWriteBytes(bytes, out _, isUnsigned: true);
        bytes[31] |= (byte)(x.IsEven ? 0 : 128);
        return bytes;
    }

    private static Point? Decompress(ReadOnlySpan<byte> bytes)
    {
        byte[] copy = bytes.ToArray();
        bool odd = (copy[31] & 128) != 0;
        copy[31] &= 127;
        var y = new BigInteger(copy, isUnsigned: true);
        return y < P && RecoverX(y, odd) is { } x ? new Point(x, y, 1, Mod(x * y)) : null;
    }

    private static BigInteger? RecoverX(BigInteger y, bool odd)
    {
        BigInteger square = Mod(((y * y) - 1) * Invert(Mod((D * y * y) + 1)));
        if (square.IsZero)
        {
            return odd ? null : 0;
        }

        BigInteger x = BigInteger.ModPow(square, (P + 3) / 8, P);
        x = Mod((x * x) - square).IsZero ? x : Mod(x * RootOfMinusOne);
        return !Mod((x * x) - square).IsZero ? null : x.IsEven == odd ? P - x : x;
    }

    private static BigInteger Invert(BigInteger value) => BigInteger.ModPow(value, P - 2, P);

    private static BigInteger Mod(BigInteger value)
    {
        BigInteger rest = BigInteger.Remainder(value, P);
        return rest.Sign < 0 ? rest + P : rest;
    }

    /// <summary>Extended homogeneous coordinates: x = X/Z, y = Y/Z, xy = T/Z.</summary>
    private readonly record struct Point(BigInteger X, BigInteger Y, BigInteger Z, BigInteger T);
}
