using System.Text.Json.Serialization;

namespace Wharf.Api.Stats;

/// <summary>Engine API 1.55, definition <c>ContainerCPUStats</c>.</summary>
public sealed class ContainerCpuStats
{
    [JsonPropertyName("cpu_usage")]
    public ContainerCpuUsage? CpuUsage { get; set; }

    [JsonPropertyName("system_cpu_usage")]
    public ulong? SystemCpuUsage { get; set; }

    [JsonPropertyName("online_cpus")]
    public long? OnlineCpus { get; set; }

    [JsonPropertyName("throttling_data")]
    public ContainerThrottlingData? ThrottlingData { get; set; }
}
