using System.Net;
using System.Net.Sockets;
using Wharf.Network.Bridges;
using Wharf.Network.Ports;
using Wharf.Network.Sandboxes;
using Wharf.Primitives;

namespace Wharf.Network.Control;

/// <summary>Decides on which addresses of the host a container's ports are published, and takes them.</summary>
internal sealed class PortPublisher(PortRegistry registry, IPAddress defaultBinding)
{
    // A host whose kernel or loopback has no IPv6 has nothing to publish there.
    private static readonly Lazy<bool> HostHasIPv6 = new(() =>
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    });

    /// <exception cref="WharfException">Internal or InvalidArgument with Docker's texts; nothing is held then.</exception>
    public (List<PublishedPort> Ports, List<PortReservation> Reservations) Publish(SandboxRequest request, Endpoint endpoint, NetworkEntry network)
    {
        BridgeSettings settings = BridgeSettings.Parse(network.Record.Config);
        List<PublishedPort> ports = [];
        List<PortReservation> held = [];
        try
        {
            // those that say where first: the others take what is left
            foreach (PortRequest port in request.Ports.OrderBy(p => p.HostPort == 0 ? 2 : p.HostPortEnd > p.HostPort ? 1 : 0))
            {
                Publish(port, endpoint, settings, ports, held);
            }

            return (ports, held);
        }
        catch (WharfException e)
        {
            registry.Release(held);
            throw new WharfException(e.Kind,
                $"driver failed programming external connectivity on endpoint {request.ContainerName} ({endpoint.Id}): {e.Message}", e);
        }
    }

    private void Publish(PortRequest port, Endpoint endpoint, BridgeSettings settings, List<PublishedPort> ports, List<PortReservation> held)
    {
        List<IPAddress> translated = [];
        List<PublishedPort> all = [];
        foreach (IPAddress address in Addresses(port, endpoint, settings))
        {
            bool ipv6 = address.AddressFamily == AddressFamily.InterNetworkV6;
            if ((ipv6 ? settings.IPv6Mode : settings.IPv4Mode) == GatewayMode.Routed)
            {
                all.Add(new PublishedPort { Port = port.Port, HostAddress = address, HostPort = 0 });
            }
            else
            {
                translated.Add(address);
            }
        }

        if (translated.Count > 0)
        {
            List<PortReservation> taken = registry.Reserve(port, translated, endpoint.IPv4?.Address ?? endpoint.IPv6?.Address);
            held.AddRange(taken);
            all.AddRange(taken.Select(t => new PublishedPort { Port = t.Port, HostAddress = t.HostAddress, HostPort = t.HostPort }));
        }

        ports.AddRange(all.OrderBy(p => p.HostAddress.AddressFamily));
    }

    private IEnumerable<IPAddress> Addresses(PortRequest port, Endpoint endpoint, BridgeSettings settings)
    {
        if (port.HostAddress is { } chosen)
        {
            if (chosen.AddressFamily == AddressFamily.InterNetwork && endpoint.IPv4 is null)
            {
                throw WharfException.Invalid($"cannot publish {port.Port} on {chosen}: the container has no IPv4 address on network {endpoint.NetworkName}");
            }

            yield return chosen;
            yield break;
        }

        IPAddress binding = settings.HostBinding ?? defaultBinding;
        if (binding.AddressFamily == AddressFamily.InterNetworkV6 && !binding.Equals(IPAddress.IPv6Any))
        {
            yield return binding;
            yield break;
        }

        if (endpoint.IPv4 is not null)
        {
            yield return binding.AddressFamily == AddressFamily.InterNetwork ? binding : IPAddress.Any;
        }

        // A particular IPv4 binding says that the port is not meant for everybody.
        if ((endpoint.IPv6 is not null || (HostHasIPv6.Value && settings.IPv4Mode != GatewayMode.Routed)) && (binding.Equals(IPAddress.Any) || binding.Equals(IPAddress.IPv6Any)))
        {
            yield return IPAddress.IPv6Any;
        }
    }
}
