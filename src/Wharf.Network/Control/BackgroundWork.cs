using Wharf.Primitives;
using Wharf.Primitives.Concurrency;

namespace Wharf.Network.Control;

/// <summary>
/// What need not be waited for (the end of interfaces and namespaces, announcements), one after another on a thread of its own: the kernel takes its time.
/// Failures are logged; the next start's sweep finds the rest.
/// </summary>
internal sealed class BackgroundWork : IDisposable
{
    private readonly WorkQueue<Action> _work = new();
    private readonly INetworkLog _log;
    private readonly string _what;
    private readonly Thread _thread;

    /// <param name="log">Where failures are told.</param>
    /// <param name="what">What it does, as the beginning of "... failed".</param>
    public BackgroundWork(INetworkLog log, string what)
    {
        _log = log;
        _what = what;
        _thread = new Thread(Work, maxStackSize: 256 * 1024) { IsBackground = true, Name = what };
        _thread.Start();
    }

    public void Add(Action action) => _work.TryAdd(action);

    /// <summary>Does what is queued, then ends.</summary>
    public void Dispose()
    {
        _work.Close();
        _thread.Join();
    }

    private void Work()
    {
        while (_work.TryTake(out Action? action, Timeout.InfiniteTimeSpan))
        {
            try
            {
                action();
            }
            catch (Exception e) when (e is WharfException or IOException or UnauthorizedAccessException or ObjectDisposedException)
            {
                _log.Warning($"{_what} failed: {e.Message}");
            }
        }
    }
}
