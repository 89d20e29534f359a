using System.Text.Json;
using System.Text.Json.Serialization;

namespace Wharf.Api.Progress;

/// <summary>
/// One line of a progress stream: pull, push, import, load, build (Engine API 1.55, definitions <c>CreateImageInfo</c>, <c>PushImageInfo</c>,
/// <c>BuildInfo</c>, which share their members).
/// </summary>
public sealed class ProgressLine
{
    [JsonPropertyName("stream")]
    public string? Stream { get; set; }

    [JsonPropertyName("status")]
    public string? Status { get; set; }

    [JsonPropertyName("progressDetail")]
    public ProgressDetail? ProgressDetail { get; set; }

    [JsonPropertyName("id")]
    public string? Id { get; set; }

    [JsonPropertyName("errorDetail")]
    public ErrorDetail? ErrorDetail { get; set; }

    /// <summary>The text of <see cref="ErrorDetail"/> once more, for old clients that look only here.</summary>
    [JsonPropertyName("error")]
    public string? Error { get; set; }

    [JsonPropertyName("aux")]
    public JsonElement? Aux { get; set; }
}
