using System.Buffers;
using System.Globalization;

namespace Wharf.Images.Catalog;

/// <summary>Go's durations: <c>1h30m</c>, <c>1.5h</c>, <c>300ms</c>.</summary>
internal static class GoDuration
{
    private static readonly SearchValues<char> Number = SearchValues.Create("0123456789.");

    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        ReadOnlySpan<char> rest = text.AsSpan();
        bool negative = rest.StartsWith("-");
        rest = rest.TrimStart("+-");
        if (rest.Length == 0)
        {
            return false;
        }

        double seconds = 0;
        while (rest.Length > 0)
        {
            int digits = rest.IndexOfAnyExcept(Number);
            if (digits <= 0 || !double.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number))
            {
                return false;
            }

            rest = rest[digits..];
            int unitLength = rest.IndexOfAny(Number);
            ReadOnlySpan<char> unit = unitLength < 0 ? rest : rest[..unitLength];
            double factor = unit switch
            {
                "ns" => 1e-9,
                "us" or "µs" => 1e-6,
                "ms" => 1e-3,
                "s" => 1,
                "m" => 60,
                "h" => 3600,
                _ => -1,
            };
            if (factor < 0)
            {
                return false;
            }

            seconds += number * factor;
            rest = rest[unit.Length..];
        }

        if (seconds > TimeSpan.MaxValue.TotalSeconds / 2)
        {
            return false;
        }

        duration = TimeSpan.FromSeconds(negative ? -seconds : seconds);
        return true;
    }
}
