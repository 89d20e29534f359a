using System.Text.Json.Serialization;

namespace Wharf.Api.Progress;

/// <summary>Engine API 1.55, definition <c>ErrorResponse</c>.</summary>
public sealed class ErrorResponse
{
    [JsonPropertyName("message")]
    public string? Message { get; set; }
}
