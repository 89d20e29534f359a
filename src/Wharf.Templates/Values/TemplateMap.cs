namespace Wharf.Templates.Values;

/// <summary>
/// A Go map with string keys: walked and printed in key order. <see cref="Zero"/> is what <c>index</c> answers for a key that is not
/// there (Go's zero value of the element type: an empty string for labels, nothing for raw JSON).
/// </summary>
public sealed class TemplateMap
{
    private readonly SortedDictionary<string, object?> _entries = new(StringComparer.Ordinal);

    public TemplateMap(object? zero = null, string typeName = "map[string]interface {}")
    {
        Zero = zero;
        TypeName = typeName;
    }

    public object? Zero { get; }

    public string TypeName { get; }

    public int Count => _entries.Count;

    public IReadOnlyCollection<KeyValuePair<string, object?>> Entries => _entries;

    public object? this[string key]
    {
        get => _entries.TryGetValue(key, out object? value) ? value : Zero;
        set => _entries[key] = value;
    }

    public bool TryGet(string key, out object? value) => _entries.TryGetValue(key, out value);

    public static TemplateMap OfStrings(IEnumerable<KeyValuePair<string, string>> entries)
    {
        var map = new TemplateMap("", "map[string]string");
        foreach ((string key, string value) in entries)
        {
            map[key] = value;
        }

        return map;
    }
}
