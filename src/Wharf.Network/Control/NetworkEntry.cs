using System.Net;
using System.Net.Sockets;
using Wharf.Network.Addressing;
using Wharf.Network.Drivers;
using Wharf.Network.Networks;
using Wharf.Network.Pools;
using Wharf.Network.Sandboxes;
using Wharf.Primitives;

namespace Wharf.Network.Control;

/// <summary>A network with its driver and the addresses in use.</summary>
internal sealed class NetworkEntry(NetworkRecord record, INetworkDriver driver)
{
    private readonly Lock _lock = new();
    private readonly List<AddressPool> _pools = [.. record.Config.Pools.Where(p => !p.Subnet.IsUnspecified).Select(p => new AddressPool(p))];

    /// <summary>The auxiliary address that is the gateway of the containers instead of the bridge's own.</summary>
    public const string OtherGateway = "DefaultGatewayIPv4";

    private int _users;
    private bool _closed;

    public NetworkRecord Record { get; } = record;

    public INetworkDriver Driver { get; } = driver;

    /// <summary>Gives an endpoint its addresses and gateways; all of them or none.</summary>
    /// <exception cref="WharfException">InvalidArgument, Forbidden or Internal with Docker's texts.</exception>
    public Endpoint Allocate(Endpoint endpoint, string owner, bool withoutIPv6)
    {
        Check(endpoint.Request);
        lock (_lock)
        {
            if (_closed)
            {
                throw WharfException.NotFound($"network {Record.Name} not found");
            }

            InterfaceAddress? v4 = Allocate(endpoint.Request.IPv4, ipv6: false, owner);
            try
            {
                InterfaceAddress? v6 = withoutIPv6 ? null : Allocate(endpoint.Request.IPv6, ipv6: true, owner);
                Endpoint placed = endpoint with
                {
                    IPv4 = v4,
                    IPv6 = v6,
                    Gateway = GatewayOf(v4),
                    GatewayIPv6 = GatewayOf(v6),
                };
                _users++;
                return placed;
            }
            catch when (v4 is { } taken)
            {
                Release(taken, owner);
                throw;
            }
        }
    }

    public void Release(Endpoint endpoint, string owner)
    {
        lock (_lock)
        {
            _users--;
            foreach (InterfaceAddress address in endpoint.InterfaceAddresses())
            {
                Release(address, owner);
            }
        }
    }

    /// <summary>Lets nobody in any more; false while somebody is in.</summary>
    public bool TryClose()
    {
        lock (_lock)
        {
            return _closed |= _users == 0;
        }
    }

    /// <summary>Marks the addresses of a container that lived on.</summary>
    public void Restore(Endpoint endpoint)
    {
        lock (_lock)
        {
            _users++;
            foreach (InterfaceAddress address in endpoint.InterfaceAddresses())
            {
                _pools.Find(p => p.Subnet.Contains(address.Address))?.Restore(address.Address);
            }
        }
    }

    private InterfaceAddress? Allocate(IPAddress? wanted, bool ipv6, string owner)
    {
        List<AddressPool> pools = _pools.FindAll(p => p.Subnet.IsIPv6 == ipv6);
        if (pools.Count == 0)
        {
            return null;
        }

        if (wanted is not null)
        {
            AddressPool pool = pools.Find(p => p.Subnet.Contains(wanted))!;
            pool.Take(wanted);
            return new InterfaceAddress(wanted, pool.Subnet.PrefixLength);
        }

        foreach (AddressPool pool in pools)
        {
            if (pool.Allocate(owner) is { } address)
            {
                return new InterfaceAddress(address, pool.Subnet.PrefixLength);
            }
        }

        throw WharfException.Internal(
            $"no available {(ipv6 ? "IPv6" : "IPv4")} addresses on this network's address pools: {Record.Name} ({Record.Id})");
    }

    private void Check(EndpointRequest request)
    {
        List<string> problems = [];
        foreach (IPAddress address in new[] { request.IPv4, request.IPv6 }.OfType<IPAddress>())
        {
            bool ipv6 = address.AddressFamily == AddressFamily.InterNetworkV6;
            List<IpamPool> pools = [.. Record.Config.Pools.Where(p => p.Subnet.IsIPv6 == ipv6)];
            if (!Driver.HasNames(Record))
            {
                problems.Add("user specified IP address is supported on user defined networks only");
            }
            else if (!pools.Exists(p => p.Configured))
            {
                problems.Add("user specified IP address is supported only when connecting to networks with user configured subnets");
            }
            else if (!pools.Exists(p => p.Configured && p.Subnet.Contains(address)))
            {
                problems.Add($"no configured subnet or ip-range contain the IP address {address}");
            }
        }

        if (request.Aliases.Count > 0 && !Driver.HasNames(Record))
        {
            problems.Add("network-scoped alias is supported only for containers in user defined networks");
        }

        if (problems.Count > 0)
        {
            throw WharfException.Invalid($"invalid config for network {Record.Name}: invalid endpoint settings:\n{string.Join('\n', problems)}");
        }
    }

    private IPAddress? GatewayOf(InterfaceAddress? address)
    {
        if (address is not { } own || Record.Config.Internal)
        {
            return null;
        }

        IpamPool? pool = Record.Config.Pools.FirstOrDefault(p => p.Subnet.Contains(own.Address));
        return pool?.Auxiliary.GetValueOrDefault(OtherGateway) ?? pool?.Gateway;
    }

    private void Release(InterfaceAddress address, string owner) =>
        _pools.Find(p => p.Subnet.Contains(address.Address))?.Release(address.Address, owner);
}
