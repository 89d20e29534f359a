using Wharf.Api.System;

namespace Wharf.Api.Server.Systems;

/// <summary>What the daemon itself knows and the engine does not: its version, its options, its listeners.</summary>
public sealed record DaemonFacts
{
    public required string Version { get; init; }

    public string GitCommit { get; init; } = string.Empty;

    public string BuildTime { get; init; } = string.Empty;

    public bool Experimental { get; init; }

    /// <summary>Adds the daemon's options to what the engine says of itself.</summary>
    public required Func<SystemInfo, SystemInfo> Complete { get; init; }
}
