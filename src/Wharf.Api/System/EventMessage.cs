using System.Text.Json.Serialization;

namespace Wharf.Api.System;

/// <summary>Engine API 1.55, definition <c>EventMessage</c>.</summary>
public sealed class EventMessage : Changeable<EventMessage>
{
    /// <summary>Until 1.51, with <see cref="Id"/> and <see cref="From"/>: the action of a container's or image's event.</summary>
    [JsonPropertyName("status")]
    public string? Status { get; set; }

    [JsonPropertyName("id")]
    public string? Id { get; set; }

    [JsonPropertyName("from")]
    public string? From { get; set; }

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
