using Wharf.Linux;

namespace Wharf.Daemon.Hosting;

/// <summary>
/// Gives memory back in the first quiet moment after much work: the collector runs only when somebody allocates, so a daemon that has
/// nothing more to do would keep for good what its busiest minute, or its start, needed.
/// </summary>
internal sealed class IdleMemory : IDisposable
{
    private const long Much = 8 << 20;
    private const long Little = 512 << 10;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly Func<long> _allocated;
    private readonly Action _giveBack;
    private readonly ITimer _timer;
    private long _seen;
    private long _given = -Much;

    /// <param name="clock">For the looks at how much was allocated.</param>
    /// <param name="allocated">Bytes allocated since the start.</param>
    /// <param name="giveBack">What costs some milliseconds of every thread.</param>
    public IdleMemory(TimeProvider clock, Func<long> allocated, Action giveBack)
    {
        _allocated = allocated;
        _giveBack = giveBack;
        _timer = clock.CreateTimer(static self => ((IdleMemory)self!).Look(), this, Interval, Interval);
    }

    public static IdleMemory OfThisProcess() => new(TimeProvider.System, static () => GC.GetTotalAllocatedBytes(), static () =>
    {
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        NativeHeap.Trim();
        ProgramPages.GiveBack();
    });

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        long now = _allocated();
        bool quiet = now - _seen <= Little;
        _seen = now;
        if (quiet && now - _given >= Much)
        {
            _given = now;
            _giveBack();
        }
    }
}
