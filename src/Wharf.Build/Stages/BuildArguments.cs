using Wharf.Build.Expansion;
using Wharf.Build.Instructions;

namespace Wharf.Build.Stages;

/// <summary>
/// The values of ARG: given to the build, declared before the first FROM, predefined. One object per build; it remembers which of the given ones were used.
/// </summary>
public sealed class BuildArguments
{
    /// <summary>Usable without declaration, and kept out of history and cache keys (Dockerfile reference, "Predefined ARGs").</summary>
    private static readonly HashSet<string> Proxies =
    [
        "HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "FTP_PROXY", "ftp_proxy", "NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy",
    ];

    /// <summary>Arguments to the builder itself (Dockerfile reference, "BuildKit built-in build args") that it acts on.</summary>
    private static readonly HashSet<string> BuiltIn =
    [
        "BUILDKIT_SYNTAX", "BUILDKIT_DOCKERFILE_CHECK", "BUILDKIT_CONTEXT_KEEP_GIT_DIR", "BUILDKIT_CACHE_MOUNT_NS", "BUILDKIT_SANDBOX_HOSTNAME", "BUILDKIT_INLINE_CACHE",
        "BUILDKIT_SBOM_SCAN_CONTEXT", "BUILDKIT_SBOM_SCAN_STAGE", "SOURCE_DATE_EPOCH",
    ];

    private readonly IReadOnlyDictionary<string, string?> _given;
    private readonly Dictionary<string, string> _platform;
    private readonly Dictionary<string, string?> _globals = [];
    private readonly HashSet<string> _used = [];

    /// <param name="given">From the request; null values mean the client had none.</param>
    /// <param name="platform">TARGETPLATFORM and its kin.</param>
    public BuildArguments(IReadOnlyDictionary<string, string?> given, Dictionary<string, string> platform)
    {
        _given = given;
        _platform = platform;
    }

    /// <summary>Arguments given that no ARG declared.</summary>
    public IEnumerable<string> Unused => _given.Keys.Where(k => !_used.Contains(k) && !Proxies.Contains(k) && !BuiltIn.Contains(k)).Order(StringComparer.Ordinal);

    /// <summary>Names that FROM may use.</summary>
    public IEnumerable<string> GlobalNames => _globals.Keys.Concat(_platform.Keys);

    /// <summary>The value of an argument that steers the builder (BUILDKIT_SYNTAX and its kin), or null.</summary>
    public string? Steering(string name) => BuiltIn.Contains(name) ? _given.GetValueOrDefault(name) : throw new ArgumentException($"{name} is no built-in argument", nameof(name));

    public static bool IsProxy(string name) => Proxies.Contains(name);

    /// <summary>Proxies that were given: they are in the environment of every RUN, in small and in capital letters, as programs look for either.</summary>
    public IEnumerable<KeyValuePair<string, string>> GivenProxies =>
        _given.Where(g => Proxies.Contains(g.Key) && g.Value is not null)
            .SelectMany(g => new[] { g.Key.ToUpperInvariant(), g.Key.ToLowerInvariant() }.Where(n => n == g.Key || !_given.ContainsKey(n)).Select(n => KeyValuePair.Create(n, g.Value!)));

    /// <summary>Whether the build was given a value, so that a default is not even looked at.</summary>
    public bool IsGiven(string name) => _given.GetValueOrDefault(name) is not null;

    /// <summary>Takes an ARG before the first FROM.</summary>
    public void DeclareGlobal(ArgInstruction instruction, char escape)
    {
        foreach (var argument in instruction.Arguments)
        {
            _globals[argument.Name] = Given(argument.Name)
                ?? (argument.Default is null ? null : new WordExpander(escape, Global).Expand(argument.Default))
                ?? _platform.GetValueOrDefault(argument.Name);
        }
    }

    /// <summary>A variable as FROM sees it.</summary>
    public string? Global(string name) => _globals.TryGetValue(name, out string? value) ? value : _platform.GetValueOrDefault(name);

    /// <summary>The value of an ARG declared in a stage; null when it has none.</summary>
    public string? Declare(string name, string? expandedDefault) =>
        Given(name) ?? expandedDefault ?? (_globals.TryGetValue(name, out string? global) ? global : null) ?? _platform.GetValueOrDefault(name);

    private string? Given(string name)
    {
        _used.Add(name);
        return _given.GetValueOrDefault(name);
    }
}
