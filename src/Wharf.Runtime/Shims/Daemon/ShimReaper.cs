using Wharf.Linux;

namespace Wharf.Runtime.Shims.Daemon;

/// <summary>
/// Reaps shims that have left: they are our children when this daemon started them. Only pids given here are waited for, since the daemon has other
/// children of its own.
/// </summary>
internal sealed class ShimReaper : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private readonly List<int> _pids = [];
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    public void Add(int pid)
    {
        if (pid <= 0)
        {
            return;
        }

        lock (_lock)
        {
            _pids.Add(pid);
            if (_running.IsCompleted)
            {
                _running = Task.Run(RunAsync);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            lock (_lock)
            {
                // ECHILD: an earlier daemon's shim; somebody else reaps it.
                _pids.RemoveAll(pid => ProcessCalls.WaitPid(pid, block: false, out _) != Errno.EAGAIN);
                if (_pids.Count == 0)
                {
                    _running = Task.CompletedTask;
                    return;
                }
            }

            await Task.Delay(Interval, _stop.Token).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }
}
