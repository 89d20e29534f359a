using System.Text.Json;
using System.Text.RegularExpressions;

namespace Wharf.Primitives;

/// <summary>
/// The <c>filters</c> of a list request: keys with sets of values. Values of one key are alternatives (labels excepted: all must hold), keys must all
/// match. A key that is absent matches everything.
/// </summary>
public sealed class FilterSet
{
    public static readonly FilterSet Empty = new(new Dictionary<string, List<string>>());

    private static readonly TimeSpan MatchLimit = TimeSpan.FromMilliseconds(100);

    private readonly Dictionary<string, List<string>> _fields;

    private FilterSet(Dictionary<string, List<string>> fields) => _fields = fields;

    public bool IsEmpty => _fields.Count == 0;

    public IReadOnlyCollection<string> Keys => _fields.Keys;

    public static FilterSet Of(params ReadOnlySpan<(string Key, string Value)> pairs)
    {
        var fields = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        foreach ((string key, string value) in pairs)
        {
            Add(fields, key, value);
        }

        return new FilterSet(fields);
    }

    /// <summary>The same set with one value more.</summary>
    public FilterSet With(string key, string value)
    {
        var fields = _fields.ToDictionary(field => field.Key, field => new List<string>(field.Value), StringComparer.Ordinal);
        Add(fields, key, value);
        return new FilterSet(fields);
    }

    /// <summary>Reads both forms: <c>{"status":["exited"]}</c> and <c>{"status":{"exited":true}}</c>. Null and empty text are the empty set.</summary>
    /// <exception cref="WharfException">InvalidArgument "invalid filter".</exception>
    public static FilterSet Parse(string? json)
    {
        if (string.IsNullOrEmpty(json))
        {
            return Empty;
        }

        var fields = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            foreach (JsonProperty field in document.RootElement.EnumerateObject())
            {
                IEnumerable<string> values = field.Value.ValueKind == JsonValueKind.Array
                    ? field.Value.EnumerateArray().Select(v => v.GetString() ?? "")
                    : field.Value.EnumerateObject().Where(v => v.Value.GetBoolean()).Select(v => v.Name);
                foreach (string value in values)
                {
                    Add(fields, field.Name, value);
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw WharfException.Invalid("invalid filter", e);
        }

        return new FilterSet(fields);
    }

    /// <exception cref="WharfException">InvalidArgument "invalid filter 'X'" for the first key that is not accepted.</exception>
    public void Validate(params ReadOnlySpan<string> accepted)
    {
        foreach (string key in _fields.Keys)
        {
            if (!accepted.Contains(key))
            {
                throw WharfException.Invalid($"invalid filter '{key}'");
            }
        }
    }

    public bool Has(string key) => _fields.ContainsKey(key);

    public IReadOnlyList<string> Get(string key) => _fields.TryGetValue(key, out List<string>? values) ? values : [];

    public bool Contains(string key, string value) => _fields.TryGetValue(key, out List<string>? values) && values.Contains(value);

    /// <summary>True when the key is absent or one of its values is <paramref name="value"/>.</summary>
    public bool Exact(string key, string value) => !_fields.TryGetValue(key, out List<string>? values) || values.Contains(value);

    /// <summary>True when the key is absent or one of its values begins <paramref name="value"/>.</summary>
    public bool Prefix(string key, string value) =>
        !_fields.TryGetValue(key, out List<string>? values) || values.Exists(v => value.StartsWith(v, StringComparison.Ordinal));

    /// <summary>True when the key is absent, or one of its values equals or, as a regular expression, occurs in <paramref name="value"/>.</summary>
    public bool Pattern(string key, string value)
    {
        if (!_fields.TryGetValue(key, out List<string>? values))
        {
            return true;
        }

        foreach (string pattern in values)
        {
            if (pattern == value || Occurs(pattern, value))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>True when the key is absent, or every one of its values (<c>name</c> or <c>name=value</c>) holds in <paramref name="pairs"/>.</summary>
    public bool AllPairs(string key, IReadOnlyDictionary<string, string>? pairs)
    {
        if (!_fields.TryGetValue(key, out List<string>? values))
        {
            return true;
        }

        foreach (string wanted in values)
        {
            int equals = wanted.IndexOf('=');
            string name = equals < 0 ? wanted : wanted[..equals];
            if (pairs is null || !pairs.TryGetValue(name, out string? value) || (equals >= 0 && value != wanted[(equals + 1)..]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The key's value as a truth (true, 1, false, 0), or the default when absent.</summary>
    /// <exception cref="WharfException">InvalidArgument "invalid filter 'dangling=[X]'".</exception>
    public bool Flag(string key, bool absent)
    {
        if (!_fields.TryGetValue(key, out List<string>? values))
        {
            return absent;
        }

        return values switch
        {
            ["1" or "t" or "T" or "TRUE" or "true" or "True"] => true,
            ["0" or "f" or "F" or "FALSE" or "false" or "False"] => false,
            _ => throw WharfException.Invalid($"invalid filter '{key}=[{string.Join(' ', values)}]'"),
        };
    }

    private static bool Occurs(string pattern, string value)
    {
        try
        {
            return Regex.IsMatch(value, pattern, RegexOptions.CultureInvariant, MatchLimit);
        }
        catch (Exception e) when (e is ArgumentException or RegexMatchTimeoutException)
        {
            // No expression, or one made to hang: Docker takes it for a plain text that matches nothing.
            return false;
        }
    }

    private static void Add(Dictionary<string, List<string>> fields, string key, string value)
    {
        if (!fields.TryGetValue(key, out List<string>? values))
        {
            fields[key] = values = [];
        }

        if (!values.Contains(value))
        {
            values.Add(value);
        }
    }
}
