using System.Buffers;
using System.Globalization;

namespace Wharf.Primitives;

/// <summary>Durations as Go writes and reads them (<c>1h30m</c>, <c>1.5s</c>, <c>300ms</c>): the form of flags, Dockerfiles and Compose files.</summary>
public static class GoDuration
{
    private static readonly SearchValues<char> NumberSigns = SearchValues.Create("0123456789.");

    private static readonly (string Unit, double Ticks)[] Units =
    [
        ("ns", 0.01), ("us", 10), ("\u00b5s", 10), ("\u03bcs", 10), ("ms", TimeSpan.TicksPerMillisecond),
        ("s", TimeSpan.TicksPerSecond), ("m", TimeSpan.TicksPerMinute), ("h", TimeSpan.TicksPerHour),
    ];

    /// <summary>Reads a signed sequence of numbers with units; "0" needs no unit. False for anything else or beyond the range of a TimeSpan.</summary>
    public static bool TryParse(string text, out TimeSpan value)
    {
        value = default;
        ReadOnlySpan<char> rest = text;
        bool negative = rest.StartsWith("-");
        if (negative || rest.StartsWith("+"))
        {
            rest = rest[1..];
        }

        if (rest is "0")
        {
            return true;
        }

        if (rest.IsEmpty)
        {
            return false;
        }

        double ticks = 0;
        while (!rest.IsEmpty)
        {
            int digits = rest.IndexOfAnyExcept(NumberSigns);
            if (digits <= 0 || !double.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number))
            {
                return false;
            }

            rest = rest[digits..];
            int end = rest.IndexOfAny(NumberSigns);
            ReadOnlySpan<char> unit = end < 0 ? rest : rest[..end];
            double? factor = null;
            foreach ((string name, double size) in Units)
            {
                if (unit.SequenceEqual(name))
                {
                    factor = size;
                }
            }

            if (factor is null)
            {
                return false;
            }

            ticks += number * factor.Value;
            rest = rest[unit.Length..];
        }

        if (ticks > TimeSpan.MaxValue.Ticks)
        {
            return false;
        }

        value = TimeSpan.FromTicks((long)Math.Round(negative ? -ticks : ticks));
        return true;
    }

    /// <summary>The shortest form Go prints: <c>1h30m0s</c>, <c>1.5s</c>, <c>300ms</c>, <c>0s</c>.</summary>
    public static string Format(TimeSpan value)
    {
        if (value == TimeSpan.Zero)
        {
            return "0s";
        }

        string sign = value < TimeSpan.Zero ? "-" : "";
        TimeSpan size = value.Duration();
        if (size < TimeSpan.FromSeconds(1))
        {
            (double number, string unit) = size < TimeSpan.FromMicroseconds(1) ? (size.TotalNanoseconds, "ns")
                : size < TimeSpan.FromMilliseconds(1) ? (size.TotalMicroseconds, "\u00b5s") : (size.TotalMilliseconds, "ms");
            return sign + number.ToString("0.######", CultureInfo.InvariantCulture) + unit;
        }

        long hours = (long)size.TotalHours;
        string seconds = (size.Ticks % TimeSpan.TicksPerMinute / (double)TimeSpan.TicksPerSecond).ToString("0.#######", CultureInfo.InvariantCulture) + "s";
        return sign + (hours > 0 ? $"{hours}h{size.Minutes}m{seconds}" : size.Minutes > 0 ? $"{size.Minutes}m{seconds}" : seconds);
    }
}
