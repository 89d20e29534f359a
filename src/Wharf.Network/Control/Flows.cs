using System.Net;
using Wharf.Linux.Netlink;
using Wharf.Network.Ports;
using Wharf.Primitives;

namespace Wharf.Network.Control;

/// <summary>
/// Makes the kernel forget tracked connections that have lost their sense: of addresses that were given back, and to ports that lead elsewhere now.
/// Works in the background and takes what has come together in one walk through the table.
/// </summary>
internal sealed class Flows : IDisposable
{
    // A walk takes milliseconds of the kernel's locks, and an address is given out again only after all others of its pool: what came together in this time is one walk.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private readonly BackgroundWork _background;
    private readonly INetworkLog _log;
    private readonly Timer _later;
    private readonly Lock _lock = new();
    private readonly Lazy<ConntrackConnection> _kernel = new(ConntrackConnection.Open);
    private HashSet<IPAddress> _addresses = [];
    private Dictionary<ushort, HashSet<IPAddress>> _ports = [];
    private bool _queued;
    private bool _waiting;
    private bool _missing;

    public Flows(BackgroundWork background, INetworkLog log)
    {
        (_background, _log) = (background, log);
        _later = new Timer(_ => Queue());
    }

    public void ForgetAddresses(IEnumerable<IPAddress> addresses)
    {
        lock (_lock)
        {
            _addresses.UnionWith(addresses);
            if (_addresses.Count == 0 || _waiting || _queued || _missing)
            {
                return;
            }

            _waiting = true;
            _later.Change(Patience, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>UDP ports of the host, and where they lead now: connections that lead elsewhere are forgotten at once.</summary>
    public void ForgetPorts(IEnumerable<ushort> ports, IReadOnlyCollection<IPAddress> targets)
    {
        lock (_lock)
        {
            foreach (ushort port in ports)
            {
                // the newest owner's alone: who had the port before has none of it any more
                _ports[port] = [.. targets];
            }
        }

        Queue();
    }

    public void Dispose()
    {
        _later.Dispose();
        if (_kernel.IsValueCreated)
        {
            _kernel.Value.Dispose();
        }
    }

    private void Queue()
    {
        lock (_lock)
        {
            _waiting = false;
            if (!_queued && !_missing && _addresses.Count + _ports.Count > 0)
            {
                _queued = true;
                _background.Add(Forget);
            }
        }
    }

    private void Forget()
    {
        HashSet<IPAddress> addresses;
        Dictionary<ushort, HashSet<IPAddress>> ports;
        lock (_lock)
        {
            (addresses, ports) = (_addresses, _ports);
            (_addresses, _ports) = ([], []);
            _queued = false;
        }

        try
        {
            if (_kernel.Value.Count() == 0)
            {
                return;
            }

            _kernel.Value.Forget(c =>
                addresses.Contains(c.Source) || addresses.Contains(c.Destination) || addresses.Contains(c.ReplySource) || addresses.Contains(c.ReplyDestination)
                || (c.Protocol == (byte)TransportProtocol.Udp && ports.TryGetValue(c.DestinationPort, out HashSet<IPAddress>? targets) && !targets.Contains(c.ReplySource)));
        }
        catch (WharfException e)
        {
            // A kernel without this interface: said once, and stale connections end by their own time-outs.
            _missing = true;
            _log.Warning($"cannot clear tracked connections: {e.Message}");
        }
    }
}
