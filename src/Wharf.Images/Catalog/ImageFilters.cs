using System.Globalization;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Images.Catalog;

/// <summary>The filters of lists and prunes, checked and parsed once.</summary>
internal sealed class ImageFilters
{
    private readonly IReadOnlyDictionary<string, IReadOnlyList<string>> _filters;

    /// <exception cref="WharfException">InvalidArgument: an unknown filter or a bad value.</exception>
    public ImageFilters(IReadOnlyDictionary<string, IReadOnlyList<string>> filters, IReadOnlyList<string> known, TimeProvider clock)
    {
        _filters = filters;
        foreach (string name in filters.Keys)
        {
            if (!known.Contains(name, StringComparer.Ordinal))
            {
                throw WharfException.Invalid($"invalid filter '{name}'");
            }
        }

        Dangling = Flag("dangling");
        foreach (string until in Values("until"))
        {
            // of several the earliest counts
            DateTimeOffset moment = ParseMoment(until, clock);
            Until = Until < moment ? Until : moment;
        }
    }

    public bool? Dangling { get; }

    public DateTimeOffset? Until { get; }

    public IReadOnlyList<string> Values(string name) => _filters.TryGetValue(name, out IReadOnlyList<string>? values) ? values : [];

    /// <summary>True when the labels have all of <c>label</c> and none of <c>label!</c>.</summary>
    public bool MatchesLabels(IReadOnlyDictionary<string, string>? labels) =>
        Values("label").All(wanted => HasLabel(labels, wanted)) && !Values("label!").Any(unwanted => HasLabel(labels, unwanted));

    /// <summary>True when there is no reference filter, or one of its patterns fits the name.</summary>
    public bool MatchesReference(ImageReference name)
    {
        IReadOnlyList<string> patterns = Values("reference");
        return patterns.Count == 0 || patterns.Any(pattern =>
            (GoPathMatch.IsMatch(pattern, name.Familiar) ?? throw WharfException.Invalid("syntax error in pattern"))
            || GoPathMatch.IsMatch(pattern, name.FamiliarName) == true);
    }

    /// <summary>A moment as Docker's filters take it: seconds since 1970, RFC 3339 or a part of it, or a Go duration before now.</summary>
    public static DateTimeOffset ParseMoment(string text, TimeProvider clock)
    {
        if (GoDuration.TryParse(text, out TimeSpan ago))
        {
            return clock.GetUtcNow() - ago;
        }

        if (decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal seconds) && seconds is >= 0 and < 253402300800)
        {
            return DateTimeOffset.UnixEpoch.AddTicks((long)(seconds * TimeSpan.TicksPerSecond));
        }

        if (text.Length >= 10 && text[4] == '-' && Rfc3339.TryParse(text, out DateTimeOffset moment))
        {
            return moment;
        }

        throw WharfException.Invalid($"failed to parse value as time or duration: \"{text}\"");
    }

    private static bool HasLabel(IReadOnlyDictionary<string, string>? labels, string wanted)
    {
        int equals = wanted.IndexOf('=');
        string key = equals < 0 ? wanted : wanted[..equals];
        return labels is not null && labels.TryGetValue(key, out string? value) && (equals < 0 || value == wanted[(equals + 1)..]);
    }

    private bool? Flag(string name)
    {
        IReadOnlyList<string> values = Values(name);
        if (values.Count == 0)
        {
            return null;
        }

        bool yes = values.Any(v => v is "1" or "true"), no = values.Any(v => v is "0" or "false");
        return yes == no || values.Any(v => v is not ("1" or "true" or "0" or "false"))
            ? throw WharfException.Invalid($"invalid filter '{name}={string.Join(',', values)}'")
            : yes;
    }
}
