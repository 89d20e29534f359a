namespace Wharf.Api.System;

/// <summary>Engine API 1.55, definition <c>EventActor</c>.</summary>
public sealed class EventActor
{
    public string? ID { get; set; }

    public Dictionary<string, string>? Attributes { get; set; }
}
