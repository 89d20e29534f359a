using System.Globalization;
using Wharf.Primitives;
using Wharf.Templates.Formatting;

namespace Wharf.Cli.Framework.Flags;

/// <summary>
/// What values a flag takes: the word that help shows, the check that parsing makes, and how often it may be given. The check
/// throws <see cref="FormatException"/> with the text that Docker's user sees.
/// </summary>
internal sealed class FlagKind(string typeName, Func<string, IEnumerable<string>> parse)
{
    public static readonly FlagKind Bool = new("", v => [ParseBool(v)]) { IsBool = true, Default = "false" };
    public static readonly FlagKind String = new("string", v => [v]) { QuotesDefault = true };
    public static readonly FlagKind Int = Number("int", long.MinValue, long.MaxValue, "ParseInt");
    public static readonly FlagKind Uint = Unsigned("uint", ulong.MaxValue);
    public static readonly FlagKind Uint16 = Unsigned("uint16", ushort.MaxValue);
    public static readonly FlagKind Float = new("float", v => [ParseFloat(v)]) { Default = "0" };
    public static readonly FlagKind Duration = new("duration", v => [ParseDuration(v)]) { Default = "" };
    public static readonly FlagKind List = new("list", v => [v]) { IsList = true };
    public static readonly FlagKind ListShown = new("list", v => [v]) { IsList = true, ShownDefault = "[]" };
    public static readonly FlagKind Strings = new("strings", CommaSeparated.Split) { IsList = true };
    public static readonly FlagKind Map = new("map", v => [v]) { IsList = true, ShownDefault = "map[]" };
    public static readonly FlagKind StringToString = new("stringToString", KeyValues) { IsList = true, ShownDefault = "[]" };
    public static readonly FlagKind Bytes = new("bytes", v => [ByteSize.Parse(v).ToString(CultureInfo.InvariantCulture)]) { Default = "" };
    public static readonly FlagKind SwapBytes = new("bytes", v => [v == "-1" ? v : ByteSize.Parse(v).ToString(CultureInfo.InvariantCulture)]) { Default = "" };
    public static readonly FlagKind Decimal = new("decimal", v => [DecimalCpus.Parse(v)]) { Default = "" };
    public static readonly FlagKind Filter = new("filter", v => [ParseFilter(v)]) { IsList = true };

    public string TypeName => typeName;

    public bool IsBool { get; init; }

    public bool IsList { get; init; }

    public bool QuotesDefault { get; init; }

    /// <summary>The value of a flag that was not given.</summary>
    public string Default { get; init; } = "";

    /// <summary>The default that help shows although nothing was declared.</summary>
    public string? ShownDefault { get; init; }

    /// <summary>The values that one use of the flag adds or sets.</summary>
    public IEnumerable<string> Parse(string value) => parse(value);

    public static FlagKind Checked(string typeName, Func<string, string> check, bool list = false, string? shownDefault = null) =>
        new(typeName, v => [check(v)]) { IsList = list, ShownDefault = shownDefault };

    private static FlagKind Number(string name, long min, long max, string function) => new(name, v =>
    {
        if (!TryInteger(v, out Int128 number))
        {
            throw new FormatException($"strconv.{function}: parsing {GoQuote.Quote(v)}: invalid syntax");
        }

        return number < min || number > max
            ? throw new FormatException($"strconv.{function}: parsing {GoQuote.Quote(v)}: value out of range")
            : [((long)number).ToString(CultureInfo.InvariantCulture)];
    }) { Default = "0" };

    private static FlagKind Unsigned(string name, ulong max) => new(name, v =>
    {
        if (!TryInteger(v, out Int128 number) || v.StartsWith('-') || v.StartsWith('+'))
        {
            throw new FormatException($"strconv.ParseUint: parsing {GoQuote.Quote(v)}: invalid syntax");
        }

        return number > max
            ? throw new FormatException($"strconv.ParseUint: parsing {GoQuote.Quote(v)}: value out of range")
            : [((ulong)number).ToString(CultureInfo.InvariantCulture)];
    }) { Default = "0" };

    /// <summary>Go's base-zero syntax: decimal, 0x, 0o, 0b, leading-zero octal.</summary>
    private static bool TryInteger(string text, out Int128 number)
    {
        number = 0;
        bool negative = text.StartsWith('-');
        string digits = (negative || text.StartsWith('+') ? text[1..] : text).ToLowerInvariant();
        (int radix, string body) = digits switch
        {
            ['0', 'x', .. var rest] => (16, rest),
            ['0', 'o', .. var rest] => (8, rest),
            ['0', 'b', .. var rest] => (2, rest),
            ['0', _, ..] => (8, digits[1..]),
            _ => (10, digits),
        };
        if (body.Length == 0)
        {
            return false;
        }

        foreach (char c in body)
        {
            int digit = char.IsAsciiDigit(c) ? c - '0' : char.IsAsciiHexDigit(c) ? c - 'a' + 10 : 99;
            if (digit >= radix)
            {
                return false;
            }

            number = number > ulong.MaxValue ? number : number * radix + digit;
        }

        number = negative ? -number : number;
        return true;
    }

    private static string ParseBool(string value) => value switch
    {
        "1" or "t" or "T" or "true" or "TRUE" or "True" => "true",
        "0" or "f" or "F" or "false" or "FALSE" or "False" => "false",
        _ => throw new FormatException($"strconv.ParseBool: parsing {GoQuote.Quote(value)}: invalid syntax"),
    };

    private static string ParseFloat(string value) =>
        double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            ? number.ToString("R", CultureInfo.InvariantCulture)
            : throw new FormatException($"strconv.ParseFloat: parsing {GoQuote.Quote(value)}: invalid syntax");

    private static string ParseDuration(string value) => GoDuration.Parse(value).ToString(CultureInfo.InvariantCulture);

    private static string ParseFilter(string value)
    {
        if (value.Length == 0)
        {
            return value;
        }

        int equals = value.IndexOf('=');
        return equals < 0
            ? throw new FormatException("bad format of filter (expected name=value)")
            : value[..equals].Trim().ToLowerInvariant() + "=" + value[(equals + 1)..].Trim();
    }

    private static IEnumerable<string> KeyValues(string value) => CommaSeparated.Split(value).Select(pair =>
        pair.Contains('=') ? pair : throw new FormatException($"{pair} must be formatted as key=value"));
}
