using System.Collections.Frozen;

namespace Wharf.Engine.Containers;

/// <summary>The states of a container, as <c>ps</c> and <c>inspect</c> name them.</summary>
internal enum RunStatus
{
    Created,
    Running,
    Paused,
    Restarting,
    Exited,
    Removing,
    Dead,
}

/// <summary>Which state may follow which.</summary>
internal static class RunTransitions
{
    private static readonly FrozenSet<(RunStatus From, RunStatus To)> Allowed = FrozenSet.ToFrozenSet(
    [
        (RunStatus.Created, RunStatus.Running), (RunStatus.Exited, RunStatus.Running), (RunStatus.Restarting, RunStatus.Running),
        (RunStatus.Running, RunStatus.Paused), (RunStatus.Paused, RunStatus.Running),
        (RunStatus.Running, RunStatus.Exited), (RunStatus.Paused, RunStatus.Exited), (RunStatus.Restarting, RunStatus.Exited),
        (RunStatus.Running, RunStatus.Restarting), (RunStatus.Paused, RunStatus.Restarting), (RunStatus.Restarting, RunStatus.Restarting),
        (RunStatus.Exited, RunStatus.Restarting),
        (RunStatus.Created, RunStatus.Removing), (RunStatus.Exited, RunStatus.Removing), (RunStatus.Restarting, RunStatus.Removing),
        (RunStatus.Dead, RunStatus.Removing), (RunStatus.Removing, RunStatus.Dead),
        (RunStatus.Created, RunStatus.Created), (RunStatus.Exited, RunStatus.Exited),
    ]);

    public static bool Allows(RunStatus from, RunStatus to) => Allowed.Contains((from, to));

    /// <summary>The word of the API.</summary>
    public static string Word(this RunStatus status) => status switch
    {
        RunStatus.Created => "created",
        RunStatus.Running => "running",
        RunStatus.Paused => "paused",
        RunStatus.Restarting => "restarting",
        RunStatus.Exited => "exited",
        RunStatus.Removing => "removing",
        _ => "dead",
    };

    /// <summary>A process lives: Docker calls a paused container running too.</summary>
    public static bool HasProcess(this RunStatus status) => status is RunStatus.Running or RunStatus.Paused;
}
