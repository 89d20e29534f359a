using System.Text.Json.Serialization;

namespace Wharf.Api.Progress;

/// <summary>Engine API 1.55, definition <c>ErrorDetail</c>.</summary>
public sealed record ErrorDetail
{
    [JsonPropertyName("code")]
    public long Code { get; set; }

    [JsonPropertyName("message")]
    public string? Message { get; set; }
}
