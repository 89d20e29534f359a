using System.Text.Json.Serialization;

namespace Wharf.Api.Stats;

/// <summary>Engine API 1.55, definition <c>ContainerBlkioStatEntry</c>.</summary>
public sealed class ContainerBlkioStatEntry
{
    [JsonPropertyName("major")]
    public ulong Major { get; set; }

    [JsonPropertyName("minor")]
    public ulong Minor { get; set; }

    [JsonPropertyName("op")]
    public string? Op { get; set; }

    [JsonPropertyName("value")]
    public ulong Value { get; set; }
}
