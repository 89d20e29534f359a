using System.Globalization;
using System.Numerics;
using System.Text;
using Wharf.Templates.Values;

namespace Wharf.Templates.Formatting;

/// <summary>One formatting verb applied to one value.</summary>
internal static class GoVerb
{
    public static string Render(Rune verb, FormatSpec spec, object? value)
    {
        char v = verb.IsBmp ? (char)verb.Value : '\0';
        if (v == 'T')
        {
            return spec.Pad(GoPrint.TypeName(value));
        }

        return value switch
        {
            null => v == 'v' ? spec.Pad("<nil>") : $"%!{verb}(<nil>)",
            bool flag when v is 't' or 'v' => spec.Pad(flag ? "true" : "false"),
            long number => Integer(v, spec, number) ?? Bad(verb, value),
            ulong number => Integer(v, spec, number) ?? Bad(verb, value),
            double number => Float(v, spec, number) ?? Bad(verb, value),
            string text => Text(v, spec, text) ?? Bad(verb, value),
            TemplateMap or IReadOnlyList<object?> or ITemplateObject => Composite(v, spec, value),
            _ => Bad(verb, value),
        };
    }

    private static string Bad(Rune verb, object value) => $"%!{verb}({GoPrint.TypeName(value)}={GoPrint.Value(value)})";

    private static string Composite(char verb, FormatSpec spec, object value) => verb switch
    {
        'v' when spec.Sharp => spec.Pad(GoPrint.TypeName(value) + "{" + string.Join(", ", Children(value).Select(c => GoQuote.Quote(GoPrint.Value(c)))) + "}"),
        'v' => spec.Pad(GoPrint.Value(value, spec.Plus)),
        'q' => GoPrint.Value(value, s => GoQuote.Quote(s)),
        _ => GoPrint.Value(value, s => Text(verb, spec, s) ?? Bad(new Rune(verb), s)),
    };

    private static IEnumerable<object?> Children(object value) => value switch
    {
        TemplateMap map => map.Entries.Select(e => e.Value),
        ITemplateObject item => item.Members.Select(e => e.Value),
        IReadOnlyList<object?> list => list,
        _ => [],
    };

    private static string? Text(char verb, FormatSpec spec, string text)
    {
        string cut = spec.Precision is { } precision ? string.Concat(text.EnumerateRunes().Take(precision)) : text;
        switch (verb)
        {
            case 's':
                return spec.Pad(cut);
            case 'v':
                return spec.Pad(spec.Sharp ? GoQuote.Quote(cut) : cut);
            case 'q':
                return spec.Pad(spec.Sharp && !cut.Contains('`') ? "`" + cut + "`" : GoQuote.Quote(cut, spec.Plus));
            case 'x' or 'X':
                string hex = Convert.ToHexString(Encoding.UTF8.GetBytes(text));
                if (spec.Space)
                {
                    hex = string.Join(' ', hex.Chunk(2).Select(p => (spec.Sharp ? "0X" : "") + new string(p)));
                }
                else if (spec.Sharp)
                {
                    hex = "0X" + hex;
                }

                return spec.Pad(verb == 'x' ? hex.ToLowerInvariant() : hex);
            default:
                return null;
        }
    }

    private static string? Integer(char verb, FormatSpec spec, BigInteger number)
    {
        switch (verb)
        {
            case 'c':
                return spec.Pad(Rune.IsValid((int)BigInteger.Min(number, 0x110000)) ? new Rune((int)number).ToString() : "\ufffd");
            case 'q':
                return spec.Pad(GoQuote.Quote(Rune.IsValid((int)BigInteger.Min(number, 0x110000)) ? new Rune((int)number).ToString() : "\ufffd", spec.Plus, '\''));
            case 'U':
                string code = "U+" + ((long)number).ToString("X4", CultureInfo.InvariantCulture);
                return spec.Pad(spec.Sharp && Rune.IsValid((int)number) ? $"{code} '{new Rune((int)number)}'" : code);
            case 'e' or 'E' or 'f' or 'F' or 'g' or 'G' or 's' or 't':
                return null;
        }

        (int radix, string prefix) = verb switch
        {
            'd' or 'v' => (10, ""),
            'b' => (2, spec.Sharp ? "0b" : ""),
            'o' => (8, spec.Sharp ? "0" : ""),
            'O' => (8, "0o"),
            'x' => (16, spec.Sharp ? "0x" : ""),
            'X' => (16, spec.Sharp ? "0X" : ""),
            _ => (0, ""),
        };
        if (radix == 0)
        {
            return null;
        }

        string digits = Digits(BigInteger.Abs(number), radix);
        digits = verb == 'X' ? digits.ToUpperInvariant() : digits;
        if (spec.Precision is { } precision)
        {
            digits = precision == 0 && number.IsZero ? "" : digits.PadLeft(precision, '0');
            spec.Zero = false;
        }

        string sign = number.Sign < 0 ? "-" : spec.Plus ? "+" : spec.Space ? " " : "";
        return spec.PadNumber(sign + prefix, digits);
    }

    private static string Digits(BigInteger number, int radix)
    {
        if (radix == 10)
        {
            return number.ToString(CultureInfo.InvariantCulture);
        }

        var result = new StringBuilder();
        do
        {
            result.Insert(0, "0123456789abcdef"[(int)(number % radix)]);
            number /= radix;
        }
        while (!number.IsZero);
        return result.ToString();
    }

    private static string? Float(char verb, FormatSpec spec, double number)
    {
        double size = Math.Abs(number);
        string? body = verb switch
        {
            'v' or 'g' or 'G' => spec.Precision is { } precision ? GoFloat.General(size, precision) : GoFloat.Shortest(size),
            'e' or 'E' => GoFloat.Scientific(size, spec.Precision ?? 6),
            'f' or 'F' => GoFloat.Fixed(size, spec.Precision ?? 6),
            _ => null,
        };
        if (body is null)
        {
            return null;
        }

        body = verb is 'E' or 'G' ? body.ToUpperInvariant() : body;
        string sign = double.IsNegative(number) && !double.IsNaN(number) ? "-" : spec.Plus ? "+" : spec.Space ? " " : "";
        return spec.PadNumber(body.StartsWith('+') ? (sign == "" ? "+" : sign) : sign, body.TrimStart('+'));
    }
}
