using System.Text.Json.Serialization;

namespace Wharf.Api.Progress;

/// <summary>Why a progress stream ended in failure.</summary>
public sealed class ErrorDetail
{
    [JsonPropertyName("code")]
    public long? Code { get; set; }

    [JsonPropertyName("message")]
    public string? Message { get; set; }
}
