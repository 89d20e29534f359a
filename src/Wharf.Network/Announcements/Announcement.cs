using Wharf.Linux;
using Wharf.Linux.Netlink;
using Wharf.Network.Control;
using Wharf.Network.Sandboxes;

namespace Wharf.Network.Announcements;

/// <summary>
/// Tells the neighbours of a new interface its addresses, some times over: who knew an address by another container's hardware address learns the new one.
/// Beside the path of the start; disposing it ends it.
/// </summary>
internal sealed class Announcement : IDisposable
{
    // The news of a carrier reaches a bridge some milliseconds after the interface is up, and up to a second when much else is new.
    // Containers that are gone before the first wait is over cost nothing.
    private const int MostWaits = 100;
    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(20);

    private readonly Endpoint _endpoint;
    private readonly AnnouncementSettings _settings;
    private readonly byte[][] _frames;
    private readonly SandboxNamespace _ns;
    private readonly NamespaceThread _thread;
    private readonly RouteConnection _host;
    private readonly ITimer _timer;
    private readonly Lock _lock = new();
    private int _waits;
    private int _left;

    /// <param name="endpoint">What is announced.</param>
    /// <param name="ns">Where its interface is.</param>
    /// <param name="settings">How often.</param>
    /// <param name="thread">Enters namespaces.</param>
    /// <param name="host">Knows the host's end of the interface, where it has one.</param>
    /// <param name="background">Does it.</param>
    /// <param name="clock">For the time between.</param>
    public Announcement(
        Endpoint endpoint, SandboxNamespace ns, AnnouncementSettings settings, NamespaceThread thread, RouteConnection host, BackgroundWork background, TimeProvider clock)
    {
        _endpoint = endpoint;
        _ns = ns;
        _settings = settings;
        _thread = thread;
        _host = host;
        _frames = [.. endpoint.Addresses().Select(a => AnnouncementFrame.Of(endpoint.Mac, a))];
        _left = _frames.Length > 0 ? settings.Count : 0;
        _timer = clock.CreateTimer(_ => background.Add(Next), null, _left > 0 ? Wait : Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
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
        PacketSocket? socket = null;
        lock (_lock)
        {
            if (_left == 0)
            {
                return;
            }

            if (Interface() is { } link)
            {
                _left--;
                socket = _thread.Run(_ns.Handle, PacketSocket.Open);
                Again(Send(socket, link.Index) && _left > 0, _settings.Interval);
            }
            else
            {
                Again(++_waits < MostWaits, Wait);
            }
        }

        // Outside the lock, and after each message: the kernel waits for all its processors here, and a namespace lives as long as a socket in it.
        socket?.Dispose();
    }

    /// <summary>The interface, once what it sends arrives.</summary>
    private LinkInfo? Interface() =>
        _ns.Route.FindLink(_endpoint.Interface) is { Running: true } link && (_endpoint.HostInterface.Length == 0 || _host.FindLink(_endpoint.HostInterface) is { Forwards: true })
            ? link : null;

    // An interface that the container took down or away has nothing to announce.
    private bool Send(PacketSocket socket, int index) => _frames.All(frame => socket.Send(index, frame) == Errno.None);

    private void Again(bool more, TimeSpan wait)
    {
        if (more)
        {
            _timer.Change(wait, Timeout.InfiniteTimeSpan);
        }
        else
        {
            End();
        }
    }

    private void End()
    {
        _left = 0;
        _timer.Dispose();
    }
}
