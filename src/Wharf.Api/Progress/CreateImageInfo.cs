using System.Text.Json.Serialization;

namespace Wharf.Api.Progress;

/// <summary>Engine API 1.55, definition <c>CreateImageInfo</c>.</summary>
public sealed record CreateImageInfo
{
    [JsonPropertyName("id")]
    public string? Id { get; set; }

    [JsonPropertyName("errorDetail")]
    public ErrorDetail? ErrorDetail { get; set; }

    [JsonPropertyName("status")]
    public string? Status { get; set; }

    [JsonPropertyName("progressDetail")]
    public ProgressDetail? ProgressDetail { get; set; }
}
