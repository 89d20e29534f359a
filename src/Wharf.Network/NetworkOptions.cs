using System.Net;
using Wharf.Network.Addressing;

namespace Wharf.Network;

/// <summary>The daemon's network settings, named after its flags.</summary>
public sealed record NetworkOptions
{
    /// <summary>Where namespaces are bound (<c>EXECROOT/netns/ID</c>); a folder that a reboot empties.</summary>
    public required string ExecRoot { get; init; }

    /// <summary><c>--bridge</c>: the default network's bridge; created when absent. <c>none</c>: no default bridge network.</summary>
    public string Bridge { get; init; } = "docker0";

    /// <summary><c>--bip</c>: address and prefix of the default bridge.</summary>
    public InterfaceAddress? BridgeAddress { get; init; }

    /// <summary><c>--bip6</c>.</summary>
    public InterfaceAddress? BridgeAddressIPv6 { get; init; }

    /// <summary><c>--fixed-cidr</c>: automatic addresses of the default network come from here; without <c>--bip</c> it is the network's subnet.</summary>
    public Subnet FixedRange { get; init; }

    /// <summary><c>--fixed-cidr-v6</c>.</summary>
    public Subnet FixedRangeIPv6 { get; init; }

    /// <summary><c>--default-gateway</c>: another machine as the default network's gateway.</summary>
    public IPAddress? DefaultGateway { get; init; }

    /// <summary><c>--default-gateway-v6</c>.</summary>
    public IPAddress? DefaultGatewayIPv6 { get; init; }

    /// <summary><c>--ip</c>: the address that ports are published on when none is given.</summary>
    public IPAddress DefaultBinding { get; init; } = IPAddress.Any;

    /// <summary><c>--icc</c>: containers of the default network may talk to each other.</summary>
    public bool InterContainer { get; init; } = true;

    /// <summary><c>--ip-forward</c>.</summary>
    public bool IpForward { get; init; } = true;

    /// <summary><c>--ip-forward-no-drop</c>: where forwarding was turned on by us, the host routes for others than containers too.</summary>
    public bool RouteForOthers { get; init; }

    /// <summary><c>--allow-direct-routing</c>: published ports of networks in mode nat may also be reached at the container's own address.</summary>
    public bool DirectRouting { get; init; }

    /// <summary><c>--ip-masq</c>.</summary>
    public bool Masquerade { get; init; } = true;

    /// <summary><c>--iptables</c>: false leaves IPv4 out of the firewall, and with it published ports.</summary>
    public bool Firewall { get; init; } = true;

    /// <summary><c>--ip6tables</c>: the same for IPv6.</summary>
    public bool FirewallIPv6 { get; init; } = true;

    /// <summary><c>--ipv6</c>: the default network has IPv6 too.</summary>
    public bool IPv6 { get; init; }

    /// <summary><c>--mtu</c>; 0 means the kernel's default.</summary>
    public int Mtu { get; init; }

    /// <summary><c>--default-address-pool</c>: ranges and the prefix length of networks cut from them; empty means Docker's defaults.</summary>
    public IReadOnlyList<AddressPoolSource> AddressPools { get; init; } = [];

    /// <summary><c>--default-network-opt</c>: options of new networks that do not set them.</summary>
    public IReadOnlyList<NetworkDriverOption> DriverOptions { get; init; } = [];

    /// <summary><c>--dns</c>, <c>--dns-search</c>, <c>--dns-option</c>.</summary>
    public Sandboxes.DnsSettings Dns { get; init; } = new();

    /// <summary><c>--host-gateway-ip</c>; the default bridge's address when absent.</summary>
    public IReadOnlyList<IPAddress> HostGateway { get; init; } = [];

    /// <summary>The host's resolver file.</summary>
    public string HostResolvConf { get; init; } = "/etc/resolv.conf";

    /// <summary>The host's names file, given to containers in host mode.</summary>
    public string HostHosts { get; init; } = "/etc/hosts";

    /// <summary>How many network namespaces are kept ready.</summary>
    public int ReadyNamespaces { get; init; } = 8;

    /// <summary>The nf_tables table of this daemon (families inet and bridge); two daemons in one namespace need two names.</summary>
    public string FirewallTable { get; init; } = "wharf";

    /// <summary>Own the tables where the kernel can (6.9): then no flush by another program reaches them. Elsewhere they are put back within a second.</summary>
    public bool OwnFirewall { get; init; } = true;
}

/// <summary>A range that networks of one size are cut from.</summary>
public sealed record AddressPoolSource(Subnet Base, int Size);

/// <summary>An option that new networks of one driver have unless they say otherwise.</summary>
public sealed record NetworkDriverOption(string Driver, string Key, string Value);
