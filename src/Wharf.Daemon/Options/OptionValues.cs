using System.Globalization;
using Wharf.Primitives;

namespace Wharf.Daemon.Options;

/// <summary>Values as they were written, by option name; typed when they are asked for, so that every complaint names its option.</summary>
internal sealed class OptionValues
{
    private readonly Dictionary<string, List<string>> values = new(StringComparer.Ordinal);

    public IReadOnlyCollection<string> Names => values.Keys;

    public bool Has(string name) => values.ContainsKey(name);

    public void Set(OptionSpec spec, string value)
    {
        if (!values.TryGetValue(spec.Name, out List<string>? list) || spec.Kind is not (OptionKind.List or OptionKind.Map))
        {
            values[spec.Name] = list = [];
        }

        list.Add(value);
    }

    /// <summary>Notes that an option was given, though with an empty list.</summary>
    public void Touch(OptionSpec spec) => values.TryAdd(spec.Name, []);

    public IReadOnlyList<string> List(string name) => values.TryGetValue(name, out List<string>? list) ? list : [];

    public string? Text(string name) => List(name) is [.., { Length: > 0 } last] ? last : null;

    public bool Flag(string name, bool otherwise = false) =>
        List(name) is not [.., var text] ? otherwise
        : text.ToLowerInvariant() switch
        {
            "1" or "t" or "true" => true,
            "0" or "f" or "false" => false,
            _ => throw Invalid(name, text, "not a boolean"),
        };

    public int Number(string name, int otherwise) =>
        Text(name) is not string text ? otherwise
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number
        : throw Invalid(name, text, "not a number");

    public IReadOnlyDictionary<string, string> Map(string name)
    {
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string pair in List(name))
        {
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            map[equals > 0 ? pair[..equals] : throw Invalid(name, pair, "must be key=value")] = pair[(equals + 1)..];
        }

        return map;
    }

    /// <summary>Reads a value by a parser that says no by returning false.</summary>
    public T? Parsed<T>(string name, TryParse<T> parse)
        where T : struct =>
        Text(name) is not string text ? null : parse(text, out T value) ? value : throw Invalid(name, text, "malformed");

    public static WharfException Invalid(string name, string value, string why) =>
        WharfException.Invalid($"invalid argument \"{value}\" for \"--{name}\" flag: {why}");

    public delegate bool TryParse<T>(string? text, out T value);
}
