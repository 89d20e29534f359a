using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Wharf.Engine.Logs;

/// <summary>
/// Docker's json-file lines. The form that every writer uses (log, stream, attrs, time in this order) is read by position; a line that looks otherwise is
/// skipped and counted, so that one damaged line hides no other.
/// </summary>
internal sealed class JsonFileDecoder : LogDecoder
{
    private const int BlockSize = 256 * 1024;
    private static readonly SearchValues<byte> QuoteOrEscape = SearchValues.Create("\"\\"u8);
    private byte[] _text = new byte[32 * 1024];

    public override int Read(ReadOnlySpan<byte> data, out LogEntry entry, out bool valid)
    {
        entry = default;
        int end = data.IndexOf((byte)'\n');
        if (end < 0)
        {
            valid = false;
            return 0;
        }

        valid = Parse(data[..end], ref entry);
        return end + 1;
    }

    public override (long Offset, long Found) FindTail(Stream file, long entries)
    {
        long end = file.Length;
        byte[] block = ArrayPool<byte>.Shared.Rent(BlockSize);
        try
        {
            long found = 0;
            for (long position = end; position > 0;)
            {
                int length = (int)Math.Min(BlockSize, position);
                position -= length;
                file.Position = position;
                file.ReadExactly(block, 0, length);
                ReadOnlySpan<byte> bytes = block.AsSpan(0, length);

                // The newline at the very end closes the last entry; the one before the first wanted entry marks its begin.
                if (position + length == end && bytes[^1] == (byte)'\n')
                {
                    bytes = bytes[..^1];
                }

                int at;
                while ((at = bytes.LastIndexOf((byte)'\n')) >= 0)
                {
                    if (++found == entries)
                    {
                        return (position + at + 1, found);
                    }

                    bytes = bytes[..at];
                }
            }

            return (0, end > 0 ? found + 1 : 0);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }

    private bool Parse(ReadOnlySpan<byte> line, ref LogEntry entry)
    {
        ReadOnlySpan<byte> head = "{\"log\":\""u8;
        if (!line.StartsWith(head))
        {
            return false;
        }

        ReadOnlySpan<byte> rest = line[head.Length..];
        int consumed = Unescape(rest, out entry.Message);
        if (consumed < 0)
        {
            return false;
        }

        rest = rest[consumed..];
        if (!Take(ref rest, ",\"stream\":\"std"u8))
        {
            return false;
        }

        entry.IsError = rest.StartsWith("err\""u8);
        if (!entry.IsError && !rest.StartsWith("out\""u8))
        {
            return false;
        }

        rest = rest[4..];
        if (rest.StartsWith(",\"attrs\":"u8))
        {
            int time = rest.LastIndexOf(",\"time\":\""u8);
            if (time < 0)
            {
                return false;
            }

            entry.Attributes = rest[9..time];
            rest = rest[time..];
        }

        if (!Take(ref rest, ",\"time\":\""u8))
        {
            return false;
        }

        int quote = rest.IndexOf((byte)'"');
        entry.Time = quote < 0 ? default : rest[..quote];
        return quote > 0;
    }

    private static bool Take(ref ReadOnlySpan<byte> rest, ReadOnlySpan<byte> expected)
    {
        bool there = rest.StartsWith(expected);
        rest = there ? rest[expected.Length..] : rest;
        return there;
    }

    /// <summary>Reads a JSON string up to and with its closing quote; -1 when it is broken.</summary>
    private int Unescape(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (_text.Length < text.Length)
        {
            _text = new byte[text.Length * 2];
        }

        Span<byte> output = _text;
        int written = 0, at = 0;
        while (true)
        {
            int run = text[at..].IndexOfAny(QuoteOrEscape);
            if (run < 0)
            {
                return -1;
            }

            text.Slice(at, run).CopyTo(output[written..]);
            written += run;
            at += run;
            if (text[at] == (byte)'"')
            {
                value = output[..written];
                return at + 1;
            }

            if (at + 1 >= text.Length)
            {
                return -1;
            }

            byte escape = text[at + 1];
            if (escape == (byte)'u')
            {
                int used = Unicode(text[at..], output[written..], out int bytes);
                if (used < 0)
                {
                    return -1;
                }

                at += used;
                written += bytes;
                continue;
            }

            output[written++] = escape switch
            {
                (byte)'n' => (byte)'\n',
                (byte)'r' => (byte)'\r',
                (byte)'t' => (byte)'\t',
                (byte)'b' => (byte)'\b',
                (byte)'f' => (byte)'\f',
                _ => escape,
            };
            at += 2;
        }
    }

    // \uXXXX, and the second half of a surrogate pair where the first asks for one
    private static int Unicode(ReadOnlySpan<byte> text, Span<byte> output, out int bytes)
    {
        bytes = 0;
        if (!Hex(text, out char first))
        {
            return -1;
        }

        if (char.IsHighSurrogate(first) && text.Length >= 12 && text[6] == (byte)'\\' && text[7] == (byte)'u' && Hex(text[6..], out char second) && char.IsLowSurrogate(second))
        {
            bytes = new Rune(first, second).EncodeToUtf8(output);
            return 12;
        }

        bytes = (Rune.TryCreate(first, out Rune rune) ? rune : Rune.ReplacementChar).EncodeToUtf8(output);
        return 6;
    }

    private static bool Hex(ReadOnlySpan<byte> text, out char value)
    {
        value = default;
        if (text.Length < 6 || !Utf8Parser.TryParse(text.Slice(2, 4), out uint number, out int used, 'x') || used != 4)
        {
            return false;
        }

        value = (char)number;
        return true;
    }
}
