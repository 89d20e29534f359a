using System.Text.Json.Serialization;

namespace Wharf.Api.Stats;

/// <summary>Engine API 1.55, definition <c>ContainerCPUUsage</c>.</summary>
public sealed class ContainerCpuUsage
{
    [JsonPropertyName("total_usage")]
    public ulong TotalUsage { get; set; }

    [JsonPropertyName("percpu_usage")]
    public List<ulong>? PercpuUsage { get; set; }

    [JsonPropertyName("usage_in_kernelmode")]
    public ulong UsageInKernelmode { get; set; }

    [JsonPropertyName("usage_in_usermode")]
    public ulong UsageInUsermode { get; set; }
}
