using System.Text.Json.Serialization;

namespace Wharf.Api.Stats;

/// <summary>Engine API 1.55, definition <c>ContainerStatsResponse</c>.</summary>
public sealed class ContainerStatsResponse
{
    [JsonPropertyName("id")]
    public string? Id { get; set; }

    [JsonPropertyName("name")]
    public string? Name { get; set; }

    [JsonPropertyName("os_type")]
    public string? OsType { get; set; }

    [JsonPropertyName("read")]
    public string? Read { get; set; }

    [JsonPropertyName("cpu_stats")]
    public ContainerCpuStats? CpuStats { get; set; }

    [JsonPropertyName("memory_stats")]
    public ContainerMemoryStats? MemoryStats { get; set; }

    [JsonPropertyName("networks")]
    public Dictionary<string, ContainerNetworkStats>? Networks { get; set; }

    [JsonPropertyName("pids_stats")]
    public ContainerPidsStats? PidsStats { get; set; }

    [JsonPropertyName("blkio_stats")]
    public ContainerBlkioStats? BlkioStats { get; set; }

    [JsonPropertyName("num_procs")]
    public long NumProcs { get; set; }

    [JsonPropertyName("storage_stats")]
    public ContainerStorageStats? StorageStats { get; set; }

    [JsonPropertyName("preread")]
    public string? Preread { get; set; }

    [JsonPropertyName("precpu_stats")]
    public ContainerCpuStats? PrecpuStats { get; set; }
}
