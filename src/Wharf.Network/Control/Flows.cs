using System.Net;
using Wharf.Linux.Netlink;
using Wharf.Network.Ports;
using Wharf.Primitives;

namespace Wharf.Network.Control;

/// <summary>
/// Makes the kernel forget tracked connections that have lost their sense: of addresses that were given back, and to ports that lead elsewhere now.
/// Works in the background and takes what has come together in one walk through the table.
/// </summary>
internal sealed class Flows(BackgroundWork background, INetworkLog log) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Lazy<ConntrackConnection> _kernel = new(ConntrackConnection.Open);
    private HashSet<IPAddress> _addresses = [];
    private HashSet<ushort> _ports = [];
    private bool _queued;
    private bool _missing;

    public void ForgetAddresses(IEnumerable<IPAddress> addresses) => Add(() => _addresses.UnionWith(addresses));

    /// <summary>UDP ports of the host.</summary>
    public void ForgetPorts(IEnumerable<ushort> ports) => Add(() => _ports.UnionWith(ports));

    public void Dispose()
    {
        if (_kernel.IsValueCreated)
        {
            _kernel.Value.Dispose();
        }
    }

    private void Add(Action remember)
    {
        lock (_lock)
        {
            remember();
            if (!_queued && !_missing && _addresses.Count + _ports.Count > 0)
            {
                _queued = true;
                background.Add(Forget);
            }
        }
    }

    private void Forget()
    {
        HashSet<IPAddress> addresses;
        HashSet<ushort> ports;
        lock (_lock)
        {
            (addresses, ports) = (_addresses, _ports);
            (_addresses, _ports) = ([], []);
            _queued = false;
        }

        try
        {
            _kernel.Value.Forget(c =>
                addresses.Contains(c.Source) || addresses.Contains(c.Destination) || addresses.Contains(c.ReplySource) || addresses.Contains(c.ReplyDestination)
                || (c.Protocol == (byte)TransportProtocol.Udp && ports.Contains(c.DestinationPort)));
        }
        catch (WharfException e)
        {
            // A kernel without this interface: said once, and stale connections end by their own time-outs.
            _missing = true;
            log.Warning($"cannot clear tracked connections: {e.Message}");
        }
    }
}
