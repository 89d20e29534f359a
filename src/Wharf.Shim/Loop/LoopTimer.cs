namespace Wharf.Shim.Loop;

/// <summary>Runs an action once after a delay, in the loop; can be started again at any time.</summary>
internal sealed class LoopTimer(EventLoop loop, Action action)
{
    private bool _armed;

    /// <summary>On the clock of <see cref="Environment.TickCount64"/>.</summary>
    public long Due { get; private set; }

    public bool IsArmed => _armed;

    public void Restart(TimeSpan delay)
    {
        Due = Environment.TickCount64 + (long)delay.TotalMilliseconds;
        if (!_armed)
        {
            _armed = true;
            loop.Track(this);
        }
    }

    public void Cancel()
    {
        if (_armed)
        {
            _armed = false;
            loop.Untrack(this);
        }
    }

    internal void Fire()
    {
        _armed = false;
        action();
    }
}
