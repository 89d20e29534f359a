using System.Globalization;

namespace Wharf.Cli.Framework.Flags;

/// <summary>The flags of one call: what was given, and the declared defaults for the rest.</summary>
internal sealed class FlagValues
{
    private readonly Dictionary<string, Flag> _declared = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<string>> _given = new(StringComparer.Ordinal);

    public FlagValues(IEnumerable<Flag> flags)
    {
        foreach (Flag flag in flags)
        {
            _declared[flag.Name] = flag;
        }
    }

    public bool IsSet(string name) => _given.ContainsKey(Declared(name).Name);

    public bool Bool(string name) => Value(name) == "true";

    public string String(string name) => Value(name);

    /// <summary>A whole number; durations are nanoseconds, sizes bytes, processors billionths.</summary>
    public long Int(string name) => Value(name) is { Length: > 0 } text ? long.Parse(text, CultureInfo.InvariantCulture) : 0;

    public double Float(string name) => double.Parse(Value(name), CultureInfo.InvariantCulture);

    public IReadOnlyList<string> List(string name) => _given.TryGetValue(Declared(name).Name, out List<string>? values) ? values : [];

    /// <summary>Adds or sets a value after its kind's check.</summary>
    /// <exception cref="FormatException">The value does not fit; the text is the kind's.</exception>
    public void Add(Flag flag, string value)
    {
        Flag target = flag.SameAs is { } other ? Declared(other) : flag;
        List<string> parsed = [.. target.Kind.Parse(value)];
        if (target.Kind.IsList && _given.TryGetValue(target.Name, out List<string>? values))
        {
            values.AddRange(parsed);
        }
        else
        {
            _given[target.Name] = parsed;
        }
    }

    private string Value(string name)
    {
        Flag flag = Declared(name);
        return _given.TryGetValue(flag.Name, out List<string>? values) && values.Count > 0 ? values[^1] : flag.Default;
    }

    private Flag Declared(string name) =>
        _declared.TryGetValue(name, out Flag? flag) ? flag : throw new InvalidOperationException($"flag --{name} is not declared");
}
