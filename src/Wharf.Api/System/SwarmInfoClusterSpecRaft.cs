namespace Wharf.Api.System;

/// <summary>Engine API 1.55, a part of its parent definition.</summary>
public sealed class SwarmInfoClusterSpecRaft
{
    public ulong SnapshotInterval { get; set; }

    public ulong KeepOldSnapshots { get; set; }

    public ulong LogEntriesForSlowFollowers { get; set; }

    public long ElectionTick { get; set; }

    public long HeartbeatTick { get; set; }
}
