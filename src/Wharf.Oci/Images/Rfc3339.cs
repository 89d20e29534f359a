using System.Globalization;

namespace Wharf.Oci.Images;

/// <summary>Times as Go writes them (RFC 3339, nanoseconds, trailing zeros cut): <c>2024-03-01T12:00:00.5Z</c>.</summary>
public static class Rfc3339
{
    /// <summary>Go's zero time, which Docker shows for "never".</summary>
    public const string Zero = "0001-01-01T00:00:00Z";

    public static string Format(DateTimeOffset time)
    {
        DateTime utc = time.UtcDateTime;
        string seconds = utc.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture);
        long fraction = utc.Ticks % TimeSpan.TicksPerSecond;
        return fraction == 0 ? seconds + "Z" : seconds + "." + fraction.ToString("D7", CultureInfo.InvariantCulture).TrimEnd('0') + "Z";
    }

    /// <summary>Parses a time; decimals beyond the seventh are cut (this platform counts 100 ns).</summary>
    public static bool TryParse(string? text, out DateTimeOffset time)
    {
        time = default;
        if (text is null || text.Length > 64)
        {
            return false;
        }

        int dot = text.IndexOf('.');
        if (dot > 0)
        {
            int end = dot + 1;
            while (end < text.Length && char.IsAsciiDigit(text[end]))
            {
                end++;
            }

            if (end - dot - 1 > 7)
            {
                text = string.Concat(text.AsSpan(0, dot + 8), text.AsSpan(end));
            }
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time);
    }
}
