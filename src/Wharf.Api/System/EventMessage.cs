using System.Text.Json.Serialization;

namespace Wharf.Api.System;

/// <summary>Engine API 1.55, definition <c>EventMessage</c>.</summary>
public sealed record EventMessage
{
    public string? Type { get; set; }

    public string? Action { get; set; }

    public EventActor? Actor { get; set; }

    [JsonPropertyName("scope")]
    public string? Scope { get; set; }

    [JsonPropertyName("time")]
    public long Time { get; set; }

    [JsonPropertyName("timeNano")]
    public long TimeNano { get; set; }
}
