using System.Threading.Channels;
using Wharf.Primitives;

namespace Wharf.Network.Control;

/// <summary>What need not be waited for (the end of interfaces and namespaces, announcements), one after another. Failures are logged; the next start's sweep finds the rest.</summary>
internal sealed class BackgroundWork : IAsyncDisposable
{
    private readonly Channel<Action> _queue = Channel.CreateUnbounded<Action>(new UnboundedChannelOptions { SingleReader = true });
    private readonly INetworkLog _log;
    private readonly string _what;
    private readonly Task _worker;

    /// <param name="log">Where failures are told.</param>
    /// <param name="what">What it does, as the beginning of "... failed".</param>
    public BackgroundWork(INetworkLog log, string what)
    {
        _log = log;
        _what = what;
        _worker = Task.Run(WorkAsync);
    }

    public void Add(Action action) => _queue.Writer.TryWrite(action);

    /// <summary>Does what is queued, then ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _worker;
    }

    private async Task WorkAsync()
    {
        await foreach (Action action in _queue.Reader.ReadAllAsync())
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
