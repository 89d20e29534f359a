using System.Globalization;

namespace Wharf.Cli.Framework.Output;

/// <summary>Times as Go's time.Time prints them, in the local zone.</summary>
internal static class GoTime
{
    public static string Unix(long seconds) => Format(DateTimeOffset.FromUnixTimeSeconds(seconds));

    public static string Format(DateTimeOffset time)
    {
        TimeZoneInfo zone = TimeZoneInfo.Local;
        DateTimeOffset local = TimeZoneInfo.ConvertTime(time, zone);
        string offset = local.ToString("zzz", CultureInfo.InvariantCulture).Replace(":", "", StringComparison.Ordinal);
        string name = zone.BaseUtcOffset == TimeSpan.Zero && !zone.SupportsDaylightSavingTime ? "UTC" : ZoneName(zone, local, offset);
        return local.ToString("yyyy-MM-dd HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture) + " " + offset + " " + name;
    }

    /// <summary>As <see cref="Format"/>, with the fraction of a second that an RFC 3339 text has (Go keeps nanoseconds, .NET ticks).</summary>
    public static string Exact(DateTimeOffset time, string rfc3339)
    {
        string text = Format(time);
        int dot = rfc3339.IndexOf('.');
        if (dot < 0)
        {
            return text;
        }

        int end = dot + 1;
        while (end < rfc3339.Length && char.IsAsciiDigit(rfc3339[end]))
        {
            end++;
        }

        string fraction = rfc3339[dot..end].TrimEnd('0').TrimEnd('.');
        const int SecondsEnd = 19;
        return text[..SecondsEnd] + fraction + text[text.IndexOf(' ', SecondsEnd)..];
    }

    // without culture data the names are long forms; Go prints the abbreviation, or the hours where a zone has none
    private static string ZoneName(TimeZoneInfo zone, DateTimeOffset time, string offset)
    {
        string name = zone.IsDaylightSavingTime(time) ? zone.DaylightName : zone.StandardName;
        return name.Length is > 0 and <= 5 && name.All(char.IsAsciiLetterUpper) ? name : offset[..3];
    }
}
