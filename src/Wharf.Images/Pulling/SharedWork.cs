using Wharf.Images.Transfers;

namespace Wharf.Images.Pulling;

/// <summary>
/// One piece of work for any number of clients that ask for the same at once: each sees all progress, latecomers the state so far. The work
/// is stopped when the last of them has gone.
/// </summary>
internal sealed class SharedWork<TKey>
    where TKey : notnull
{
    private readonly Dictionary<TKey, Shared> _running = [];

    public async Task RunAsync(TKey key, IProgress<TransferEvent> watcher, Func<IProgress<TransferEvent>, CancellationToken, Task> work, CancellationToken ct)
    {
        Shared shared;
        lock (_running)
        {
            if (!_running.TryGetValue(key, out Shared? present))
            {
                _running[key] = present = new Shared();
                present.Task = Task.Run(() => WorkAsync(key, present, work), CancellationToken.None);
            }

            shared = present;
            shared.Join(watcher);
        }

        try
        {
            await shared.Task!.WaitAsync(ct).ConfigureAwait(false);
        }
        finally
        {
            Leave(key, shared, watcher);
        }
    }

    private async Task WorkAsync(TKey key, Shared shared, Func<IProgress<TransferEvent>, CancellationToken, Task> work)
    {
        try
        {
            await work(shared, shared.Stop.Token).ConfigureAwait(false);
        }
        finally
        {
            Remove(key, shared);
        }
    }

    private void Leave(TKey key, Shared shared, IProgress<TransferEvent> watcher)
    {
        lock (_running)
        {
            if (!shared.Leave(watcher))
            {
                return;
            }

            // A client that asks now starts anew instead of joining what is being stopped.
            Remove(key, shared);
        }

        shared.Stop.Cancel();
    }

    private void Remove(TKey key, Shared shared)
    {
        lock (_running)
        {
            if (_running.TryGetValue(key, out Shared? current) && current == shared)
            {
                _running.Remove(key);
            }
        }
    }

    private sealed class Shared : IProgress<TransferEvent>
    {
        private readonly Lock _lock = new();
        private readonly List<IProgress<TransferEvent>> _watchers = [];
        private readonly List<TransferEvent> _soFar = [];
        private readonly Dictionary<string, int> _lastOf = new(StringComparer.Ordinal);

        public CancellationTokenSource Stop { get; } = new();

        public Task? Task { get; set; }

        public void Join(IProgress<TransferEvent> watcher)
        {
            lock (_lock)
            {
                foreach (TransferEvent past in _soFar)
                {
                    watcher.Report(past);
                }

                _watchers.Add(watcher);
            }
        }

        /// <returns>True when nobody is left.</returns>
        public bool Leave(IProgress<TransferEvent> watcher)
        {
            lock (_lock)
            {
                _watchers.Remove(watcher);
                return _watchers.Count == 0;
            }
        }

        public void Report(TransferEvent value)
        {
            lock (_lock)
            {
                if (value.Id is { } id && _lastOf.TryGetValue(id, out int index))
                {
                    _soFar[index] = value;
                }
                else
                {
                    if (value.Id is { } first)
                    {
                        _lastOf[first] = _soFar.Count;
                    }

                    _soFar.Add(value);
                }

                foreach (IProgress<TransferEvent> watcher in _watchers)
                {
                    watcher.Report(value);
                }
            }
        }
    }
}
