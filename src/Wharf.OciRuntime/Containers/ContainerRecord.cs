using System.Text.Json.Serialization;
using Wharf.Oci.Runtime;

namespace Wharf.OciRuntime.Containers;

/// <summary>What is kept of a container between commands: state.json in its directory below the root.</summary>
internal sealed record ContainerRecord
{
    public required string Id { get; init; }

    public required string Bundle { get; init; }

    public required string Rootfs { get; init; }

    public int Pid { get; init; }

    /// <summary>The process's start time in clock ticks: tells it from a later one with the same pid.</summary>
    public ulong StartTime { get; init; }

    /// <summary>Below the cgroup hierarchies.</summary>
    public required string CgroupPath { get; init; }

    public DateTimeOffset Created { get; init; }

    public string Owner { get; init; } = "";

    /// <summary>The specification it was made from: hooks, seccomp and the process that exec starts from.</summary>
    public required RuntimeSpec Spec { get; init; }
}

/// <summary>One line of <c>list --format json</c>, with runc's member names.</summary>
internal sealed record ContainerLine(string OciVersion, string Id, int Pid, string Status, string Bundle, string Rootfs, DateTimeOffset Created, string Owner);

[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ContainerRecord))]
[JsonSerializable(typeof(List<ContainerLine>))]
[JsonSerializable(typeof(List<int>))]
[JsonSerializable(typeof(ProcessSpec))]
[JsonSerializable(typeof(LinuxResources))]
[JsonSerializable(typeof(Resources.EventLine))]
internal sealed partial class RecordJson : JsonSerializerContext;
