using System.Text.Json.Serialization;
using System.Text.Json;

namespace Wharf.Api.System;

/// <summary>Engine API 1.55, definition <c>SystemInfo</c>.</summary>
public sealed class SystemInfo : Changeable<SystemInfo>
{
    public string? ID { get; set; }

    public long Containers { get; set; }

    public long ContainersRunning { get; set; }

    public long ContainersPaused { get; set; }

    public long ContainersStopped { get; set; }

    public long Images { get; set; }

    public string? Driver { get; set; }

    public List<List<string>>? DriverStatus { get; set; }

    /// <summary>Until 1.24: what stands there has long been no answer.</summary>
    public string? ExecutionDriver { get; set; }

    public string? DockerRootDir { get; set; }

    public PluginsInfo? Plugins { get; set; }

    public bool MemoryLimit { get; set; }

    public bool SwapLimit { get; set; }

    public bool CpuCfsPeriod { get; set; }

    public bool CpuCfsQuota { get; set; }

    public bool CPUShares { get; set; }

    public bool CPUSet { get; set; }

    public bool PidsLimit { get; set; }

    public bool OomKillDisable { get; set; }

    public bool IPv4Forwarding { get; set; }

    public bool Debug { get; set; }

    public long NFd { get; set; }

    public long NGoroutines { get; set; }

    public string? SystemTime { get; set; }

    public string? LoggingDriver { get; set; }

    public string? CgroupDriver { get; set; }

    public string? CgroupVersion { get; set; }

    public long NEventsListener { get; set; }

    public string? KernelVersion { get; set; }

    public string? OperatingSystem { get; set; }

    public string? OSVersion { get; set; }

    public string? OSType { get; set; }

    public string? Architecture { get; set; }

    public long NCPU { get; set; }

    public long MemTotal { get; set; }

    public string? IndexServerAddress { get; set; }

    public RegistryServiceConfig? RegistryConfig { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public List<JsonElement>? GenericResources { get; set; }

    public string? HttpProxy { get; set; }

    public string? HttpsProxy { get; set; }

    public string? NoProxy { get; set; }

    public string? Name { get; set; }

    public List<string>? Labels { get; set; }

    public bool ExperimentalBuild { get; set; }

    public string? ServerVersion { get; set; }

    public Dictionary<string, RuntimeInfo>? Runtimes { get; set; }

    public string? DefaultRuntime { get; set; }

    public SwarmInfo? Swarm { get; set; }

    public bool LiveRestoreEnabled { get; set; }

    public string? Isolation { get; set; }

    public string? InitBinary { get; set; }

    public CommitInfo? ContainerdCommit { get; set; }

    public CommitInfo? RuncCommit { get; set; }

    public CommitInfo? InitCommit { get; set; }

    public List<string>? SecurityOptions { get; set; }

    public string? ProductLicense { get; set; }

    public List<SystemInfoDefaultAddressPools>? DefaultAddressPools { get; set; }

    public FirewallInfo? FirewallBackend { get; set; }

    /// <summary>Until API 1.49.</summary>
    public bool? BridgeNfIptables { get; set; }

    /// <summary>Until API 1.49.</summary>
    public bool? BridgeNfIp6tables { get; set; }

    public List<DeviceInfo>? DiscoveredDevices { get; set; }

    public NriInfo? NRI { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public List<string>? Warnings { get; set; }

    public List<string>? CDISpecDirs { get; set; }

    public ContainerdInfo? Containerd { get; set; }
}
