using System.Globalization;
using Wharf.Templates.Formatting;

namespace Wharf.Cli.Framework.Output;

/// <summary>Sizes and times in the words of docker/go-units.</summary>
internal static class Units
{
    private static readonly string[] DecimalUnits = ["B", "kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"];
    private static readonly string[] BinaryUnits = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"];

    /// <summary>Three significant digits, powers of 1000: <c>72.8MB</c>.</summary>
    public static string Size(double bytes, int precision = 3) => Scale(bytes, 1000, DecimalUnits, precision);

    /// <summary>Four significant digits, powers of 1024: <c>1.953GiB</c>.</summary>
    public static string BinarySize(double bytes) => Scale(bytes, 1024, BinaryUnits, 4);

    private static string Scale(double size, double step, string[] units, int precision)
    {
        int unit = 0;
        while (size >= step && unit < units.Length - 1)
        {
            size /= step;
            unit++;
        }

        return GoFloat.General(size, precision) + units[unit];
    }

    /// <summary>"5 minutes", "About an hour", "2 weeks".</summary>
    public static string Duration(TimeSpan span)
    {
        long seconds = (long)span.TotalSeconds;
        if (seconds < 1)
        {
            return "Less than a second";
        }

        if (seconds == 1)
        {
            return "1 second";
        }

        if (seconds < 60)
        {
            return Count(seconds, "seconds");
        }

        long minutes = (long)span.TotalMinutes;
        if (minutes == 1)
        {
            return "About a minute";
        }

        if (minutes < 60)
        {
            return Count(minutes, "minutes");
        }

        long hours = (long)(span.TotalHours + 0.5);
        return hours switch
        {
            1 => "About an hour",
            < 48 => Count(hours, "hours"),
            < 24 * 7 * 2 => Count(hours / 24, "days"),
            < 24 * 30 * 2 => Count(hours / 24 / 7, "weeks"),
            < 24 * 365 * 2 => Count(hours / 24 / 30, "months"),
            _ => Count((long)span.TotalHours / 24 / 365, "years"),
        };
    }

    /// <summary>The first characters of a text, an ellipsis for the rest.</summary>
    public static string Ellipsis(string text, int width)
    {
        if (text.Length <= width)
        {
            return text;
        }

        return width <= 1 ? text[..width] : text[..(width - 1)] + "…";
    }

    /// <summary>Twelve digits of an id, without its algorithm.</summary>
    public static string ShortId(string id)
    {
        int colon = id.IndexOf(':');
        string digits = colon >= 0 ? id[(colon + 1)..] : id;
        return digits.Length > 12 ? digits[..12] : digits;
    }

    private static string Count(long number, string unit) => string.Create(CultureInfo.InvariantCulture, $"{number} {unit}");
}
