namespace Wharf.Api.System;

/// <summary>Engine API 1.55, definition <c>PeerNode</c>.</summary>
public sealed class PeerNode
{
    public string? NodeID { get; set; }

    public string? Addr { get; set; }
}
