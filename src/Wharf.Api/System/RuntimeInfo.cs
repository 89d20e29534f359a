using System.Text.Json.Serialization;

namespace Wharf.Api.System;

/// <summary>Engine API 1.55, definition <c>Runtime</c>.</summary>
public sealed class RuntimeInfo : Changeable<RuntimeInfo>
{
    [JsonPropertyName("path")]
    public string? Path { get; set; }

    [JsonPropertyName("runtimeArgs")]
    public List<string>? RuntimeArgs { get; set; }

    [JsonPropertyName("status")]
    public Dictionary<string, string>? Status { get; set; }
}
