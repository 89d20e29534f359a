using Wharf.Linux;
using Wharf.Linux.Netlink;
using Wharf.Network.Control;
using Wharf.Network.Sandboxes;

namespace Wharf.Network.Announcements;

/// <summary>
/// Tells the neighbours of a new interface its addresses, some times over: who knew an address by another container's hardware address learns the new one at once.
/// Beside the path of the start; disposing it ends it.
/// </summary>
internal sealed class Announcement : IDisposable
{
    // The news of a carrier reaches a bridge some milliseconds after the interface is up, and up to a second when much else is new.
    private const int MostWaits = 200;
    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(10);

    private readonly Endpoint _endpoint;
    private readonly AnnouncementSettings _settings;
    private readonly BackgroundWork _background;
    private readonly byte[][] _frames;
    private readonly ITimer _timer;
    private readonly Lock _lock = new();
    private Func<LinkInfo?>? _ready;
    private Func<PacketSocket>? _open;
    private PacketSocket? _socket;
    private int _index;
    private int _waits;
    private int _left;

    public Announcement(Endpoint endpoint, AnnouncementSettings settings, BackgroundWork background, TimeProvider clock)
    {
        _endpoint = endpoint;
        _settings = settings;
        _background = background;
        _left = settings.Count;
        _frames = [.. endpoint.Addresses().Select(a => AnnouncementFrame.Of(endpoint.Mac, a))];
        _timer = clock.CreateTimer(_ => _background.Add(Next), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <param name="ns">Where the interface is.</param>
    /// <param name="thread">Enters namespaces.</param>
    /// <param name="host">Knows the host's end of the interface, where it has one.</param>
    public void Begin(SandboxNamespace ns, NamespaceThread thread, RouteConnection host)
    {
        if (_frames.Length > 0)
        {
            _open = () => thread.Run(ns.Handle, PacketSocket.Open);
            _ready = () => ns.Route.FindLink(_endpoint.Interface) is { Running: true } link && (_endpoint.HostInterface.Length == 0 || host.FindLink(_endpoint.HostInterface) is { Forwards: true }) ? link : null;
            _background.Add(Next);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            End();
        }
    }

    private void Next()
    {
        lock (_lock)
        {
            if (_left == 0)
            {
                return;
            }

            if (_socket is null && !Open())
            {
                return;
            }

            _left--;
            if (Send() && _left > 0)
            {
                _timer.Change(_settings.Interval, Timeout.InfiniteTimeSpan);
            }
            else
            {
                End();
            }
        }
    }

    private bool Open()
    {
        if (_ready!() is { } link)
        {
            _socket = _open!();
            _index = link.Index;
            return true;
        }

        if (++_waits < MostWaits)
        {
            _timer.Change(Wait, Timeout.InfiniteTimeSpan);
        }
        else
        {
            End();
        }

        return false;
    }

    // An interface that the container took down or away has nothing to announce.
    private bool Send() => _frames.All(frame => _socket!.Send(_index, frame) == Errno.None);

    private void End()
    {
        _left = 0;
        _timer.Dispose();
        if (_socket is { } socket)
        {
            // The kernel waits for all its processors when such a socket is closed.
            _socket = null;
            _background.Add(socket.Dispose);
        }
    }
}
