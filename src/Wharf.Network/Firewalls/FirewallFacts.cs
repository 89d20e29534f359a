using System.Net;
using Wharf.Network.Bridges;
using Wharf.Network.Ports;

namespace Wharf.Network.Firewalls;

/// <summary>What the firewall must know of one bridge network.</summary>
internal sealed record BridgeFacts
{
    public required string Bridge { get; init; }

    public bool InterContainer { get; init; } = true;

    public bool Internal { get; init; }

    public bool Masquerade { get; init; } = true;

    public GatewayMode IPv4Mode { get; init; }

    public GatewayMode IPv6Mode { get; init; }

    /// <summary>Outgoing traffic takes this source address instead of the interface's.</summary>
    public IPAddress? SourceIPv4 { get; init; }

    public IPAddress? SourceIPv6 { get; init; }

    /// <summary>Interfaces of the host from which containers may be reached directly.</summary>
    public IReadOnlyList<string> TrustedInterfaces { get; init; } = [];
}

/// <summary>What the firewall must know of one container on a bridge network.</summary>
internal sealed record EndpointFacts
{
    public required BridgeFacts Bridge { get; init; }

    public required string HostInterface { get; init; }

    public IPAddress? IPv4 { get; init; }

    public IPAddress? IPv6 { get; init; }

    public IReadOnlyList<PublishedPort> Ports { get; init; } = [];

    /// <summary>Published ports are open at the container's own address, too (<c>--allow-direct-routing</c>).</summary>
    public bool DirectRouting { get; init; }

    /// <summary>Where icc=false: the containers that this one is linked to, with the ports that opens.</summary>
    public IReadOnlyList<LinkFacts> Links { get; init; } = [];
}

/// <summary>One linked container on the same bridge.</summary>
internal sealed record LinkFacts(IPAddress? IPv4, IPAddress? IPv6, IReadOnlyList<ContainerPort> Ports);
