using Wharf.Primitives;

namespace Wharf.Build.Checks;

/// <summary>
/// The <c>check</c> directive (or the build argument BUILDKIT_DOCKERFILE_CHECK): <c>skip=A,B</c>, <c>error=true</c>, <c>experimental=A,B</c>, separated by
/// semicolons; <c>all</c> stands for every rule.
/// </summary>
public sealed record CheckOptions
{
    public static readonly CheckOptions Default = new();

    private const string Everything = "all";

    /// <summary>A broken rule ends the build.</summary>
    public bool IsError { get; private init; }

    private IReadOnlySet<string> Skipped { get; init; } = new HashSet<string>();

    private IReadOnlySet<string> Experimental { get; init; } = new HashSet<string>();

    /// <exception cref="WharfException">InvalidArgument: an unknown key or a value that is no truth.</exception>
    public static CheckOptions Parse(string? text)
    {
        var options = Default;
        foreach (string part in (text ?? "").Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = part.IndexOf('=');
            string key = (equals < 0 ? part : part[..equals]).Trim().ToLowerInvariant(), value = equals < 0 ? "" : part[(equals + 1)..].Trim();
            options = key switch
            {
                "skip" => options with { Skipped = Names(value) },
                "experimental" => options with { Experimental = Names(value) },
                "error" => options with { IsError = Truth(value) },
                _ => throw WharfException.Invalid($"invalid check option \"{key}\": use skip, error or experimental"),
            };
        }

        return options;
    }

    /// <summary>Experimental rules are asked for one by one, so skipping all does not touch them.</summary>
    public bool Wants(BuildCheck rule) => rule.IsExperimental ? Holds(Experimental, rule) : !Holds(Skipped, rule);

    private static bool Holds(IReadOnlySet<string> names, BuildCheck rule) => names.Contains(Everything) || names.Contains(rule.Name);

    private static HashSet<string> Names(string value) =>
        new(value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries), StringComparer.OrdinalIgnoreCase);

    private static bool Truth(string value) => value.ToLowerInvariant() switch
    {
        "true" or "1" or "t" => true,
        "false" or "0" or "f" => false,
        _ => throw WharfException.Invalid($"failed to parse check option error: invalid value \"{value}\""),
    };
}
