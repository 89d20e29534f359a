using System.Globalization;
using Wharf.Primitives;

namespace Wharf.Engine.Prune;

/// <summary>The <c>until</c> filter: a moment (RFC 3339, date, Unix seconds) or a duration before now.</summary>
internal static class PruneUntil
{
    /// <exception cref="WharfException">InvalidArgument: several values, or none that can be read.</exception>
    public static DateTimeOffset? Parse(FilterSet filters, DateTimeOffset now)
    {
        var values = filters.Get("until");
        if (values.Count == 0)
        {
            return null;
        }

        if (values.Count > 1)
        {
            throw WharfException.Invalid("more than one until filter specified");
        }

        string text = values[0];
        if (GoDuration.TryParse(text, out TimeSpan ago) && text.Any(char.IsAsciiLetter))
        {
            return now - ago;
        }

        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds) && seconds < 253402300799)
        {
            return DateTimeOffset.UnixEpoch.AddSeconds(seconds);
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset moment)
            ? moment
            : throw WharfException.Invalid($"failed to parse value as time or duration: \"{text}\"");
    }
}
