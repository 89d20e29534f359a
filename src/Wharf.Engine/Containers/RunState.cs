using Wharf.Api.Containers;

namespace Wharf.Engine.Containers;

/// <summary>How a container's latest run goes or went. Immutable; the next state is a copy.</summary>
internal sealed record RunState
{
    public RunStatus Status { get; init; }

    /// <summary>The first process as the host sees it; 0 when none lives.</summary>
    public int Pid { get; init; }

    public int ExitCode { get; init; }

    /// <summary>Why the last start failed; empty otherwise.</summary>
    public string Error { get; init; } = "";

    public bool OomKilled { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Restarts by the policy since the last start by a person.</summary>
    public int RestartCount { get; init; }

    /// <summary>Stopped or killed by a request: policies other than always leave it alone, and always too until the daemon starts anew.</summary>
    public bool StoppedByRequest { get; init; }

    public HealthState? Health { get; init; }
}
