using Wharf.Api.Containers;

namespace Wharf.Engine.Containers;

/// <summary>The promises given to those who wait for a container. Each end of a run keeps one set of them and opens the next.</summary>
internal sealed class Waiters
{
    private readonly Lock _lock = new();
    private TaskCompletionSource<ContainerWaitResponse> _nextExit = Promise();
    private readonly TaskCompletionSource<ContainerWaitResponse> _removed = Promise();
    private readonly TaskCompletionSource _awaited = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Kept when a run ends, also where a policy will begin the next one: who waits for "not running" hears of this moment, as of Docker.</summary>
    public Task<ContainerWaitResponse> NextExit
    {
        get
        {
            lock (_lock)
            {
                return _nextExit.Task;
            }
        }
    }

    /// <summary>The removal, kept when the container is gone; who asks is counted as waiting for it (<see cref="RemovalAwaited"/>).</summary>
    public Task<ContainerWaitResponse> AwaitRemoval()
    {
        _awaited.TrySetResult();
        return _removed.Task;
    }

    /// <summary>Kept when somebody begins to wait for the removal.</summary>
    public Task RemovalAwaited => _awaited.Task;

    /// <param name="exitCode">Of the run that ended, or of the start that failed.</param>
    public void RunEnded(int exitCode)
    {
        TaskCompletionSource<ContainerWaitResponse> nextExit;
        lock (_lock)
        {
            (nextExit, _nextExit) = (_nextExit, Promise());
        }

        nextExit.TrySetResult(new ContainerWaitResponse { StatusCode = exitCode });
    }

    /// <summary>The container is gone: nobody waits any longer.</summary>
    public void ContainerRemoved(int exitCode)
    {
        var answer = new ContainerWaitResponse { StatusCode = exitCode };
        _removed.TrySetResult(answer);
        lock (_lock)
        {
            _nextExit.TrySetResult(answer);
        }
    }

    /// <summary>A removal failed: those who wait for it learn why.</summary>
    public void RemovalFailed(int exitCode, string message) =>
        _removed.TrySetResult(new ContainerWaitResponse { StatusCode = exitCode, Error = new ContainerWaitExitError { Message = message } });

    private static TaskCompletionSource<ContainerWaitResponse> Promise() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
