using System.Text.Json.Serialization;

namespace Wharf.Api.System;

/// <summary>Engine API 1.55, definition <c>AuthConfig</c>.</summary>
public sealed record AuthConfig
{
    [JsonPropertyName("username")]
    public string? Username { get; set; }

    [JsonPropertyName("password")]
    public string? Password { get; set; }

    [JsonPropertyName("serveraddress")]
    public string? Serveraddress { get; set; }
}
