using System.Net;
using System.Net.Sockets;
using Wharf.Linux.NfTables;
using Wharf.Network.Bridges;
using Wharf.Network.Ports;

namespace Wharf.Network.Firewalls;

/// <summary>The part of each network and each container in the firewall's sets and maps: a pure function of what is recorded.</summary>
internal static class FirewallElements
{
    public static IEnumerable<NfElement> Of(BridgeFacts bridge)
    {
        string name = bridge.Bridge;
        byte[] own = new ElementBytes().Interface(name);
        byte[] pair = new ElementBytes().Interface(name).Interface(name);
        yield return Inet("bridges", own);
        yield return Inet("same", pair);
        if (bridge.InterContainer)
        {
            yield return Inet("icc", pair);
        }

        if (bridge.Internal)
        {
            yield return Inet("internal", own);
            yield break;
        }

        foreach (string trusted in bridge.TrustedInterfaces.Distinct())
        {
            yield return Inet("trusted", new ElementBytes().Interface(trusted).Interface(name));
        }

        foreach ((char family, GatewayMode mode, IPAddress? source) in
            new[] { ('4', bridge.IPv4Mode, bridge.SourceIPv4), ('6', bridge.IPv6Mode, bridge.SourceIPv6) })
        {
            switch (mode)
            {
                case GatewayMode.Routed:
                    yield return Inet("routed" + family, own);
                    break;
                case GatewayMode.NatUnprotected:
                    yield return Inet("unprotected" + family, own);
                    break;
            }

            if (mode is GatewayMode.Routed or GatewayMode.Isolated || !bridge.Masquerade)
            {
                continue;
            }

            yield return source is null
                ? Inet("masquerade" + family, own)
                : new NfElement(NfFamily.Inet, "source" + family, own, source.GetAddressBytes());
        }
    }

    public static IEnumerable<NfElement> Of(EndpointFacts endpoint)
    {
        foreach (IPAddress address in Addresses(endpoint))
        {
            yield return Inet("members" + Family(address), new ElementBytes().Interface(endpoint.Bridge.Bridge).Address(address));
        }

        if (!endpoint.Bridge.InterContainer)
        {
            yield return new NfElement(NfFamily.Bridge, "isolated", new ElementBytes().Interface(endpoint.HostInterface));
        }

        foreach (NfElement element in endpoint.Ports.SelectMany(p => Port(endpoint, p)).Distinct())
        {
            yield return element;
        }

        foreach (byte[] key in endpoint.Links.SelectMany(l => LinkKeys(endpoint, l)))
        {
            string set = "links" + (key.Length > 16 ? '6' : '4');
            yield return Inet(set, key);
            yield return new NfElement(NfFamily.Bridge, set, key);
        }
    }

    private static IEnumerable<NfElement> Port(EndpointFacts endpoint, PublishedPort port)
    {
        IPAddress? target = port.HostAddress.AddressFamily == AddressFamily.InterNetworkV6 ? endpoint.IPv6 : endpoint.IPv4;
        if (target is null || port.HostAddress.Equals(IPAddress.IPv6Loopback))
        {
            // The daemon's relay carries these.
            yield break;
        }

        char family = Family(target);
        if (port.HostPort == 0 || endpoint.DirectRouting)
        {
            yield return Inet("open" + family, new ElementBytes().Address(target).Protocol(port.Port.Protocol).Port(port.Port.Port));
        }

        if (port.HostPort == 0)
        {
            yield break;
        }

        byte[] value = new ElementBytes().Address(target).Port(port.Port.Port);
        yield return port.HostAddress.Equals(IPAddress.Any) || port.HostAddress.Equals(IPAddress.IPv6Any)
            ? new NfElement(NfFamily.Inet, "published" + family, new ElementBytes().Protocol(port.Port.Protocol).Port(port.HostPort), value)
            : new NfElement(NfFamily.Inet, "published-at" + family,
                new ElementBytes().Address(port.HostAddress).Protocol(port.Port.Protocol).Port(port.HostPort), value);
    }

    private static IEnumerable<byte[]> LinkKeys(EndpointFacts endpoint, LinkFacts link)
    {
        foreach (ContainerPort port in link.Ports)
        {
            if (endpoint.IPv4 is not null && link.IPv4 is not null)
            {
                yield return new ElementBytes().Address(endpoint.IPv4).Address(link.IPv4).Protocol(port.Protocol).Port(port.Port);
            }

            if (endpoint.IPv6 is not null && link.IPv6 is not null)
            {
                yield return new ElementBytes().Address(endpoint.IPv6).Address(link.IPv6).Protocol(port.Protocol).Port(port.Port);
            }
        }
    }

    private static IEnumerable<IPAddress> Addresses(EndpointFacts endpoint) => new[] { endpoint.IPv4, endpoint.IPv6 }.OfType<IPAddress>();

    private static char Family(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6 ? '6' : '4';

    private static NfElement Inet(string set, byte[] key) => new(NfFamily.Inet, set, key);
}
