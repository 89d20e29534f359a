namespace Wharf.Registry.Settings;

/// <summary>What values an option takes.</summary>
internal enum OptionKind
{
    Text,
    Flag,
    Number,
    Duration,
    List,

    /// <summary>Named values below the key: http.headers.NAME.</summary>
    Map,
}

/// <summary>
/// One option under its three names: the key of the configuration file (which also makes its environment variable, REGISTRY_ and the key in capitals
/// with underscores, as in Docker's registry) and, where it has one, the flag.
/// </summary>
internal sealed record OptionSpec(string Key, string? Flag, OptionKind Kind, string Help)
{
    public string Variable => "REGISTRY_" + Key.ToUpperInvariant().Replace('.', '_');
}
