using System.Threading.Channels;
using Wharf.Primitives;

namespace Wharf.Network.Control;

/// <summary>What need not be waited for (the end of interfaces and namespaces), one after another. Failures are logged; the next start's sweep finds the rest.</summary>
internal sealed class BackgroundWork : IAsyncDisposable
{
    private readonly Channel<Action> _queue = Channel.CreateUnbounded<Action>(new UnboundedChannelOptions { SingleReader = true });
    private readonly INetworkLog _log;
    private readonly Task _worker;

    public BackgroundWork(INetworkLog log)
    {
        _log = log;
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
                _log.Warning($"clean-up of a network resource failed: {e.Message}");
            }
        }
    }
}
