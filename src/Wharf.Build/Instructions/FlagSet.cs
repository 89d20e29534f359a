using Wharf.Build.Dockerfile;
using Wharf.Primitives;

namespace Wharf.Build.Instructions;

/// <summary>The flags of one instruction; every one must be taken, else it is unknown.</summary>
internal sealed class FlagSet
{
    private readonly RawInstruction _raw;
    private readonly List<(string Name, string? Value)> _flags = [];
    private readonly HashSet<string> _known = [];

    public FlagSet(RawInstruction raw)
    {
        _raw = raw;
        foreach (string flag in raw.Flags)
        {
            int equals = flag.IndexOf('=');
            _flags.Add(equals < 0 ? (flag[2..], null) : (flag[2..equals], flag[(equals + 1)..]));
        }
    }

    public string? Text(string name)
    {
        var values = All(name);
        return values.Count switch
        {
            0 => null,
            1 => values[0],
            _ => throw Error($"duplicate flag specified: {name}", "--" + name),
        };
    }

    public IReadOnlyList<string> All(string name)
    {
        _known.Add(name);
        var values = new List<string>();
        foreach ((string flag, string? value) in _flags.Where(f => f.Name == name))
        {
            values.Add(value ?? throw Error($"missing a value on flag: {flag}", "--" + flag));
        }

        _flags.RemoveAll(f => f.Name == name);
        return values;
    }

    public bool? Switch(string name)
    {
        _known.Add(name);
        if (_flags.All(f => f.Name != name))
        {
            return null;
        }

        if (_flags.Count(f => f.Name == name) > 1)
        {
            throw Error($"duplicate flag specified: {name}", "--" + name);
        }

        string? value = _flags.First(f => f.Name == name).Value;
        _flags.RemoveAll(f => f.Name == name);
        return value switch
        {
            null or "true" => true,
            "false" => false,
            _ => throw Error($"expecting boolean value for flag {name}, not: {value}", "--" + name),
        };
    }

    /// <exception cref="WharfException">InvalidArgument: a flag that nobody took.</exception>
    public void Finish()
    {
        if (_flags.Count > 0)
        {
            throw Error($"unknown flag: {_flags[0].Name}{Nearness.Suggest(_flags[0].Name, _known)}", "--" + _flags[0].Name);
        }
    }

    private WharfException Error(string message, string word) => DockerfileError.At(_raw.Lines, message, word);
}
