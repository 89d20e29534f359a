using System.Globalization;
using Wharf.Primitives;

namespace Wharf.Registry.Settings;

/// <summary>Values by key, from file, environment and flags; a later source wins.</summary>
internal sealed class OptionValues
{
    private readonly SortedDictionary<string, List<string>> _values = new(StringComparer.Ordinal);

    public void Set(string key, IEnumerable<string> values) => _values[key] = [.. values];

    public void Add(string key, string value)
    {
        if (!_values.TryGetValue(key, out List<string>? values))
        {
            _values[key] = values = [];
        }

        values.Add(value);
    }

    /// <summary>All keys and their values.</summary>
    public IEnumerable<(string Key, IReadOnlyList<string> Values)> Everything => _values.Select(v => (v.Key, (IReadOnlyList<string>)v.Value));

    public bool Has(string key) => _values.ContainsKey(key);

    public IReadOnlyList<string> List(string key) => _values.GetValueOrDefault(key) ?? [];

    public string Text(string key, string otherwise = "") => List(key) is [.., { } value] ? value : otherwise;

    public bool Flag(string key, bool otherwise) => !Has(key) ? otherwise : Text(key) switch
    {
        "true" or "1" or "yes" or "on" or "True" or "TRUE" => true,
        "false" or "0" or "no" or "off" or "False" or "FALSE" or "" => false,
        var other => throw Wrong(key, other, "true or false"),
    };

    public long Number(string key, long otherwise) => !Has(key) ? otherwise
        : long.TryParse(Text(key), NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number
        : throw Wrong(key, Text(key), "a number");

    public TimeSpan Duration(string key, TimeSpan otherwise)
    {
        if (!Has(key))
        {
            return otherwise;
        }

        return Text(key) is "0" ? TimeSpan.Zero
            : GoDuration.TryParse(Text(key), out TimeSpan duration) && duration >= TimeSpan.Zero ? duration
            : throw Wrong(key, Text(key), "a duration such as 30s or 1h");
    }

    /// <summary>What lies below a key: the rest of the name, and the values.</summary>
    public IEnumerable<(string Name, IReadOnlyList<string> Values)> Below(string key) =>
        _values.Where(v => v.Key.StartsWith(key + ".", StringComparison.Ordinal)).Select(v => (v.Key[(key.Length + 1)..], (IReadOnlyList<string>)v.Value));

    public static WharfException Wrong(string key, string value, string expected) =>
        WharfException.Invalid($"invalid value \"{value}\" for {key}: expected {expected}");
}
