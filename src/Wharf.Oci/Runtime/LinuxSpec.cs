namespace Wharf.Oci.Runtime;

/// <summary>The part of the specification that only Linux has (config-linux.md).</summary>
public sealed record LinuxSpec
{
    public IReadOnlyList<IdMapping>? UidMappings { get; init; }

    public IReadOnlyList<IdMapping>? GidMappings { get; init; }

    public IReadOnlyDictionary<string, string>? Sysctl { get; init; }

    public LinuxResources? Resources { get; init; }

    public string? CgroupsPath { get; init; }

    public IReadOnlyList<LinuxNamespace>? Namespaces { get; init; }

    public IReadOnlyList<LinuxDevice>? Devices { get; init; }

    public IReadOnlyDictionary<string, LinuxNetDevice>? NetDevices { get; init; }

    public LinuxSeccomp? Seccomp { get; init; }

    /// <summary>private, shared, slave or unbindable.</summary>
    public string? RootfsPropagation { get; init; }

    public IReadOnlyList<string>? MaskedPaths { get; init; }

    public IReadOnlyList<string>? ReadonlyPaths { get; init; }

    public string? MountLabel { get; init; }

    public LinuxIntelRdt? IntelRdt { get; init; }

    public LinuxMemoryPolicy? MemoryPolicy { get; init; }

    public LinuxPersonality? Personality { get; init; }

    public IReadOnlyDictionary<string, LinuxTimeOffset>? TimeOffsets { get; init; }
}

/// <summary>A namespace to make (no path) or to join.</summary>
public sealed record LinuxNamespace
{
    /// <summary>mount, pid, network, uts, ipc, user, cgroup or time.</summary>
    public required string Type { get; init; }

    public string? Path { get; init; }
}

/// <summary>A device node of the container.</summary>
public sealed record LinuxDevice
{
    public required string Path { get; init; }

    /// <summary>c, b, u or p.</summary>
    public required string Type { get; init; }

    public long Major { get; init; }

    public long Minor { get; init; }

    public uint? FileMode { get; init; }

    public uint? Uid { get; init; }

    public uint? Gid { get; init; }
}

/// <summary>A network device to move into the container, and its name there.</summary>
public sealed record LinuxNetDevice
{
    public string? Name { get; init; }
}

public sealed record LinuxIntelRdt
{
    [System.Text.Json.Serialization.JsonPropertyName("closID")]
    public string? ClosId { get; init; }

    public IReadOnlyList<string>? Schemata { get; init; }

    public string? L3CacheSchema { get; init; }

    public string? MemBwSchema { get; init; }

    public bool EnableMonitoring { get; init; }
}

/// <summary>set_mempolicy(2) in words.</summary>
public sealed record LinuxMemoryPolicy
{
    public string? Mode { get; init; }

    public string? Nodes { get; init; }

    public IReadOnlyList<string>? Flags { get; init; }
}

/// <summary>personality(2): LINUX or LINUX32.</summary>
public sealed record LinuxPersonality
{
    public string? Domain { get; init; }

    public IReadOnlyList<string>? Flags { get; init; }
}

/// <summary>An offset of a clock in a time namespace.</summary>
public sealed record LinuxTimeOffset
{
    public long Secs { get; init; }

    public uint Nanosecs { get; init; }
}
