using System.Text.Json.Serialization;

namespace Wharf.Api.Progress;

/// <summary>Engine API 1.55, definition <c>ErrorResponse</c>.</summary>
public sealed record ErrorResponse
{
    [JsonPropertyName("message")]
    public string? Message { get; set; }
}
