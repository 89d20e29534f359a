using System.Buffers.Binary;

namespace Wharf.Archive.Tar;

/// <summary>
/// The fields of one 512-byte header (POSIX pax(1), "ustar Interchange Format"; GNU tar manual, "Basic Tar Format"). Offsets are the
/// format's; nothing is checked here but the checksum and the spelling of numbers.
/// </summary>
internal static class TarBlock
{
    public const int Size = 512;

    public static ReadOnlySpan<byte> Zero => new byte[Size];

    public enum Dialect
    {
        V7,
        Ustar,
        Star,
        Gnu,
    }

    public static Dialect DialectOf(ReadOnlySpan<byte> block)
    {
        ReadOnlySpan<byte> magic = block.Slice(257, 8);
        if (magic[..6].SequenceEqual("ustar\0"u8))
        {
            return block.Slice(508, 4).SequenceEqual("tar\0"u8) ? Dialect.Star : Dialect.Ustar;
        }

        return magic.SequenceEqual("ustar  \0"u8) ? Dialect.Gnu : Dialect.V7;
    }

    public static bool IsZero(ReadOnlySpan<byte> block) => !block.ContainsAnyExcept((byte)0);

    /// <summary>Both sums are accepted: old programs added signed bytes.</summary>
    public static bool HasValidChecksum(ReadOnlySpan<byte> block)
    {
        if (!TryNumber(block.Slice(148, 8), out long expected))
        {
            return false;
        }

        (long unsigned, long signed) = Sums(block);
        return expected == unsigned || expected == signed;
    }

    public static (long Unsigned, long Signed) Sums(ReadOnlySpan<byte> block)
    {
        long unsigned = 0, signed = 0;
        for (int i = 0; i < Size; i++)
        {
            byte b = i is >= 148 and < 156 ? (byte)' ' : block[i];
            unsigned += b;
            signed += (sbyte)b;
        }

        return (unsigned, signed);
    }

    /// <summary>A text field up to its first NUL.</summary>
    public static ReadOnlySpan<byte> Text(ReadOnlySpan<byte> field)
    {
        int end = field.IndexOf((byte)0);
        return end < 0 ? field : field[..end];
    }

    /// <summary>
    /// Octal digits amid spaces and NULs, or, when the top bit of the first byte is set, a base-256 number in two's complement (GNU, star).
    /// An empty field is zero.
    /// </summary>
    public static bool TryNumber(ReadOnlySpan<byte> field, out long value)
    {
        value = 0;
        if ((field[0] & 0x80) != 0)
        {
            return TryBase256(field, out value);
        }

        field = field.Trim(" \0"u8);
        int end = field.IndexOfAny((byte)0, (byte)' ');
        foreach (byte b in end < 0 ? field : field[..end])
        {
            if (b is < (byte)'0' or > (byte)'7' || value >> 60 != 0)
            {
                return false;
            }

            value = (value << 3) | (uint)(b - '0');
        }

        return true;
    }

    private static bool TryBase256(ReadOnlySpan<byte> field, out long value)
    {
        bool negative = (field[0] & 0x40) != 0;
        byte filler = (byte)(negative ? 0xff : 0);
        Span<byte> tail = stackalloc byte[8];
        tail.Fill(filler);
        for (int i = 0; i < field.Length; i++)
        {
            // the marker bit of the first byte is not part of the number
            byte b = i == 0 ? (byte)(negative ? field[0] | 0x80 : field[0] & 0x7f) : field[i];
            int at = 8 - field.Length + i;
            if (at >= 0)
            {
                tail[at] = b;
            }
            else if (b != filler)
            {
                value = 0;
                return false;
            }
        }

        value = BinaryPrimitives.ReadInt64BigEndian(tail);
        return value < 0 == negative;
    }
}
