using System.Text.Json.Serialization;

namespace Wharf.Oci.Runtime;

/// <summary>The process to run (config.md, "Process"); also what <c>exec --process</c> reads.</summary>
public sealed record ProcessSpec
{
    public bool Terminal { get; init; }

    public ConsoleSize? ConsoleSize { get; init; }

    public UserSpec? User { get; init; }

    public IReadOnlyList<string>? Args { get; init; }

    public IReadOnlyList<string>? Env { get; init; }

    /// <summary>Absolute path in the container.</summary>
    public required string Cwd { get; init; }

    public CapabilitySets? Capabilities { get; init; }

    public IReadOnlyList<ResourceLimitSpec>? Rlimits { get; init; }

    public bool NoNewPrivileges { get; init; }

    public string? ApparmorProfile { get; init; }

    public string? SelinuxLabel { get; init; }

    public int? OomScoreAdj { get; init; }

    public SchedulerSpec? Scheduler { get; init; }

    public IoPrioritySpec? IoPriority { get; init; }

    [JsonPropertyName("execCPUAffinity")]
    public CpuAffinitySpec? ExecCpuAffinity { get; init; }
}

public sealed record ConsoleSize
{
    public ulong Height { get; init; }

    public ulong Width { get; init; }
}

/// <summary>Numeric ids; names are resolved before a specification is written.</summary>
public sealed record UserSpec
{
    public uint Uid { get; init; }

    public uint Gid { get; init; }

    public uint? Umask { get; init; }

    public IReadOnlyList<uint>? AdditionalGids { get; init; }

    public string? Username { get; init; }
}

/// <summary>Names like CAP_CHOWN per set; a null set is empty.</summary>
public sealed record CapabilitySets
{
    public IReadOnlyList<string>? Bounding { get; init; }

    public IReadOnlyList<string>? Effective { get; init; }

    public IReadOnlyList<string>? Inheritable { get; init; }

    public IReadOnlyList<string>? Permitted { get; init; }

    public IReadOnlyList<string>? Ambient { get; init; }
}

/// <summary>A limit of setrlimit(2) by its RLIMIT_ name.</summary>
public sealed record ResourceLimitSpec
{
    public required string Type { get; init; }

    public ulong Hard { get; init; }

    public ulong Soft { get; init; }
}

/// <summary>sched_setattr(2) in words.</summary>
public sealed record SchedulerSpec
{
    public required string Policy { get; init; }

    public int? Nice { get; init; }

    public int? Priority { get; init; }

    public IReadOnlyList<string>? Flags { get; init; }

    public ulong? Runtime { get; init; }

    public ulong? Deadline { get; init; }

    public ulong? Period { get; init; }
}

/// <summary>ioprio_set(2) in words.</summary>
public sealed record IoPrioritySpec
{
    public required string Class { get; init; }

    public int Priority { get; init; }
}

/// <summary>CPU lists for exec: before and after the move into the container's cgroup.</summary>
public sealed record CpuAffinitySpec
{
    public string? Initial { get; init; }

    public string? Final { get; init; }
}
