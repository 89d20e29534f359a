using System.Globalization;
using System.Numerics;

namespace Wharf.Templates.Syntax;

/// <summary>Go number literals: decimal, 0x, 0o, 0b, leading-zero octal, underscores, floats. The value is a long or a double.</summary>
internal static class NumberLiteral
{
    public static bool TryParse(string text, out object value)
    {
        value = 0L;
        bool negative = text.StartsWith('-');
        string digits = negative || text.StartsWith('+') ? text[1..] : text;
        if (digits.Length == 0 || !UnderscoresAreFine(digits))
        {
            return false;
        }

        digits = digits.Replace("_", "", StringComparison.Ordinal);
        int radix = Radix(digits, out string body);
        if (TryParseInteger(body, radix, out BigInteger integer))
        {
            integer = negative ? -integer : integer;
            if (integer < long.MinValue || integer > ulong.MaxValue)
            {
                return false;
            }

            value = integer > long.MaxValue ? (ulong)integer : (long)integer;
            return true;
        }

        if (radix != 10 && !(radix == 8 && digits.AsSpan().ContainsAny('.', 'e', 'E')))
        {
            return false;
        }

        if (!char.IsAsciiDigit(digits[0]) && digits[0] != '.'
            || !double.TryParse(digits, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out double real))
        {
            return false;
        }

        value = negative ? -real : real;
        return true;
    }

    private static bool UnderscoresAreFine(string digits)
    {
        if (!digits.Contains('_'))
        {
            return true;
        }

        return digits[0] != '_' && digits[^1] != '_' && !digits.Contains("__", StringComparison.Ordinal);
    }

    private static int Radix(string digits, out string body)
    {
        body = digits;
        if (digits.Length < 2 || digits[0] != '0')
        {
            return 10;
        }

        (int radix, int skip) = (digits[1] | 0x20) switch
        {
            'x' => (16, 2),
            'o' => (8, 2),
            'b' => (2, 2),
            _ => (8, 1),
        };
        body = digits[skip..];
        return radix;
    }

    private static bool TryParseInteger(string body, int radix, out BigInteger value)
    {
        value = BigInteger.Zero;
        if (body.Length is 0 or > 64)
        {
            return false;
        }

        foreach (char c in body)
        {
            int digit = char.IsAsciiHexDigit(c) ? Convert.ToInt32(c.ToString(), 16) : 99;
            if (digit >= radix)
            {
                return false;
            }

            value = value * radix + digit;
        }

        return true;
    }
}
