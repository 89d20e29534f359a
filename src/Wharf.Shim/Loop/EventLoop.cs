using Microsoft.Win32.SafeHandles;
using Wharf.Linux;

namespace Wharf.Shim.Loop;

/// <summary>Gets told what epoll says of a descriptor.</summary>
internal interface IWatcher
{
    void Ready(EpollEvents events);
}

/// <summary>
/// The one thread of the shim: level-triggered epoll, timers, and work for idle moments. Everything else runs in its callbacks, so
/// nothing in this program needs a lock. In its steady state a turn allocates nothing.
/// </summary>
internal sealed class EventLoop : IDisposable
{
    private const int Batch = 64;

    private readonly Epoll _epoll = new();
    private readonly EpollReport[] _reports = new EpollReport[Batch];
    private readonly List<Watch?> _watches = [];
    private readonly Stack<int> _freeSlots = new();
    private readonly List<LoopTimer> _timers = [];
    private uint _generation;
    private bool _stopped;

    /// <summary>Does a small piece of background work; false when there is none left.</summary>
    public Func<bool>? IdleWork { get; set; }

    public Watch Add(SafeFileHandle file, EpollEvents interest, IWatcher watcher)
    {
        if (!_freeSlots.TryPop(out int slot))
        {
            slot = _watches.Count;
            _watches.Add(null);
        }

        // The generation tells a report of this turn for a closed descriptor from one for its successor in the slot.
        ulong token = ((ulong)++_generation << 32) | (uint)slot;
        var watch = new Watch(this, file, token, watcher);
        _watches[slot] = watch;
        watch.SetInterest(interest);
        return watch;
    }

    public LoopTimer Schedule(TimeSpan delay, Action action)
    {
        var timer = new LoopTimer(this, action);
        timer.Restart(delay);
        return timer;
    }

    public void Run()
    {
        while (!_stopped)
        {
            Turn(-1);
        }
    }

    public void Stop() => _stopped = true;

    /// <summary>One wait and the callbacks of what it reports.</summary>
    /// <param name="maxMilliseconds">Longest wait; -1 for no limit but that of the timers.</param>
    public void Turn(int maxMilliseconds)
    {
        bool idle = IdleWork?.Invoke() ?? false;
        int count = _epoll.Wait(_reports, idle ? 0 : Shorter(maxMilliseconds, UntilNextTimer()));
        for (int i = 0; i < count; i++)
        {
            int slot = (int)(uint)_reports[i].Token;
            Watch? watch = slot < _watches.Count ? _watches[slot] : null;
            if (watch is not null && watch.Token == _reports[i].Token)
            {
                watch.Watcher.Ready(_reports[i].Events);
            }
        }

        RunTimers();
    }

    public void Dispose() => _epoll.Dispose();

    internal Errno Control(Watch watch, EpollEvents before, EpollEvents after, bool registered) => registered
        ? (after == before ? Errno.None : _epoll.Modify(watch.File, after, watch.Token))
        : _epoll.Add(watch.File, after, watch.Token);

    internal Errno Deregister(Watch watch) => _epoll.Remove(watch.File);

    internal void Forget(Watch watch)
    {
        int slot = (int)(uint)watch.Token;
        _watches[slot] = null;
        _freeSlots.Push(slot);
    }

    internal void Track(LoopTimer timer) => _timers.Add(timer);

    internal void Untrack(LoopTimer timer) => _timers.Remove(timer);

    private static int Shorter(int a, int b) => a < 0 ? b : b < 0 ? a : Math.Min(a, b);

    private int UntilNextTimer()
    {
        long soonest = long.MaxValue;
        foreach (LoopTimer timer in _timers)
        {
            soonest = Math.Min(soonest, timer.Due);
        }

        return soonest == long.MaxValue ? -1 : (int)Math.Clamp(soonest - Environment.TickCount64, 0, int.MaxValue);
    }

    private void RunTimers()
    {
        if (_timers.Count == 0)
        {
            return;
        }

        long now = Environment.TickCount64;
        for (int i = _timers.Count - 1; i >= 0; i--)
        {
            // An action may cancel others: the index is checked again.
            if (i < _timers.Count && _timers[i] is { } timer && timer.Due <= now)
            {
                _timers.RemoveAt(i);
                timer.Fire();
            }
        }
    }
}
