using System.Diagnostics.CodeAnalysis;

namespace Wharf.Primitives.Concurrency;

/// <summary>
/// Hands items from any thread to the one that takes them, which sleeps until there is one. The framework's blocking collection spins and yields
/// before it sleeps: on a busy machine of few processors that is time taken from the containers.
/// </summary>
public sealed class WorkQueue<T>
{
    private readonly object _gate = new();
    private readonly Queue<T> _items = new();
    private bool _closed;

    /// <summary>Nothing is left and nothing more can come.</summary>
    public bool IsEnded
    {
        get
        {
            lock (_gate)
            {
                return _closed && _items.Count == 0;
            }
        }
    }

    /// <returns>False when the queue is closed.</returns>
    public bool TryAdd(T item)
    {
        lock (_gate)
        {
            if (_closed)
            {
                return false;
            }

            _items.Enqueue(item);
            Monitor.Pulse(_gate);
            return true;
        }
    }

    /// <summary>Waits for an item. What was there when the queue was closed can still be taken.</summary>
    /// <returns>False after the time given, or when the queue is closed and empty.</returns>
    public bool TryTake([MaybeNullWhen(false)] out T item, TimeSpan patience)
    {
        bool forEver = patience == Timeout.InfiniteTimeSpan;
        long until = Environment.TickCount64 + (forEver ? 0 : (long)patience.TotalMilliseconds);
        lock (_gate)
        {
            while (!_items.TryDequeue(out item))
            {
                long left = until - Environment.TickCount64;
                if (_closed || (!forEver && left <= 0))
                {
                    return false;
                }

                Monitor.Wait(_gate, forEver ? Timeout.Infinite : (int)left);
            }

            return true;
        }
    }

    /// <summary>Takes an item if there is one.</summary>
    public bool TryTake([MaybeNullWhen(false)] out T item) => TryTake(out item, TimeSpan.Zero);

    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.PulseAll(_gate);
        }
    }
}
