using Wharf.Build.Expansion;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Build.Execution;

/// <summary>Where a stage stands: the image so far, its configuration, and the arguments declared. One writer, the stage's own task.</summary>
public sealed class StageState
{
    private static readonly IReadOnlyList<string> DefaultShell = ["/bin/sh", "-c"];

    private readonly Dictionary<string, string?> _arguments = [];
    private readonly char _escape;

    public StageState(BuildImage start, char escape)
    {
        _escape = escape;
        Image = start.Id;
        Config = start.Config;
        Run = start.Config.Config ?? new RunConfig();
    }

    /// <summary>The image after the last step; empty for scratch.</summary>
    public Digest Image { get; set; }

    /// <summary>The image that the stage began with; empty for scratch.</summary>
    public Digest Base { get; set; }

    public ImageConfig Config { get; set; }

    public RunConfig Run { get; set; }

    /// <summary>CMD was given in this stage: ENTRYPOINT then leaves it.</summary>
    public bool CommandIsOwn { get; set; }

    public IReadOnlyList<string> Shell => Run.Shell is { Count: > 0 } shell ? shell : DefaultShell;

    /// <summary>Declared arguments with a value, in the order of their names.</summary>
    public IEnumerable<KeyValuePair<string, string>> Arguments =>
        _arguments.Where(a => a.Value is not null).OrderBy(a => a.Key, StringComparer.Ordinal).Select(a => KeyValuePair.Create(a.Key, a.Value!));

    public void Declare(string name, string? value) => _arguments[name] = value;

    /// <summary>An expander that sees what ENV and ARG set up to now; ENV wins.</summary>
    public WordExpander Expander() => new(_escape, Lookup);

    public string? Lookup(string name)
    {
        foreach (string entry in Run.Env ?? [])
        {
            if (entry.Length > name.Length && entry[name.Length] == '=' && entry.StartsWith(name, StringComparison.Ordinal))
            {
                return entry[(name.Length + 1)..];
            }
        }

        return _arguments.GetValueOrDefault(name);
    }

    /// <summary>Sets a variable of the environment, in place when it is there.</summary>
    public void SetEnvironment(string name, string value)
    {
        var environment = (Run.Env ?? []).ToList();
        int at = environment.FindIndex(e => e.StartsWith(name + "=", StringComparison.Ordinal));
        if (at >= 0)
        {
            environment[at] = $"{name}={value}";
        }
        else
        {
            environment.Add($"{name}={value}");
        }

        Run = Run with { Env = environment };
    }

    /// <summary>The configuration with what the steps changed.</summary>
    public ImageConfig CurrentConfig(DateTimeOffset now) => Config with
    {
        Config = Run,
        Created = Rfc3339.Format(now),
        // These belong to whoever committed the base image.
        Container = null,
        ContainerConfig = null,
        Parent = null,
    };
}
