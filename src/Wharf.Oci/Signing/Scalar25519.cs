using System.Buffers.Binary;

namespace Wharf.Oci.Signing;

/// <summary>Numbers modulo the order of Ed25519's base point (RFC 8032, section 5.1), in four words, least first; no branch depends on a value.</summary>
internal static class Scalar25519
{
    /// <summary>2^252 + 27742317777372353535851937790883648493.</summary>
    private static readonly ulong[] Order = [0x5812631a5cf5d3ed, 0x14def9dea2f79cd6, 0, 0x1000000000000000];

    /// <summary>Whether 32 bytes are less than the order, as a signature's must be: a larger one would be a second signature of the same message.</summary>
    public static bool IsReduced(ReadOnlySpan<byte> bytes)
    {
        Span<byte> reduced = stackalloc byte[32];
        Write(Reduce(bytes), reduced);
        return reduced.SequenceEqual(bytes);
    }

    /// <summary>Of 32 or 64 bytes, least first.</summary>
    public static ulong[] Reduce(ReadOnlySpan<byte> bytes)
    {
        ulong[] words = new ulong[bytes.Length / 8];
        for (int i = 0; i < words.Length; i++)
        {
            words[i] = BinaryPrimitives.ReadUInt64LittleEndian(bytes[(8 * i)..]);
        }

        return Reduce(words);
    }

    /// <summary><c>a · b + c</c>.</summary>
    public static ulong[] MultiplyAdd(ReadOnlySpan<ulong> a, ReadOnlySpan<ulong> b, ReadOnlySpan<ulong> c)
    {
        ulong[] product = new ulong[9];
        c.CopyTo(product);
        for (int i = 0; i < 4; i++)
        {
            ulong carry = 0;
            for (int j = 0; j < 4; j++)
            {
                UInt128 sum = ((UInt128)a[i] * b[j]) + product[i + j] + carry;
                product[i + j] = (ulong)sum;
                carry = (ulong)(sum >> 64);
            }

            for (int k = i + 4; k < product.Length; k++)
            {
                UInt128 sum = (UInt128)product[k] + carry;
                product[k] = (ulong)sum;
                carry = (ulong)(sum >> 64);
            }
        }

        return Reduce(product);
    }

    public static void Write(ReadOnlySpan<ulong> scalar, Span<byte> bytes)
    {
        for (int i = 0; i < 4; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[(8 * i)..], scalar[i]);
        }
    }

    // Bit by bit from the top: double, add the bit, take the order off when it fits. Always the same work.
    private static ulong[] Reduce(ReadOnlySpan<ulong> words)
    {
        ulong[] rest = new ulong[4];
        Span<ulong> less = stackalloc ulong[4];
        for (int bit = (words.Length * 64) - 1; bit >= 0; bit--)
        {
            ulong carry = (words[bit / 64] >> (bit % 64)) & 1;
            for (int i = 0; i < 4; i++)
            {
                ulong next = rest[i] >> 63;
                rest[i] = (rest[i] << 1) | carry;
                carry = next;
            }

            ulong borrow = 0;
            for (int i = 0; i < 4; i++)
            {
                UInt128 difference = (UInt128)rest[i] - Order[i] - borrow;
                less[i] = (ulong)difference;
                borrow = (ulong)(difference >> 64) & 1;
            }

            ulong keep = 0 - borrow;
            for (int i = 0; i < 4; i++)
            {
                rest[i] = (rest[i] & keep) | (less[i] & ~keep);
            }
        }

        return rest;
    }
}
