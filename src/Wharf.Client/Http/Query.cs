using System.Collections;
using System.Text;
using System.Text.Json;
using Wharf.Primitives;

namespace Wharf.Client.Http;

/// <summary>Query parameters, in the order in which they were added. Empty values are left out, as Docker's client does.</summary>
public sealed class Query : IEnumerable<KeyValuePair<string, string>>
{
    private readonly List<KeyValuePair<string, string>> _parameters = [];

    public Query()
    {
    }

    /// <summary>Begins with the parameters of another.</summary>
    public Query(Query other) => _parameters.AddRange(other._parameters);

    public void Add(string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            _parameters.Add(new(name, value));
        }
    }

    public void Add(string name, bool value) => Add(name, value ? "1" : null);

    public void Add(string name, IEnumerable<string> values)
    {
        foreach (string value in values)
        {
            Add(name, value);
        }
    }

    /// <summary>Filters as the API's JSON: <c>{"label":{"a=b":true}}</c>.</summary>
    public void AddFilters(IEnumerable<KeyValuePair<string, string>> filters)
    {
        string json = Filters(filters);
        if (json.Length > 2)
        {
            Add("filters", json);
        }
    }

    public static string Filters(IEnumerable<KeyValuePair<string, string>> filters)
    {
        using var memory = new MemoryStream();
        using (var writer = new Utf8JsonWriter(memory, new JsonWriterOptions { Encoder = GoJsonEncoder.Instance }))
        {
            writer.WriteStartObject();
            foreach (var group in filters.GroupBy(f => f.Key).OrderBy(g => g.Key, StringComparer.Ordinal))
            {
                writer.WriteStartObject(group.Key);
                foreach (string value in group.Select(f => f.Value).Distinct().Order(StringComparer.Ordinal))
                {
                    writer.WriteBoolean(value, true);
                }

                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(memory.ToArray());
    }

    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => _parameters.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>With its question mark; empty when there is none.</summary>
    public override string ToString() => _parameters.Count == 0
        ? ""
        : "?" + string.Join('&', _parameters.Select(p => PercentEncoding.Of(p.Key) + "=" + PercentEncoding.Of(p.Value)));
}
