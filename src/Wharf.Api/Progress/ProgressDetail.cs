using System.Text.Json.Serialization;

namespace Wharf.Api.Progress;

/// <summary>Engine API 1.55, definition <c>ProgressDetail</c>.</summary>
public sealed record ProgressDetail
{
    [JsonPropertyName("current")]
    public long Current { get; set; }

    [JsonPropertyName("total")]
    public long Total { get; set; }
}
