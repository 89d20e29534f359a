using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Wharf.Templates.Formatting;

/// <summary>Go string literals: strconv.Quote, QuoteToASCII and Unquote (double quotes, back quotes, character constants).</summary>
public static class GoQuote
{
    public static string Quote(string text, bool ascii = false, char quote = '"')
    {
        var result = new StringBuilder(text.Length + 2).Append(quote);
        foreach (Rune rune in text.EnumerateRunes())
        {
            Append(result, rune, ascii, quote);
        }

        return result.Append(quote).ToString();
    }

    private static void Append(StringBuilder result, Rune rune, bool ascii, char quote)
    {
        int value = rune.Value;
        if (value == quote || value == '\\')
        {
            result.Append('\\').Append((char)value);
            return;
        }

        string? pair = value switch
        {
            '\a' => "\\a",
            '\b' => "\\b",
            '\f' => "\\f",
            '\n' => "\\n",
            '\r' => "\\r",
            '\t' => "\\t",
            '\v' => "\\v",
            _ => null,
        };
        if (pair is not null)
        {
            result.Append(pair);
        }
        else if (value < 0x80 ? value is >= ' ' and < 0x7f : !ascii && IsPrintable(rune))
        {
            result.Append(rune.ToString());
        }
        else if (value < ' ' || value == 0x7f)
        {
            result.Append(CultureInfo.InvariantCulture, $"\\x{value:x2}");
        }
        else if (value < 0x10000)
        {
            result.Append(CultureInfo.InvariantCulture, $"\\u{value:x4}");
        }
        else
        {
            result.Append(CultureInfo.InvariantCulture, $"\\U{value:x8}");
        }
    }

    internal static bool IsPrintable(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
        or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.SpaceSeparator);

    public static bool TryUnquote(string literal, [NotNullWhen(true)] out string? value)
    {
        value = null;
        if (literal.Length < 2 || literal[0] != literal[^1])
        {
            return false;
        }

        string body = literal[1..^1];
        if (literal[0] == '`')
        {
            value = body.Replace("\r", "", StringComparison.Ordinal);
            return !body.Contains('`');
        }

        var bytes = new List<byte>(body.Length);
        int i = 0;
        while (i < body.Length)
        {
            if (body[i] != '\\')
            {
                Rune.DecodeFromUtf16(body.AsSpan(i), out Rune rune, out int consumed);
                AppendRune(bytes, rune);
                i += consumed;
            }
            else if (!TryEscape(body, ref i, literal[0], bytes))
            {
                return false;
            }
        }

        value = Encoding.UTF8.GetString(bytes.ToArray());
        return true;
    }

    private static bool TryEscape(string body, ref int i, char quote, List<byte> bytes)
    {
        if (i + 1 >= body.Length)
        {
            return false;
        }

        char c = body[i + 1];
        i += 2;
        int simple = c switch
        {
            'a' => 7,
            'b' => 8,
            'f' => 12,
            'n' => 10,
            'r' => 13,
            't' => 9,
            'v' => 11,
            '\\' => '\\',
            '\'' or '"' when c == quote => c,
            _ => -1,
        };
        if (simple >= 0)
        {
            bytes.Add((byte)simple);
            return true;
        }

        (int length, int radix, int start) = c switch
        {
            'x' => (2, 16, i),
            'u' => (4, 16, i),
            'U' => (8, 16, i),
            >= '0' and <= '7' => (3, 8, i - 1),
            _ => (0, 0, 0),
        };
        if (length == 0 || start + length > body.Length)
        {
            return false;
        }

        long value = 0;
        foreach (char digit in body.AsSpan(start, length))
        {
            int number = char.IsAsciiHexDigit(digit) ? Convert.ToInt32(digit.ToString(), 16) : 99;
            if (number >= radix)
            {
                return false;
            }

            value = value * radix + number;
        }

        i = start + length;
        if (c is 'u' or 'U')
        {
            if (!Rune.IsValid((int)Math.Min(value, int.MaxValue)))
            {
                return false;
            }

            AppendRune(bytes, new Rune((int)value));
            return true;
        }

        bytes.Add((byte)value);
        return value < 256;
    }

    private static void AppendRune(List<byte> bytes, Rune rune)
    {
        Span<byte> utf8 = stackalloc byte[4];
        int count = rune.EncodeToUtf8(utf8);
        foreach (byte b in utf8[..count])
        {
            bytes.Add(b);
        }
    }
}
