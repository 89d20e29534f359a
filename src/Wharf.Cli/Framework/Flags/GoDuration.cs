using System.Globalization;
using System.Text;
using Wharf.Templates.Formatting;

namespace Wharf.Cli.Framework.Flags;

/// <summary>Go's time.Duration: parsing and printing; the unit is the nanosecond.</summary>
internal static class GoDuration
{
    private static readonly (string Unit, double Nanoseconds)[] Units =
    [
        ("ns", 1), ("us", 1e3), ("µs", 1e3), ("μs", 1e3), ("ms", 1e6), ("s", 1e9), ("m", 60e9), ("h", 3600e9),
    ];

    /// <returns>Nanoseconds.</returns>
    /// <exception cref="FormatException">With the text of time.ParseDuration.</exception>
    public static long Parse(string text)
    {
        string rest = text;
        bool negative = rest.StartsWith('-');
        rest = negative || rest.StartsWith('+') ? rest[1..] : rest;
        if (rest == "0")
        {
            return 0;
        }

        if (rest.Length == 0)
        {
            throw new FormatException($"time: invalid duration {GoQuote.Quote(text)}");
        }

        double total = 0;
        while (rest.Length > 0)
        {
            int digits = 0;
            while (digits < rest.Length && (char.IsAsciiDigit(rest[digits]) || rest[digits] == '.'))
            {
                digits++;
            }

            if (digits == 0 || !double.TryParse(rest.AsSpan(0, digits), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number))
            {
                throw new FormatException($"time: invalid duration {GoQuote.Quote(text)}");
            }

            int end = digits;
            while (end < rest.Length && rest[end] != '.' && !char.IsAsciiDigit(rest[end]))
            {
                end++;
            }

            string unit = rest[digits..end];
            if (unit.Length == 0)
            {
                throw new FormatException($"time: missing unit in duration {GoQuote.Quote(text)}");
            }

            int index = Array.FindIndex(Units, u => u.Unit == unit);
            if (index < 0)
            {
                throw new FormatException($"time: unknown unit {GoQuote.Quote(unit)} in duration {GoQuote.Quote(text)}");
            }

            total += number * Units[index].Nanoseconds;
            rest = rest[end..];
        }

        if (total > long.MaxValue)
        {
            throw new FormatException($"time: invalid duration {GoQuote.Quote(text)}");
        }

        return (long)(negative ? -total : total);
    }

    /// <summary>As time.Duration prints itself: <c>1h2m3.5s</c>, <c>1.5ms</c>, <c>0s</c>.</summary>
    public static string Format(long nanoseconds)
    {
        if (nanoseconds == 0)
        {
            return "0s";
        }

        string sign = nanoseconds < 0 ? "-" : "";
        decimal size = Math.Abs((decimal)nanoseconds);
        if (size < 1000)
        {
            return $"{sign}{Plain(size)}ns";
        }

        if (size < 1_000_000)
        {
            return $"{sign}{Plain(size / 1000)}µs";
        }

        if (size < 1_000_000_000)
        {
            return $"{sign}{Plain(size / 1_000_000)}ms";
        }

        decimal seconds = size / 1_000_000_000;
        long minutes = (long)(seconds / 60);
        seconds -= minutes * 60;
        var result = new StringBuilder(sign);
        if (minutes >= 60)
        {
            result.Append(CultureInfo.InvariantCulture, $"{minutes / 60}h");
        }

        if (minutes > 0)
        {
            result.Append(CultureInfo.InvariantCulture, $"{minutes % 60}m");
        }

        return result.Append(Plain(seconds)).Append('s').ToString();
    }

    private static string Plain(decimal number) => number.ToString("0.#########", CultureInfo.InvariantCulture);
}
