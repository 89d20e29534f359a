using System.Collections.Concurrent;
using Wharf.Engine.Execs;
using Wharf.Runtime.Shims;

namespace Wharf.Engine.Containers;

/// <summary>
/// One container: the current record, and the gate through which its one writer at a time goes. Whoever changes the record, the shim or a
/// run holds the gate; nobody holds it while waiting for the container's process to do something.
/// </summary>
#pragma warning disable CA1001 // the gate never makes a wait handle, so there is nothing to dispose; callers may enter it until the last one has left
internal sealed class Container(ContainerRecord record)
#pragma warning restore CA1001
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private volatile ContainerRecord _current = record;

    public string Id { get; } = record.Id;

    /// <summary>The newest record. Readers take it once and work on that.</summary>
    public ContainerRecord Current => _current;

    /// <summary>The present run; null when no process lives.</summary>
    public Lifecycle.Run? Run { get; set; }

    /// <summary>A shim that attached clients already listen to, before the first start or between two.</summary>
    public Lifecycle.PreparedShim? Prepared { get; set; }

    /// <summary>The last run's shim going away; a new one can be had when this is complete.</summary>
    public Task LeavingShim { get; set; } = Task.CompletedTask;

    /// <summary>Who waits for this container's next end or removal.</summary>
    public Waiters Waiters { get; } = new();

    /// <summary>Live and ended execs by id; ended ones go after a while.</summary>
    public ConcurrentDictionary<string, ContainerExec> Execs { get; } = new(StringComparer.Ordinal);

    /// <summary>Ends a pending restart by the policy, so that stop and rm need not wait for its delay.</summary>
    public CancellationTokenSource? PendingRestart { get; set; }

    /// <summary>A restart or a removal is under way: the end of this run does not remove the container.</summary>
    public bool KeepAfterExit { get; set; }

    /// <summary>The delay before the policy's next restart.</summary>
    public TimeSpan RestartDelay { get; set; }

    /// <summary>True once the root file system may differ from the image's (started, or files copied in).</summary>
    public bool FilesTouched { get; set; }

    public IShim? Shim => Run?.Shim;

    /// <summary>Enters the gate; dispose what comes back to leave it.</summary>
    public async ValueTask<GateHold> EnterAsync(CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        return new GateHold(_gate);
    }

    /// <summary>Makes the next record current. Only within the gate.</summary>
    public void Swap(ContainerRecord next) => _current = next;

    internal readonly struct GateHold(SemaphoreSlim gate) : IDisposable
    {
        public void Dispose() => gate.Release();
    }
}
