using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;
using System.Text.Unicode;

namespace Wharf.Runtime.Logging;

/// <summary>
/// Escapes raw bytes into a JSON string as Docker's json-file writer does: backslash forms for quote, backslash, newline and carriage return;
/// \u00xx for other control characters and for less, greater and ampersand; \u2028 and \u2029; \ufffd for each byte that is not valid UTF-8.
/// </summary>
public static class GoJsonBytes
{
    /// <summary>Output bytes per input byte, at most.</summary>
    public const int MaxGrowth = 6;

    private static readonly SearchValues<byte> AsciiSpecial = SearchValues.Create(Special());

    // In valid UTF-8 the only high byte of interest is the first of U+2028 and U+2029 (E2 80 A8, E2 80 A9).
    private static readonly SearchValues<byte> SpecialOrSeparator = SearchValues.Create([.. Special(), 0xE2]);

    /// <param name="output">At least <see cref="MaxGrowth"/> times as long as the input.</param>
    /// <returns>Bytes written.</returns>
    public static int Escape(ReadOnlySpan<byte> input, Span<byte> output)
    {
        int written = 0;
        while (true)
        {
            int plain = CopyPlain(input, output[written..]);
            written += plain;
            if (plain == input.Length)
            {
                return written;
            }

            input = input[plain..];
            if (input[0] >= 0x80)
            {
                return written + (Utf8.IsValid(input) ? EscapeValid(input, output[written..]) : EscapeDoubtful(input, output[written..]));
            }

            written += EscapeAscii(input[0], output[written..]);
            input = input[1..];
        }
    }

    // Nearly every byte of nearly every log is plain: looked at and copied in one go, sixteen at a time.
    // What is written behind the returned length is overwritten or never read.
    private static int CopyPlain(ReadOnlySpan<byte> input, Span<byte> output)
    {
        ref byte from = ref MemoryMarshal.GetReference(input);
        ref byte to = ref MemoryMarshal.GetReference(output);
        int width = Vector128<byte>.Count;
        int i = 0;
        if (input.Length >= width && output.Length >= input.Length)
        {
            // The last round goes over bytes of the one before it, rather than through the rest one by one.
            for (int last = input.Length - width; ; i = Math.Min(i + width, last))
            {
                Vector128<byte> block = Vector128.LoadUnsafe(ref from, (uint)i);
                block.StoreUnsafe(ref to, (uint)i);
                uint special = SpecialOrHigh(block).ExtractMostSignificantBits();
                if (special != 0)
                {
                    return i + int.TrailingZeroCount((int)special);
                }

                if (i == last)
                {
                    return input.Length;
                }
            }
        }

        for (; i < input.Length && input[i] < 0x80 && !AsciiSpecial.Contains(input[i]); i++)
        {
            output[i] = input[i];
        }

        return i;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> SpecialOrHigh(Vector128<byte> block) =>
        Vector128.LessThan(block.AsSByte(), Vector128.Create((sbyte)0x20)).AsByte() // as signed numbers the high bytes are below zero
        | Vector128.Equals(block & Vector128.Create((byte)0xFB), Vector128.Create((byte)'"')) // and the ampersand, one bit away
        | Vector128.Equals(block & Vector128.Create((byte)0xFD), Vector128.Create((byte)'<')) // and the greater sign
        | Vector128.Equals(block, Vector128.Create((byte)'\\'));

    private static int EscapeValid(ReadOnlySpan<byte> input, Span<byte> output)
    {
        int written = 0;
        while (true)
        {
            int plain = input.IndexOfAny(SpecialOrSeparator);
            if (plain < 0)
            {
                input.CopyTo(output[written..]);
                return written + input.Length;
            }

            input[..plain].CopyTo(output[written..]);
            written += plain;
            input = input[plain..];
            if (input[0] != 0xE2)
            {
                written += EscapeAscii(input[0], output[written..]);
                input = input[1..];
                continue;
            }

            written += CopyOrEscapeSeparator(input[..3], output[written..]);
            input = input[3..];
        }
    }

    private static int EscapeDoubtful(ReadOnlySpan<byte> input, Span<byte> output)
    {
        int written = 0;
        while (input.Length > 0)
        {
            if (input[0] < 0x80)
            {
                if (AsciiSpecial.Contains(input[0]))
                {
                    written += EscapeAscii(input[0], output[written..]);
                }
                else
                {
                    output[written++] = input[0];
                }

                input = input[1..];
                continue;
            }

            // Go gives one replacement for each byte that starts no rune, where .NET gives one for a whole damaged sequence.
            if (Rune.DecodeFromUtf8(input, out _, out int size) != OperationStatus.Done)
            {
                "\\ufffd"u8.CopyTo(output[written..]);
                written += 6;
                size = 1;
            }
            else if (size == 3)
            {
                written += CopyOrEscapeSeparator(input[..3], output[written..]);
            }
            else
            {
                input[..size].CopyTo(output[written..]);
                written += size;
            }

            input = input[size..];
        }

        return written;
    }

    private static int CopyOrEscapeSeparator(ReadOnlySpan<byte> rune, Span<byte> output)
    {
        if (rune[0] == 0xE2 && rune[1] == 0x80 && rune[2] is (0xA8 or 0xA9))
        {
            "\\u202"u8.CopyTo(output);
            output[5] = rune[2] == 0xA8 ? (byte)'8' : (byte)'9';
            return 6;
        }

        rune.CopyTo(output);
        return rune.Length;
    }

    private static int EscapeAscii(byte value, Span<byte> output)
    {
        output[0] = (byte)'\\';
        switch (value)
        {
            case (byte)'"' or (byte)'\\':
                output[1] = value;
                return 2;
            case (byte)'\n':
                output[1] = (byte)'n';
                return 2;
            case (byte)'\r':
                output[1] = (byte)'r';
                return 2;
            default:
                "u00"u8.CopyTo(output[1..]);
                output[4] = "0123456789abcdef"u8[value >> 4];
                output[5] = "0123456789abcdef"u8[value & 15];
                return 6;
        }
    }

    private static byte[] Special() => [.. Enumerable.Range(0, 0x20).Select(i => (byte)i), .. "\"\\<>&"u8];
}
