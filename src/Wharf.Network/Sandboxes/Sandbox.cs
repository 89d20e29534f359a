using System.Net;
using Wharf.Network.Addressing;
using Wharf.Network.Ports;

namespace Wharf.Network.Sandboxes;

/// <summary>
/// A container's network as it is now. An immutable snapshot; the engine stores the newest one with its container and gives those of
/// running containers back to <see cref="INetworkController.RestoreAsync"/>.
/// </summary>
public sealed record Sandbox
{
    public required SandboxRequest Request { get; init; }

    /// <summary>64 hexadecimal digits.</summary>
    public required string SandboxId { get; init; }

    /// <summary>The path of the network namespace (a bind mount below the exec root; the host's own for <see cref="SandboxMode.Host"/>).</summary>
    public required string Key { get; init; }

    public IReadOnlyList<Endpoint> Endpoints { get; init; } = [];

    public IReadOnlyList<PublishedPort> Ports { get; init; } = [];

    /// <summary>The endpoint's id whose network gives the IPv4 default route and the published ports; empty when there is none.</summary>
    public string GatewayEndpointId { get; init; } = "";

    /// <summary>The content of /etc/hosts.</summary>
    public string Hosts { get; init; } = "";

    /// <summary>The content of /etc/hostname.</summary>
    public string HostnameFile { get; init; } = "";

    /// <summary>The content of /etc/resolv.conf.</summary>
    public string ResolvConf { get; init; } = "";

    public string ContainerId => Request.ContainerId;
}

/// <summary>A container's interface on a network.</summary>
public sealed record Endpoint
{
    /// <summary>64 hexadecimal digits.</summary>
    public required string Id { get; init; }

    public required string NetworkId { get; init; }

    public required string NetworkName { get; init; }

    /// <summary>The wish it came from.</summary>
    public required EndpointRequest Request { get; init; }

    /// <summary>The interface's name in the container (<c>eth0</c>).</summary>
    public string Interface { get; init; } = "";

    /// <summary>The host's end of the pair; empty for drivers without one.</summary>
    public string HostInterface { get; init; } = "";

    public MacAddress Mac { get; init; }

    public InterfaceAddress? IPv4 { get; init; }

    public InterfaceAddress? IPv6 { get; init; }

    public IPAddress? Gateway { get; init; }

    public IPAddress? GatewayIPv6 { get; init; }

    /// <summary>Names that resolve to this endpoint on its network: name, short id, aliases. Empty on the default bridge.</summary>
    public IReadOnlyList<string> DnsNames { get; init; } = [];

    /// <summary>What it has of IPv4 and IPv6, with prefixes.</summary>
    internal IEnumerable<InterfaceAddress> InterfaceAddresses() => new[] { IPv4, IPv6 }.OfType<InterfaceAddress>();

    internal IEnumerable<IPAddress> Addresses() => InterfaceAddresses().Select(a => a.Address);
}

/// <summary>Counters of one interface since it exists (struct rtnl_link_stats64, linux/if_link.h).</summary>
public sealed record InterfaceStatistics
{
    public required string Interface { get; init; }

    public ulong RxBytes { get; init; }

    public ulong RxPackets { get; init; }

    public ulong RxErrors { get; init; }

    public ulong RxDropped { get; init; }

    public ulong TxBytes { get; init; }

    public ulong TxPackets { get; init; }

    public ulong TxErrors { get; init; }

    public ulong TxDropped { get; init; }
}
