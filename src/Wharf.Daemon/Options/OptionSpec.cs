namespace Wharf.Daemon.Options;

/// <summary>What values an option takes.</summary>
internal enum OptionKind
{
    Flag,
    Text,
    Number,

    /// <summary>May be repeated; each adds a value.</summary>
    List,

    /// <summary>May be repeated; each is <c>key=value</c>. An object in the file.</summary>
    Map,
}

/// <summary>One option of the daemon, as flag and as key of daemon.json.</summary>
/// <param name="Name">The long flag without dashes; also the name under which the value is kept.</param>
/// <param name="Key">The key in the file; null when it exists as a flag only.</param>
/// <param name="Help">The line that --help shows.</param>
internal sealed record OptionSpec(string Name, OptionKind Kind, string? Key, string Help)
{
    public char Short { get; init; }

    /// <summary>A running daemon takes a new value over at SIGHUP.</summary>
    public bool Reloads { get; init; }
}
