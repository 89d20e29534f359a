using System.Buffers.Binary;
using System.Numerics;

namespace Wharf.Oci.Signing;

/// <summary>
/// A number modulo 2^255 − 19 in five limbs of 51 bits (RFC 7748, section 4.1). No branch and no address depends on its value: a step of a build can
/// ask for as many signatures as it likes, and measure.
/// </summary>
internal readonly struct Field25519
{
    public static readonly BigInteger Prime = (BigInteger.One << 255) - 19;

    private const ulong Mask = (1UL << 51) - 1;

    private readonly ulong _0, _1, _2, _3, _4;

    private Field25519(ulong l0, ulong l1, ulong l2, ulong l3, ulong l4) => (_0, _1, _2, _3, _4) = (l0, l1, l2, l3, l4);

    public static Field25519 Zero => default;

    public static Field25519 One => new(1, 0, 0, 0, 0);

    /// <summary>A constant: not for secrets.</summary>
    public static Field25519 Of(BigInteger value)
    {
        ulong Limb(int i) => (ulong)((value >> (51 * i)) & Mask);
        return new Field25519(Limb(0), Limb(1), Limb(2), Limb(3), Limb(4));
    }

    public static Field25519 operator +(in Field25519 a, in Field25519 b) => new Field25519(a._0 + b._0, a._1 + b._1, a._2 + b._2, a._3 + b._3, a._4 + b._4).Carried();

    // 4p is added first, so that no limb goes below zero.
    public static Field25519 operator -(in Field25519 a, in Field25519 b) => new Field25519(
        a._0 + 0x1FFFFFFFFFFFB4 - b._0, a._1 + 0x1FFFFFFFFFFFFC - b._1, a._2 + 0x1FFFFFFFFFFFFC - b._2, a._3 + 0x1FFFFFFFFFFFFC - b._3, a._4 + 0x1FFFFFFFFFFFFC - b._4).Carried();

    public static Field25519 operator *(in Field25519 a, in Field25519 b)
    {
        ulong b1 = b._1 * 19, b2 = b._2 * 19, b3 = b._3 * 19, b4 = b._4 * 19;
        UInt128 r0 = Product(a._0, b._0) + Product(a._1, b4) + Product(a._2, b3) + Product(a._3, b2) + Product(a._4, b1);
        UInt128 r1 = Product(a._0, b._1) + Product(a._1, b._0) + Product(a._2, b4) + Product(a._3, b3) + Product(a._4, b2);
        UInt128 r2 = Product(a._0, b._2) + Product(a._1, b._1) + Product(a._2, b._0) + Product(a._3, b4) + Product(a._4, b3);
        UInt128 r3 = Product(a._0, b._3) + Product(a._1, b._2) + Product(a._2, b._1) + Product(a._3, b._0) + Product(a._4, b4);
        UInt128 r4 = Product(a._0, b._4) + Product(a._1, b._3) + Product(a._2, b._2) + Product(a._3, b._1) + Product(a._4, b._0);
        r1 += r0 >> 51;
        r2 += r1 >> 51;
        r3 += r2 >> 51;
        r4 += r3 >> 51;
        ulong l0 = ((ulong)r0 & Mask) + ((ulong)(r4 >> 51) * 19);
        return new Field25519(l0, (ulong)r1 & Mask, (ulong)r2 & Mask, (ulong)r3 & Mask, (ulong)r4 & Mask).Carried();
    }

    /// <summary>The first where the bit is 0, the second where it is 1.</summary>
    public static Field25519 Select(in Field25519 zero, in Field25519 one, ulong bit)
    {
        ulong mask = 0 - bit;
        return new Field25519(zero._0 ^ (mask & (zero._0 ^ one._0)), zero._1 ^ (mask & (zero._1 ^ one._1)), zero._2 ^ (mask & (zero._2 ^ one._2)),
            zero._3 ^ (mask & (zero._3 ^ one._3)), zero._4 ^ (mask & (zero._4 ^ one._4)));
    }

    /// <summary>32 bytes, least first, of which the highest bit is left out: not for secrets. Null for p and more.</summary>
    public static Field25519? Read(ReadOnlySpan<byte> bytes)
    {
        BigInteger value = new BigInteger(bytes, isUnsigned: true) & ((BigInteger.One << 255) - 1);
        return value < Prime ? Of(value) : null;
    }

    /// <summary>One through it.</summary>
    public Field25519 Inverse() => Power(Prime - 2);

    /// <summary>The branches depend on the exponent alone, which is never secret.</summary>
    public Field25519 Power(BigInteger exponent)
    {
        Field25519 result = One;
        for (int bit = (int)exponent.GetBitLength() - 1; bit >= 0; bit--)
        {
            result *= result;
            if (!((exponent >> bit) & 1).IsZero)
            {
                result *= this;
            }
        }

        return result;
    }

    /// <summary>Of the smallest number that it is.</summary>
    public int LowestBit
    {
        get
        {
            Span<byte> bytes = stackalloc byte[32];
            Write(bytes);
            return bytes[0] & 1;
        }
    }

    /// <summary>Whether both are the same number: not for secrets.</summary>
    public bool Is(in Field25519 other)
    {
        Span<byte> own = stackalloc byte[32], its = stackalloc byte[32];
        Write(own);
        other.Write(its);
        return own.SequenceEqual(its);
    }

    /// <summary>32 bytes, least first, of the smallest number that it is.</summary>
    public void Write(Span<byte> bytes)
    {
        Field25519 n = Carried().Carried();

        // q is 1 when n is p or more.
        ulong q = (n._0 + 19) >> 51;
        q = (n._1 + q) >> 51;
        q = (n._2 + q) >> 51;
        q = (n._3 + q) >> 51;
        q = (n._4 + q) >> 51;
        ulong l0 = n._0 + (19 * q), l1 = n._1 + (l0 >> 51), l2 = n._2 + (l1 >> 51), l3 = n._3 + (l2 >> 51), l4 = n._4 + (l3 >> 51);
        (l0, l1, l2, l3, l4) = (l0 & Mask, l1 & Mask, l2 & Mask, l3 & Mask, l4 & Mask);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, l0 | (l1 << 51));
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], (l1 >> 13) | (l2 << 38));
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[16..], (l2 >> 26) | (l3 << 25));
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[24..], (l3 >> 39) | (l4 << 12));
    }

    private static UInt128 Product(ulong a, ulong b) => (UInt128)a * b;

    private Field25519 Carried()
    {
        ulong l1 = _1 + (_0 >> 51), l2 = _2 + (l1 >> 51), l3 = _3 + (l2 >> 51), l4 = _4 + (l3 >> 51);
        return new Field25519((_0 & Mask) + ((l4 >> 51) * 19), l1 & Mask, l2 & Mask, l3 & Mask, l4 & Mask);
    }
}
