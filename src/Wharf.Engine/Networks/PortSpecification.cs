using System.Globalization;
using System.Net;
using Wharf.Api.Containers;
using Wharf.Network.Ports;
using Wharf.Primitives;

namespace Wharf.Engine.Networks;

/// <summary>Ports as the API writes them: keys <c>80/tcp</c> or <c>8000-8010/udp</c>, bindings with addresses and host ports or ranges.</summary>
internal static class PortSpecification
{
    /// <summary>All ports of a key of ExposedPorts.</summary>
    /// <exception cref="WharfException">InvalidArgument with Docker's text.</exception>
    public static IReadOnlyList<ContainerPort> ParseExposed(string key)
    {
        int slash = key.IndexOf('/');
        string ports = slash < 0 ? key : key[..slash];
        TransportProtocol protocol = ParseProtocol(slash < 0 ? "tcp" : key[(slash + 1)..], key);
        (ushort first, ushort last) = ParseRange(ports, key);
        return [.. Enumerable.Range(first, last - first + 1).Select(p => new ContainerPort((ushort)p, protocol))];
    }

    /// <summary>The requests of one entry of PortBindings. An entry without bindings publishes on any free port.</summary>
    public static IReadOnlyList<PortRequest> ParseBindings(string key, IReadOnlyList<PortBinding>? bindings)
    {
        IReadOnlyList<ContainerPort> ports = ParseExposed(key);
        if (ports.Count != 1)
        {
            throw WharfException.Invalid($"invalid port specification: \"{key}\"");
        }

        if (bindings is null or [])
        {
            return [new PortRequest { Port = ports[0] }];
        }

        var requests = new List<PortRequest>(bindings.Count);
        foreach (PortBinding binding in bindings)
        {
            IPAddress? address = null;
            if (!string.IsNullOrEmpty(binding.HostIp) && !IPAddress.TryParse(binding.HostIp, out address))
            {
                throw WharfException.Invalid($"invalid IP address: {binding.HostIp}");
            }

            (ushort first, ushort last) = string.IsNullOrEmpty(binding.HostPort) || binding.HostPort == "0" ? ((ushort)0, (ushort)0) : ParseRange(binding.HostPort, binding.HostPort);
            requests.Add(new PortRequest { Port = ports[0], HostAddress = address, HostPort = first, HostPortEnd = last });
        }

        return requests;
    }

    private static (ushort First, ushort Last) ParseRange(string text, string whole)
    {
        int dash = text.IndexOf('-');
        string low = dash < 0 ? text : text[..dash], high = dash < 0 ? text : text[(dash + 1)..];
        if (!ushort.TryParse(low, NumberStyles.None, CultureInfo.InvariantCulture, out ushort first)
            || !ushort.TryParse(high, NumberStyles.None, CultureInfo.InvariantCulture, out ushort last)
            || first == 0 || last < first)
        {
            throw WharfException.Invalid($"invalid port specification: \"{whole}\"");
        }

        return (first, last);
    }

    private static TransportProtocol ParseProtocol(string text, string whole) => text.ToLowerInvariant() switch
    {
        "" or "tcp" => TransportProtocol.Tcp,
        "udp" => TransportProtocol.Udp,
        "sctp" => TransportProtocol.Sctp,
        _ => throw WharfException.Invalid($"invalid protocol: \"{text}\" in port specification \"{whole}\""),
    };
}
