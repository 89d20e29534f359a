using Wharf.Api.Execs;

namespace Wharf.Engine.Execs;

/// <summary>One exec of a container: what was asked, and how it went.</summary>
internal sealed class ContainerExec(string id, string containerId, ExecCreateRequest request)
{
    private int _started;

    public string Id { get; } = id;

    public string ContainerId { get; } = containerId;

    public ExecCreateRequest Request { get; } = request;

    /// <summary>As the host sees it; 0 before the start.</summary>
    public int Pid { get; set; }

    public bool Running { get; set; }

    /// <summary>Null until it has ended, or could not be started.</summary>
    public int? ExitCode { get; set; }

    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>Kept when the exit code is known.</summary>
    public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>True for the one caller that may start it.</summary>
    public bool TryClaimStart() => Interlocked.Exchange(ref _started, 1) == 0;

    public bool Started => Volatile.Read(ref _started) != 0;
}
