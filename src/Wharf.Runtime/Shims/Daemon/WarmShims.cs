using System.Collections.Concurrent;

namespace Wharf.Runtime.Shims.Daemon;

/// <summary>A shim that waits for a container, and the directory it waits in.</summary>
internal sealed record WarmShim(ShimHandle Handle, string Directory);

/// <summary>Keeps some shims running ahead of need. One is started at a time; who finds none waiting starts his own.</summary>
internal sealed class WarmShims(int count, Func<Task<WarmShim>> start, Action<string> trouble) : IAsyncDisposable
{
    private readonly ConcurrentQueue<WarmShim> _waiting = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private Task _refilling = Task.CompletedTask;

    public async Task<WarmShim> TakeAsync(CancellationToken ct)
    {
        try
        {
            while (_waiting.TryDequeue(out WarmShim? warm))
            {
                // gone with its directory: somebody has cleared the folder of run-time files
                if (warm.Handle.IsConnected && Directory.Exists(warm.Directory))
                {
                    return warm;
                }

                await warm.Handle.DisposeAsync(); // killed while it waited
            }

            ct.ThrowIfCancellationRequested();
            return await start();
        }
        finally
        {
            Refill();
        }
    }

    public void Refill()
    {
        lock (_lock)
        {
            if (_refilling.IsCompleted && !_stop.IsCancellationRequested && _waiting.Count < count)
            {
                _refilling = Task.Run(RefillAsync);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        Task refilling;
        lock (_lock)
        {
            _stop.Cancel();
            refilling = _refilling;
        }

        await refilling;
        while (_waiting.TryDequeue(out WarmShim? warm))
        {
            await warm.Handle.DisposeAsync();
        }

        _stop.Dispose();
    }

    private async Task RefillAsync()
    {
        try
        {
            while (_waiting.Count < count && !_stop.IsCancellationRequested)
            {
                WarmShim warm = await start();
                _waiting.Enqueue(warm);
            }
        }
        catch (Exception failure)
        {
            // The next one who needs a shim starts it himself and gets the error.
            trouble($"cannot keep shims ready: {failure.Message}");
        }
    }
}
