using System.Text.Json.Serialization;
using Wharf.Api.Images;

namespace Wharf.Api.Progress;

/// <summary>Engine API 1.55, definition <c>BuildInfo</c>.</summary>
public sealed record BuildInfo
{
    [JsonPropertyName("id")]
    public string? Id { get; set; }

    [JsonPropertyName("stream")]
    public string? Stream { get; set; }

    [JsonPropertyName("errorDetail")]
    public ErrorDetail? ErrorDetail { get; set; }

    [JsonPropertyName("status")]
    public string? Status { get; set; }

    [JsonPropertyName("progressDetail")]
    public ProgressDetail? ProgressDetail { get; set; }

    [JsonPropertyName("aux")]
    public ImageIdResponse? Aux { get; set; }
}
