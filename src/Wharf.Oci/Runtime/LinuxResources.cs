using System.Text.Json.Serialization;

namespace Wharf.Oci.Runtime;

/// <summary>Limits of a container's cgroup (config-linux.md, "Control groups"), in the units of cgroup v1 as the specification keeps them.</summary>
public sealed record LinuxResources
{
    public IReadOnlyList<LinuxDeviceRule>? Devices { get; init; }

    public LinuxMemory? Memory { get; init; }

    public LinuxCpu? Cpu { get; init; }

    public LinuxPids? Pids { get; init; }

    [JsonPropertyName("blockIO")]
    public LinuxBlockIo? BlockIo { get; init; }

    public IReadOnlyList<LinuxHugepageLimit>? HugepageLimits { get; init; }

    public LinuxNetworkResources? Network { get; init; }

    public IReadOnlyDictionary<string, LinuxRdma>? Rdma { get; init; }

    /// <summary>Files of cgroup v2 with their contents, written as they are.</summary>
    public IReadOnlyDictionary<string, string>? Unified { get; init; }
}

/// <summary>Allows or denies devices; a null number stands for all.</summary>
public sealed record LinuxDeviceRule
{
    public bool Allow { get; init; }

    /// <summary>a, b or c; null is a.</summary>
    public string? Type { get; init; }

    public long? Major { get; init; }

    public long? Minor { get; init; }

    /// <summary>Letters out of r, w and m.</summary>
    public string? Access { get; init; }
}

/// <summary>Bytes; -1 is no limit.</summary>
public sealed record LinuxMemory
{
    public long? Limit { get; init; }

    public long? Reservation { get; init; }

    /// <summary>Memory and swap together.</summary>
    public long? Swap { get; init; }

    public long? Kernel { get; init; }

    [JsonPropertyName("kernelTCP")]
    public long? KernelTcp { get; init; }

    /// <summary>0 to 100.</summary>
    public ulong? Swappiness { get; init; }

    [JsonPropertyName("disableOOMKiller")]
    public bool? DisableOomKiller { get; init; }

    public bool? UseHierarchy { get; init; }

    public bool? CheckBeforeUpdate { get; init; }
}

/// <summary>Times in microseconds.</summary>
public sealed record LinuxCpu
{
    public ulong? Shares { get; init; }

    public long? Quota { get; init; }

    public ulong? Burst { get; init; }

    public ulong? Period { get; init; }

    public long? RealtimeRuntime { get; init; }

    public ulong? RealtimePeriod { get; init; }

    public string? Cpus { get; init; }

    public string? Mems { get; init; }

    public long? Idle { get; init; }
}

public sealed record LinuxPids
{
    /// <summary>0 or less is no limit.</summary>
    public long Limit { get; init; }
}

public sealed record LinuxBlockIo
{
    public ushort? Weight { get; init; }

    public ushort? LeafWeight { get; init; }

    public IReadOnlyList<LinuxWeightDevice>? WeightDevice { get; init; }

    public IReadOnlyList<LinuxThrottleDevice>? ThrottleReadBpsDevice { get; init; }

    public IReadOnlyList<LinuxThrottleDevice>? ThrottleWriteBpsDevice { get; init; }

    [JsonPropertyName("throttleReadIOPSDevice")]
    public IReadOnlyList<LinuxThrottleDevice>? ThrottleReadIopsDevice { get; init; }

    [JsonPropertyName("throttleWriteIOPSDevice")]
    public IReadOnlyList<LinuxThrottleDevice>? ThrottleWriteIopsDevice { get; init; }
}

public sealed record LinuxWeightDevice
{
    public long Major { get; init; }

    public long Minor { get; init; }

    public ushort? Weight { get; init; }

    public ushort? LeafWeight { get; init; }
}

public sealed record LinuxThrottleDevice
{
    public long Major { get; init; }

    public long Minor { get; init; }

    /// <summary>Bytes or operations per second.</summary>
    public ulong Rate { get; init; }
}

public sealed record LinuxHugepageLimit
{
    /// <summary>Like 2MB.</summary>
    public required string PageSize { get; init; }

    public ulong Limit { get; init; }
}

public sealed record LinuxNetworkResources
{
    [JsonPropertyName("classID")]
    public uint? ClassId { get; init; }

    public IReadOnlyList<LinuxInterfacePriority>? Priorities { get; init; }
}

public sealed record LinuxInterfacePriority
{
    public required string Name { get; init; }

    public uint Priority { get; init; }
}

public sealed record LinuxRdma
{
    public uint? HcaHandles { get; init; }

    public uint? HcaObjects { get; init; }
}
