using System.Text.Json.Serialization;

namespace Wharf.Api.Stats;

/// <summary>Engine API 1.55, definition <c>ContainerPidsStats</c>.</summary>
public sealed class ContainerPidsStats
{
    [JsonPropertyName("current")]
    public ulong? Current { get; set; }

    [JsonPropertyName("limit")]
    public ulong? Limit { get; set; }
}
