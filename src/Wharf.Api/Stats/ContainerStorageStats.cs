using System.Text.Json.Serialization;

namespace Wharf.Api.Stats;

/// <summary>Engine API 1.55, definition <c>ContainerStorageStats</c>.</summary>
public sealed class ContainerStorageStats
{
    [JsonPropertyName("read_count_normalized")]
    public ulong? ReadCountNormalized { get; set; }

    [JsonPropertyName("read_size_bytes")]
    public ulong? ReadSizeBytes { get; set; }

    [JsonPropertyName("write_count_normalized")]
    public ulong? WriteCountNormalized { get; set; }

    [JsonPropertyName("write_size_bytes")]
    public ulong? WriteSizeBytes { get; set; }
}
