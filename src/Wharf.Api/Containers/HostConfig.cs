using System.Text.Json.Serialization;

namespace Wharf.Api.Containers;

/// <summary>Engine API 1.55, definition <c>HostConfig</c>.</summary>
public sealed class HostConfig : Changeable<HostConfig>
{
    public long CpuShares { get; set; }

    public long Memory { get; set; }

    public string? CgroupParent { get; set; }

    public long BlkioWeight { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public List<HostConfigBlkioWeightDevice>? BlkioWeightDevice { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public List<ThrottleDevice>? BlkioDeviceReadBps { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public List<ThrottleDevice>? BlkioDeviceWriteBps { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public List<ThrottleDevice>? BlkioDeviceReadIOps { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public List<ThrottleDevice>? BlkioDeviceWriteIOps { get; set; }

    public long CpuPeriod { get; set; }

    public long CpuQuota { get; set; }

    public long CpuRealtimePeriod { get; set; }

    public long CpuRealtimeRuntime { get; set; }

    public string? CpusetCpus { get; set; }

    public string? CpusetMems { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public List<DeviceMapping>? Devices { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public List<string>? DeviceCgroupRules { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public List<DeviceRequest>? DeviceRequests { get; set; }

    public long MemoryReservation { get; set; }

    public long MemorySwap { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public long? MemorySwappiness { get; set; }

    public long NanoCpus { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public bool? OomKillDisable { get; set; }

    public bool? Init { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public long? PidsLimit { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public List<HostConfigUlimits>? Ulimits { get; set; }

    public long CpuCount { get; set; }

    public long CpuPercent { get; set; }

    public long IOMaximumIOps { get; set; }

    public long IOMaximumBandwidth { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public List<string>? Binds { get; set; }

    public string? ContainerIDFile { get; set; }

    public HostConfigLogConfig? LogConfig { get; set; }

    public string? NetworkMode { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public Dictionary<string, List<PortBinding>?>? PortBindings { get; set; }

    public RestartPolicy? RestartPolicy { get; set; }

    public bool AutoRemove { get; set; }

    public string? VolumeDriver { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public List<string>? VolumesFrom { get; set; }

    public List<MountRequest>? Mounts { get; set; }

    public List<long>? ConsoleSize { get; set; }

    public Dictionary<string, string>? Annotations { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public CommandWords? CapAdd { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public CommandWords? CapDrop { get; set; }

    public string? CgroupnsMode { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public List<string>? Dns { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public List<string>? DnsOptions { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public List<string>? DnsSearch { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public List<string>? ExtraHosts { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public List<string>? GroupAdd { get; set; }

    public string? IpcMode { get; set; }

    public string? Cgroup { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public List<string>? Links { get; set; }

    public long OomScoreAdj { get; set; }

    public string? PidMode { get; set; }

    public bool Privileged { get; set; }

    public bool PublishAllPorts { get; set; }

    public bool ReadonlyRootfs { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public List<string>? SecurityOpt { get; set; }

    public Dictionary<string, string>? StorageOpt { get; set; }

    public Dictionary<string, string>? Tmpfs { get; set; }

    public string? UTSMode { get; set; }

    public string? UsernsMode { get; set; }

    public long ShmSize { get; set; }

    public Dictionary<string, string>? Sysctls { get; set; }

    public string? Runtime { get; set; }

    public string? Isolation { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public List<string>? MaskedPaths { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public List<string>? ReadonlyPaths { get; set; }
}
