using System.Text;

namespace Wharf.Shim.Tests.Logging;

/// <summary>Docker's copier and json-file writer, written down as plainly as can be: what the fast code is compared with.</summary>
internal static class ReferenceLog
{
    public static byte[] Escape(ReadOnlySpan<byte> line)
    {
        var output = new List<byte>();
        int i = 0;
        while (i < line.Length)
        {
            byte b = line[i];
            if (b < 0x80)
            {
                string? escaped = b switch
                {
                    (byte)'"' => "\\\"",
                    (byte)'\\' => "\\\\",
                    (byte)'\n' => "\\n",
                    (byte)'\r' => "\\r",
                    < 0x20 or (byte)'<' or (byte)'>' or (byte)'&' => $"\\u{b:x4}",
                    _ => null,
                };
                output.AddRange(escaped is null ? [b] : Encoding.ASCII.GetBytes(escaped));
                i++;
                continue;
            }

            int size = RuneLength(line[i..], out int rune);
            output.AddRange(size == 0 ? "\\ufffd"u8 : rune is 0x2028 or 0x2029 ? Encoding.ASCII.GetBytes($"\\u{rune:x4}") : line.Slice(i, size));
            i += Math.Max(size, 1);
        }

        return [.. output];
    }

    public static byte[] Entry(ReadOnlySpan<byte> line, bool newline, string stream, string attributes, string time) =>
    [
        .. "{\"log\":\""u8, .. Escape(line), .. newline ? "\\n"u8 : [], .. Encoding.UTF8.GetBytes($"\",\"stream\":\"{stream}\",{attributes}\"time\":\"{time}\"}}\n"),
    ];

    /// <summary>The entries of a whole stream: bytes, and whether the line ends there.</summary>
    public static List<(byte[] Line, bool Whole)> Split(ReadOnlySpan<byte> stream)
    {
        var entries = new List<(byte[], bool)>();
        var current = new List<byte>();
        foreach (byte b in stream)
        {
            if (b == '\n')
            {
                entries.Add(([.. current], true));
                current.Clear();
                continue;
            }

            // the cut comes when the next byte shows that the line goes on, or at its newline: either way after 16 KiB
            current.Add(b);
            if (current.Count == 16384)
            {
                entries.Add(([.. current], false));
                current.Clear();
            }
        }

        if (current.Count > 0)
        {
            entries.Add(([.. current], false));
        }

        return entries;
    }

    // RFC 3629, table 3-7 of the Unicode standard; 0 for a byte that starts no rune.
    private static int RuneLength(ReadOnlySpan<byte> s, out int rune)
    {
        rune = 0;
        (int length, int bits, int least) = s[0] switch
        {
            >= 0xC2 and <= 0xDF => (2, s[0] & 0x1F, 0x80),
            >= 0xE0 and <= 0xEF => (3, s[0] & 0x0F, 0x800),
            >= 0xF0 and <= 0xF4 => (4, s[0] & 0x07, 0x10000),
            _ => (0, 0, 0),
        };
        if (length == 0 || s.Length < length)
        {
            return 0;
        }

        rune = bits;
        for (int i = 1; i < length; i++)
        {
            if ((s[i] & 0xC0) != 0x80)
            {
                return 0;
            }

            rune = (rune << 6) | (s[i] & 0x3F);
        }

        return rune < least || rune > 0x10FFFF || rune is >= 0xD800 and <= 0xDFFF ? 0 : length;
    }
}
