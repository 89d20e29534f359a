namespace Wharf.Api.System;

/// <summary>Engine API 1.55, definition <c>SwarmInfo</c>.</summary>
public sealed class SwarmInfo
{
    public string? NodeID { get; set; }

    public string? NodeAddr { get; set; }

    public string? LocalNodeState { get; set; }

    public bool ControlAvailable { get; set; }

    public string? Error { get; set; }

    public List<PeerNode>? RemoteManagers { get; set; }

    public long? Nodes { get; set; }

    public long? Managers { get; set; }

    public SwarmInfoCluster? Cluster { get; set; }
}
