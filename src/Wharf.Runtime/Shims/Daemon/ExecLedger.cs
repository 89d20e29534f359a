namespace Wharf.Runtime.Shims.Daemon;

/// <summary>The ends of execs, for whoever asks before or after; the oldest known ends are forgotten when there are many.</summary>
internal sealed class ExecLedger
{
    private const int Remembered = 512;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, TaskCompletionSource<ShimExit>> _execs = new(StringComparer.Ordinal);
    private readonly Queue<string> _ended = new();

    public Task<ShimExit> Of(string execId)
    {
        lock (_lock)
        {
            return Entry(execId).Task;
        }
    }

    public void Ended(string execId, ShimExit exit)
    {
        TaskCompletionSource<ShimExit> entry;
        lock (_lock)
        {
            entry = Entry(execId);
            if (entry.Task.IsCompleted)
            {
                return;
            }

            _ended.Enqueue(execId);
            if (_ended.Count > Remembered)
            {
                _execs.Remove(_ended.Dequeue());
            }
        }

        entry.TrySetResult(exit);
    }

    /// <summary>An exec that did not start: nobody waits for its end.</summary>
    public void Forget(string execId)
    {
        lock (_lock)
        {
            _execs.Remove(execId);
        }
    }

    /// <summary>The shim is gone: every exec that had not ended has now.</summary>
    public void EndAll(ShimExit exit)
    {
        string[] open;
        lock (_lock)
        {
            open = [.. _execs.Where(e => !e.Value.Task.IsCompleted).Select(e => e.Key)];
        }

        foreach (string id in open)
        {
            Ended(id, exit);
        }
    }

    private TaskCompletionSource<ShimExit> Entry(string execId)
    {
        if (!_execs.TryGetValue(execId, out TaskCompletionSource<ShimExit>? entry))
        {
            _execs[execId] = entry = new TaskCompletionSource<ShimExit>(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        return entry;
    }
}
