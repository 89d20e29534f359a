using System.Globalization;
using Wharf.Primitives;

namespace Wharf.Api.Server;

/// <summary>Moments in queries: seconds since 1970 with up to nine decimals, as Docker's clients send them, or RFC 3339.</summary>
internal static class Timestamp
{
    /// <summary>Null for an absent parameter and for zero, which clients send for "not given".</summary>
    public static DateTimeOffset? Parse(string? text, string parameter)
    {
        if (text is null or "0")
        {
            return null;
        }

        if (decimal.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out decimal seconds))
        {
            // seconds are compared, not ticks: those of a number large enough are no decimal any more
            return seconds > -DateTimeOffset.UnixEpoch.Ticks / TimeSpan.TicksPerSecond && seconds < (DateTimeOffset.MaxValue - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerSecond
                ? DateTimeOffset.UnixEpoch.AddTicks((long)(seconds * TimeSpan.TicksPerSecond))
                : throw Invalid(text, parameter);
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset moment)
            ? moment
            : throw Invalid(text, parameter);
    }

    private static WharfException Invalid(string text, string parameter) =>
        WharfException.Invalid($"invalid value for \"{parameter}\": failed to parse value as time or duration: \"{text}\"");
}
