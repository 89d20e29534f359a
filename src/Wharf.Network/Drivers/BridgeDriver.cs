using System.Collections.Concurrent;
using System.Net;
using Wharf.Linux;
using Wharf.Linux.Netlink;
using Wharf.Network.Addressing;
using Wharf.Network.Bridges;
using Wharf.Network.Networks;
using Wharf.Network.Sandboxes;
using Wharf.Primitives;

namespace Wharf.Network.Drivers;

/// <summary>Networks on a bridge of this host; each container is a port of it by a veth pair.</summary>
internal sealed class BridgeDriver(RouteConnection host) : INetworkDriver
{
    /// <summary>Our interfaces' remarks begin with it: leftovers are known by it, and another engine's interfaces are left alone.</summary>
    internal const string Alias = "wharf:";

    /// <summary>The group of engines' bridges: a daemon that keeps its host from routing for strangers knows those of another daemon by it.</summary>
    internal const int Group = 0x5748;

    private const string VethPrefix = "veth";
    private const string BridgePrefix = "br-";

    private const int VethDigits = 7;

    // Interfaces of containers that are gone, which may still answer for their address, by that address: the closing of their port, which happens once, and which
    // whoever wants the address waits for.
    private readonly ConcurrentDictionary<IPAddress, Lazy<NetlinkAnswer>> _leaving = new();

    public string Name => "bridge";

    public bool HasInterfaces => true;

    public bool AnnouncesAddresses => true;

    public bool PublishesPorts => true;

    public bool WantsGateway(NetworkConfig config, bool ipv6)
    {
        BridgeSettings settings = BridgeSettings.Parse(config);
        return (ipv6 ? settings.IPv6Mode : settings.IPv4Mode) != GatewayMode.Isolated && !(settings.InhibitIPv4 && config.Internal && !ipv6);
    }

    public bool HasNames(NetworkRecord network) => !network.Predefined;

    public string InterfacePrefix(NetworkRecord network) => BridgeSettings.Parse(network.Config).InterfacePrefix;

    public NetworkRecord Plan(NetworkRecord network, IReadOnlyCollection<NetworkRecord> others)
    {
        BridgeSettings settings = BridgeSettings.Parse(network.Config);
        string name = network.BridgeName.Length > 0 ? network.BridgeName
            : settings.BridgeName.Length > 0 ? settings.BridgeName
            : BridgePrefix + ObjectId.Shorten(network.Id);
        if (others.FirstOrDefault(o => o.BridgeName == name) is { } other)
        {
            throw WharfException.Forbidden($"networks have same bridge name: {name} is used by network {other.Name} ({ObjectId.Shorten(other.Id)})");
        }

        return network with { BridgeName = name, AdoptedBridge = host.FindLink(name) is not null };
    }

    public void Ensure(NetworkRecord network)
    {
        BridgeSettings settings = BridgeSettings.Parse(network.Config);
        LinkInfo bridge = Find(network, settings);
        bool anyIPv6 = false;
        List<LinkAddress> present = [.. host.ListAddresses().Where(a => a.Index == bridge.Index)];
        foreach (IpamPool pool in network.Config.Pools)
        {
            bool ipv6 = pool.Subnet.IsIPv6;
            anyIPv6 |= ipv6;
            bool without = ipv6 ? settings.IPv6Mode == GatewayMode.Isolated : settings.IPv4Mode == GatewayMode.Isolated || settings.InhibitIPv4;
            if (pool.Gateway is null || without)
            {
                continue;
            }

            if (ipv6)
            {
                NetworkNamespace.SetSysctl($"net/ipv6/conf/{network.BridgeName}/disable_ipv6", "0");
            }

            if (!present.Exists(a => a.Address.Equals(pool.Gateway) && a.PrefixLength == pool.Subnet.PrefixLength))
            {
                NetlinkAnswer added = host.AddAddress(bridge.Index, pool.Gateway, pool.Subnet.PrefixLength);
                if (added.Errno != Errno.EEXIST)
                {
                    // EEXIST: another daemon that shares the bridge was faster.
                    added.ThrowIfError($"failed to set address {pool.Gateway}/{pool.Subnet.PrefixLength} on bridge {network.BridgeName}");
                }
            }
        }

        if (settings.DefaultBridge)
        {
            // The daemon's flags were changed: the former address would keep its route.
            foreach (LinkAddress stale in present.Where(a => !a.Address.IsIPv6LinkLocal && !network.Config.Pools.Any(p => a.Address.Equals(p.Gateway) && a.PrefixLength == p.Subnet.PrefixLength)))
            {
                host.DeleteAddress(bridge.Index, stale.Address, stale.PrefixLength).ThrowIfError($"remove address {stale.Address} from bridge {network.BridgeName}");
            }
        }

        // Answers to the host's loopback come back through the bridge; the firewall keeps everybody else from using this.
        NetworkNamespace.SetSysctl($"net/ipv4/conf/{network.BridgeName}/route_localnet", "1").ThrowIfError("route_localnet", network.BridgeName);
        NetworkNamespace.SetSysctl($"net/ipv6/conf/{network.BridgeName}/accept_ra", "0");
        if (!anyIPv6)
        {
            NetworkNamespace.SetSysctl($"net/ipv6/conf/{network.BridgeName}/disable_ipv6", "1");
        }
    }

    public void Remove(NetworkRecord network)
    {
        if (network.AdoptedBridge)
        {
            return;
        }

        NetlinkAnswer answer = host.DeleteLink(network.BridgeName);
        if (answer.Errno != Errno.ENODEV)
        {
            answer.ThrowIfError($"remove bridge {network.BridgeName}");
        }
    }

    public Endpoint Attach(NetworkRecord network, Endpoint endpoint, SandboxNamespace sandbox)
    {
        if (host.FindLink(network.BridgeName) is not { } bridge)
        {
            // Somebody deleted it; those who were on it have lost their network, but nobody else need.
            Ensure(network);
            bridge = host.FindLink(network.BridgeName) ?? throw WharfException.Internal($"bridge {network.BridgeName} of network {network.Name} vanished");
        }

        foreach (IPAddress own in endpoint.Addresses())
        {
            // A container that comes back within milliseconds must not share its address with its former self.
            Close(own);
        }

        MacAddress mac = !endpoint.Mac.IsEmpty ? endpoint.Mac
            : endpoint.IPv4 is { } address ? MacAddress.FromIPv4(IPv4Value.From(address.Address))
            : RandomMac();
        var request = new VethRequest
        {
            Name = VethPrefix + SecureRandom.Hex(VethDigits),
            Alias = Alias + endpoint.Id,
            Master = bridge.Index,
            PeerName = endpoint.Interface,
            PeerAddress = mac.ToBytes(),
            PeerNamespace = sandbox.Handle,
            Mtu = BridgeSettings.Parse(network.Config).Mtu,
            Hairpin = BridgeCallsIptables(),
        };
        NetlinkAnswer answer = host.CreateVeth(request);
        if (!answer.Ok)
        {
            host.DeleteLink(request.Name);
            answer.ThrowIfError($"failed to create endpoint on network {network.Name}: failed to add the host ({request.Name}) <=> sandbox ({endpoint.Interface}) pair interfaces");
        }

        return endpoint with { HostInterface = request.Name, Mac = mac };
    }

    public Action? Leave(Endpoint endpoint)
    {
        List<IPAddress> addresses = [.. endpoint.Addresses()];
        var closing = new Lazy<NetlinkAnswer>(() => host.ClosePort(endpoint.HostInterface));
        addresses.ForEach(a => _leaving[a] = closing);
        return () => addresses.ForEach(Close);
    }

    public void Detach(NetworkRecord network, Endpoint endpoint, SandboxNamespace sandbox)
    {
        if (endpoint.HostInterface.Length == 0)
        {
            return;
        }

        NetlinkAnswer answer = host.DeleteLink(endpoint.HostInterface);
        if (answer.Errno != Errno.ENODEV)
        {
            answer.ThrowIfError($"remove interface {endpoint.HostInterface}");
        }
    }

    private void Close(IPAddress address)
    {
        if (_leaving.TryGetValue(address, out Lazy<NetlinkAnswer>? closing))
        {
            NetlinkAnswer answer = closing.Value;
            _leaving.TryRemove(new KeyValuePair<IPAddress, Lazy<NetlinkAnswer>>(address, closing));

            // ENODEV: the kernel was quicker. ENETDOWN: it is half-way there.
            if (answer.Errno is not (Errno.ENODEV or Errno.ENETDOWN))
            {
                answer.ThrowIfError($"close the bridge port that had {address}");
            }
        }
    }

    internal static MacAddress RandomMac()
    {
        Span<byte> bytes = stackalloc byte[6];
        SecureRandom.Fill(bytes);

        // Locally administered, not a group (IEEE 802).
        bytes[0] = (byte)(bytes[0] & 0xfc | 0x02);
        return MacAddress.FromBytes(bytes);
    }

    private LinkInfo Find(NetworkRecord network, BridgeSettings settings)
    {
        if (host.FindLink(network.BridgeName) is { } found)
        {
            if (found.Kind != "bridge")
            {
                throw WharfException.Forbidden($"interface {network.BridgeName} exists and is not a bridge");
            }

            if (!found.Up)
            {
                host.SetUp(found.Index).ThrowIfError($"bring up bridge {network.BridgeName}");
            }

            if (found.Group == 0)
            {
                host.SetGroup(found.Index, Group).ThrowIfError($"set group of bridge {network.BridgeName}");
            }

            return found;
        }

        host.CreateBridge(network.BridgeName, RandomMac().ToBytes(), settings.Mtu, Group).ThrowIfError($"create bridge {network.BridgeName}");
        return host.FindLink(network.BridgeName) ?? throw WharfException.Internal($"bridge {network.BridgeName} vanished");
    }

    /// <summary>
    /// With br_netfilter in the kernel and switched on, a frame for a port that the container itself publishes is translated inside the bridge and must go
    /// back where it came from; without it the host routes it, and the port needs nothing.
    /// </summary>
    private static bool BridgeCallsIptables()
    {
        const string switchFile = "/proc/sys/net/bridge/bridge-nf-call-iptables";
        return File.Exists(switchFile) && File.ReadAllText(switchFile).StartsWith('1');
    }
}
