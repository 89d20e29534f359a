using System.Text.Json.Serialization;

namespace Wharf.Api.Stats;

/// <summary>Engine API 1.55, definition <c>ContainerMemoryStats</c>.</summary>
public sealed class ContainerMemoryStats
{
    [JsonPropertyName("usage")]
    public ulong? Usage { get; set; }

    [JsonPropertyName("max_usage")]
    public ulong? MaxUsage { get; set; }

    [JsonPropertyName("stats")]
    public Dictionary<string, ulong>? Stats { get; set; }

    [JsonPropertyName("failcnt")]
    public ulong? Failcnt { get; set; }

    [JsonPropertyName("limit")]
    public ulong? Limit { get; set; }

    [JsonPropertyName("commitbytes")]
    public ulong? Commitbytes { get; set; }

    [JsonPropertyName("commitpeakbytes")]
    public ulong? Commitpeakbytes { get; set; }

    [JsonPropertyName("privateworkingset")]
    public ulong? Privateworkingset { get; set; }
}
