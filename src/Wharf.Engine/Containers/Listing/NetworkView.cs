using Wharf.Api.Containers;
using Wharf.Api.Networks;
using Wharf.Engine.Networks;
using Wharf.Network;
using Wharf.Network.Networks;
using Wharf.Network.Ports;
using Wharf.Network.Sandboxes;

namespace Wharf.Engine.Containers.Listing;

/// <summary>A container's network as the API shows it: what was asked for, with the addresses and ports in use while it runs.</summary>
internal static class NetworkView
{
    public static NetworkSettings Settings(ContainerRecord record, INetworkController networks) => new()
    {
        SandboxID = record.Sandbox?.SandboxId ?? "",
        SandboxKey = record.Sandbox?.Key ?? "",
        Ports = Ports(record),
        Networks = Endpoints(record, networks),
    };

    /// <summary>The hardware address that the container's user chose for its main network; null when the engine chooses.</summary>
    public static string? AskedMac(ContainerRecord record)
    {
        string mode = record.HostConfig.NetworkMode ?? "bridge";
        return record.Definition.Networks.GetValueOrDefault(mode == "default" ? "bridge" : mode)?.MacAddress is { Length: > 0 } asked ? asked : null;
    }

    public static Dictionary<string, EndpointSettings> Endpoints(ContainerRecord record, INetworkController networks)
    {
        var shown = new Dictionary<string, EndpointSettings>(StringComparer.Ordinal);
        foreach ((string name, EndpointSettings wish) in record.Definition.Networks)
        {
            NetworkRecord? network = networks.Networks.FirstOrDefault(n => n.Name == name || n.Id == name);
            Endpoint? endpoint = record.Sandbox?.Endpoints.FirstOrDefault(e => e.NetworkName == name || e.NetworkId == name);
            shown[network?.Name ?? name] = wish.With(changed =>
            {
                changed.NetworkID = network?.Id ?? wish.NetworkID ?? "";
                changed.EndpointID = endpoint?.Id ?? "";
                changed.MacAddress = endpoint?.Mac.ToString() ?? wish.MacAddress ?? "";
                changed.Gateway = endpoint?.Gateway?.ToString() ?? "";
                changed.IPAddress = endpoint?.IPv4?.Address.ToString() ?? "";
                changed.IPPrefixLen = endpoint?.IPv4?.PrefixLength ?? 0;
                changed.IPv6Gateway = endpoint?.GatewayIPv6?.ToString() ?? "";
                changed.GlobalIPv6Address = endpoint?.IPv6?.Address.ToString() ?? "";
                changed.GlobalIPv6PrefixLen = endpoint?.IPv6?.PrefixLength ?? 0;
                changed.DNSNames = endpoint is { DnsNames.Count: > 0 } ? [.. endpoint.DnsNames] : wish.DNSNames;
            });
        }

        return shown;
    }

    /// <summary>Every published port with its bindings, every exposed one without any; nothing while the container does not run.</summary>
    public static Dictionary<string, List<PortBinding>?> Ports(ContainerRecord record)
    {
        var ports = new Dictionary<string, List<PortBinding>?>(StringComparer.Ordinal);
        if (record.Sandbox is null || record.Sandbox.Request.Mode == SandboxMode.Host)
        {
            return ports;
        }

        foreach (ContainerPort port in (record.Config.ExposedPorts ?? []).Keys.SelectMany(PortSpecification.ParseExposed))
        {
            ports[port.ToString()] = null;
        }

        foreach (PublishedPort published in record.Sandbox.Ports)
        {
            string key = published.Port.ToString();
            List<PortBinding> bindings = ports.GetValueOrDefault(key) ?? [];

            // A routed network opens the container's own port; the host has none for it.
            bindings.Add(new PortBinding { HostIp = published.HostAddress.ToString(), HostPort = published.HostPort == 0 ? "" : published.HostPort.ToString() });
            ports[key] = bindings;
        }

        return ports;
    }

    public static List<PortSummary> Summary(ContainerRecord record)
    {
        var list = new List<PortSummary>();
        foreach ((string key, List<PortBinding>? bindings) in Ports(record))
        {
            ContainerPort port = PortSpecification.ParseExposed(key)[0];
            string type = port.Protocol.ToString().ToLowerInvariant();
            if (bindings is null)
            {
                list.Add(new PortSummary { PrivatePort = port.Port, Type = type });
            }

            foreach (PortBinding binding in bindings ?? [])
            {
                list.Add(new PortSummary { Ip = binding.HostIp, PrivatePort = port.Port, PublicPort = binding.HostPort is { Length: > 0 } taken ? long.Parse(taken) : 0, Type = type });
            }
        }

        return list;
    }
}
