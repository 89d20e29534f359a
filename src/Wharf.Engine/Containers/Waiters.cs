using Wharf.Api.Containers;

namespace Wharf.Engine.Containers;

/// <summary>The promises given to those who wait for a container. Each end of a run keeps one set of them and opens the next.</summary>
internal sealed class Waiters
{
    private readonly Lock _lock = new();
    private TaskCompletionSource<ContainerWaitResponse> _nextExit = Promise();
    private TaskCompletionSource<ContainerWaitResponse> _notRunning = Promise();
    private readonly TaskCompletionSource<ContainerWaitResponse> _removed = Promise();

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

    /// <summary>Kept when a run ends and no restart follows.</summary>
    public Task<ContainerWaitResponse> NotRunning
    {
        get
        {
            lock (_lock)
            {
                return _notRunning.Task;
            }
        }
    }

    public Task<ContainerWaitResponse> Removed => _removed.Task;

    /// <param name="exitCode">Of the run that ended, or of the start that failed.</param>
    /// <param name="restarting">The policy will start it again: those who wait for "not running" wait on.</param>
    public void RunEnded(int exitCode, bool restarting)
    {
        TaskCompletionSource<ContainerWaitResponse> nextExit;
        TaskCompletionSource<ContainerWaitResponse>? notRunning = null;
        lock (_lock)
        {
            (nextExit, _nextExit) = (_nextExit, Promise());
            if (!restarting)
            {
                (notRunning, _notRunning) = (_notRunning, Promise());
            }
        }

        var answer = new ContainerWaitResponse { StatusCode = exitCode };
        nextExit.TrySetResult(answer);
        notRunning?.TrySetResult(answer);
    }

    /// <summary>The container is gone: nobody waits any longer.</summary>
    public void ContainerRemoved(int exitCode)
    {
        var answer = new ContainerWaitResponse { StatusCode = exitCode };
        _removed.TrySetResult(answer);
        lock (_lock)
        {
            _nextExit.TrySetResult(answer);
            _notRunning.TrySetResult(answer);
        }
    }

    /// <summary>A removal failed: those who wait for it learn why.</summary>
    public void RemovalFailed(int exitCode, string message) =>
        _removed.TrySetResult(new ContainerWaitResponse { StatusCode = exitCode, Error = new ContainerWaitExitError { Message = message } });

    private static TaskCompletionSource<ContainerWaitResponse> Promise() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
