namespace Wharf.Oci.Runtime;

/// <summary>
/// A bundle's config.json (OCI runtime specification 1.2, config.md), the parts for Linux. A null member was absent; unknown members
/// are ignored, as the specification asks of runtimes.
/// </summary>
public sealed record RuntimeSpec
{
    /// <summary>The version this code writes.</summary>
    public const string Version = "1.2.1";

    public string OciVersion { get; init; } = Version;

    public ProcessSpec? Process { get; init; }

    public RootSpec? Root { get; init; }

    public string? Hostname { get; init; }

    public string? Domainname { get; init; }

    public IReadOnlyList<MountSpec>? Mounts { get; init; }

    public HooksSpec? Hooks { get; init; }

    public IReadOnlyDictionary<string, string>? Annotations { get; init; }

    public LinuxSpec? Linux { get; init; }
}

/// <summary>The root file system: a path, absolute or relative to the bundle.</summary>
public sealed record RootSpec
{
    public required string Path { get; init; }

    public bool Readonly { get; init; }
}

/// <summary>One mount, in the order of the list (config.md, "Mounts").</summary>
public sealed record MountSpec
{
    /// <summary>Absolute path in the container.</summary>
    public required string Destination { get; init; }

    /// <summary>File system type; "bind" or empty for bind mounts.</summary>
    public string? Type { get; init; }

    public string? Source { get; init; }

    /// <summary>Words of mount(8): flags, propagation, their recursive forms (rro, rnosuid ...) and data for the file system.</summary>
    public IReadOnlyList<string>? Options { get; init; }

    public IReadOnlyList<IdMapping>? UidMappings { get; init; }

    public IReadOnlyList<IdMapping>? GidMappings { get; init; }
}

/// <summary>A range of ids: <see cref="Size"/> ids from <see cref="ContainerId"/> inside are those from <see cref="HostId"/> outside.</summary>
public sealed record IdMapping
{
    [System.Text.Json.Serialization.JsonPropertyName("containerID")]
    public uint ContainerId { get; init; }

    [System.Text.Json.Serialization.JsonPropertyName("hostID")]
    public uint HostId { get; init; }

    public uint Size { get; init; }
}
