using System.Globalization;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;

namespace Wharf.Cli.Framework;

/// <summary>
/// Times as people give them to <c>--since</c> and <c>--until</c>: a duration before now, seconds since 1970, or a date in one of the
/// forms of RFC 3339, in local time when no zone is named. The engine gets seconds and nanoseconds.
/// </summary>
internal static class Timestamps
{
    private static readonly string[] Formats =
    [
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HHK", "yyyy-MM-ddK",
        "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd'Z'",
    ];

    /// <param name="text">As given.</param>
    /// <param name="clock">What now is.</param>
    /// <param name="flag">What the error names, where the command names it.</param>
    /// <exception cref="CommandException">It is no time.</exception>
    public static string ToQuery(string text, TimeProvider clock, string? flag = null)
    {
        if (text.Length == 0)
        {
            return "";
        }

        // a bare zero is the beginning of time; every other number without a unit is no duration anyhow
        if (text == "0")
        {
            return text;
        }

        try
        {
            long nanoseconds = GoDuration.Parse(text);
            DateTimeOffset now = clock.GetUtcNow();
            return Format(now.ToUnixTimeMilliseconds() * 1_000_000L + now.Ticks % 10_000 * 100 - nanoseconds);
        }
        catch (FormatException)
        {
            return Absolute(text, flag);
        }
    }

    private static string Absolute(string text, string? flag)
    {
        if (text.All(c => char.IsAsciiDigit(c) || c == '.') && char.IsAsciiDigit(text[0]) && !text.Contains('-'))
        {
            return text;
        }

        return DateTimeOffset.TryParseExact(text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out DateTimeOffset time)
            ? Format((time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) * 100)
            : throw new CommandException($"{(flag is null ? "" : $"invalid value for \"{flag}\": ")}failed to parse value as time or duration: \"{text}\"");
    }

    private static string Format(long nanoseconds) =>
        string.Create(CultureInfo.InvariantCulture, $"{Math.DivRem(nanoseconds, 1_000_000_000, out long rest)}.{rest:D9}");
}
