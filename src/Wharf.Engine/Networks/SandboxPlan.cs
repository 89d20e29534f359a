using System.Net;
using Wharf.Api.Containers;
using Wharf.Api.Networks;
using Wharf.Engine.Containers;
using Wharf.Engine.Containers.Creation;
using Wharf.Network.Addressing;
using Wharf.Network.Ports;
using Wharf.Network.Sandboxes;
using Wharf.Primitives;

namespace Wharf.Engine.Networks;

/// <summary>Turns a container's configuration into the request that the network room understands.</summary>
internal static class SandboxPlan
{
    /// <summary>Null for a container that lives in another one's network.</summary>
    public static SandboxRequest? Of(ContainerRecord record, ContainerRegistry containers, string filesDirectory)
    {
        ContainerConfig config = record.Config;
        HostConfig host = record.HostConfig;
        string mode = host.NetworkMode ?? "bridge";
        if (Launch.NamespaceList.IsShared(mode))
        {
            return null;
        }

        ContainerPort[] exposed = [.. (config.ExposedPorts ?? []).Keys.SelectMany(PortSpecification.ParseExposed)];
        return new SandboxRequest
        {
            ContainerId = record.Id,
            ContainerName = record.Name,
            Mode = mode == "host" ? SandboxMode.Host : SandboxMode.Private,
            Hostname = config.Hostname ?? "",
            DomainName = config.Domainname ?? "",
            Endpoints = mode is "host" or "none" || config.NetworkDisabled == true ? [] : [.. record.Definition.Networks.Select(n => Endpoint(n.Key, n.Value, record, containers))],
            Ports = mode is "host" or "none" ? [] : Ports(host, exposed),
            ExposedPorts = exposed,
            WithoutIPv6 = host.Sysctls?.GetValueOrDefault("net.ipv6.conf.all.disable_ipv6") == "1",
            Dns = new DnsSettings
            {
                Servers = [.. (host.Dns ?? []).Select(IPAddress.Parse)],
                Search = host.DnsSearch ?? [],
                Options = host.DnsOptions ?? [],
            },
            ExtraHosts = [.. (host.ExtraHosts ?? []).Select(ParseHost)],
            FilesDirectory = filesDirectory,
        };
    }

    public static EndpointRequest Endpoint(string network, EndpointSettings settings, ContainerRecord record, ContainerRegistry containers) => new()
    {
        Network = network,
        IPv4 = Address(settings.IPAMConfig?.IPv4Address),
        IPv6 = Address(settings.IPAMConfig?.IPv6Address),
        LinkLocal = [.. (settings.IPAMConfig?.LinkLocalIPs ?? []).Select(IPAddress.Parse)],
        Mac = string.IsNullOrEmpty(settings.MacAddress) ? default : MacAddress.Parse(settings.MacAddress),
        Aliases = settings.Aliases ?? [],
        Links = [.. Links(network, settings, record, containers).Select(l => Link(l, network, record, containers))],
        GatewayPriority = (int)settings.GwPriority,
        DriverOptions = settings.DriverOpts ?? [],
    };

    // a link of the default bridge ends with the container that it leads to
    private static IEnumerable<string> Links(string network, EndpointSettings settings, ContainerRecord record, ContainerRegistry containers) =>
        IsOwn(network, record) ? (record.HostConfig.Links ?? []).Where(l => network != "bridge" || containers.TryGet(ContainerLinks.Split(l).Name) is not null).Concat(settings.Links ?? []).Distinct() : settings.Links ?? [];

    // The mode may name the network by its ID.
    private static bool IsOwn(string network, ContainerRecord record) =>
        network == record.HostConfig.NetworkMode || (record.Definition.Networks.Count == 1 && !record.Definition.Networks.ContainsKey(record.HostConfig.NetworkMode ?? ""));

    /// <summary><c>name[:alias]</c>, or inspect's <c>/name:/parent/alias</c>.</summary>
    private static LinkRequest Link(string text, string network, ContainerRecord record, ContainerRegistry containers)
    {
        (string name, string alias) = ContainerLinks.Split(text);
        Container? target = containers.TryGet(name);
        if (target is null && network is not "bridge")
        {
            // it may come later, by this name
            return new LinkRequest("", name.TrimStart('/'), alias);
        }

        target = target ?? throw WharfException.Invalid($"could not get container for {name}: {ContainerErrors.NoSuchContainer(name).Message}");
        if (network == "bridge" && !target.Current.State.Status.HasProcess())
        {
            throw WharfException.Internal($"Cannot link to a non running container: /{target.Current.Name} AS /{record.Name}/{alias}");
        }

        return new LinkRequest(target.Id, target.Current.Name, alias);
    }

    private static List<PortRequest> Ports(HostConfig host, ContainerPort[] exposed)
    {
        List<PortRequest> requests = [.. (host.PortBindings ?? []).SelectMany(p => PortSpecification.ParseBindings(p.Key, p.Value))];
        if (host.PublishAllPorts)
        {
            var bound = requests.Select(r => r.Port).ToHashSet();
            requests.AddRange(exposed.Where(p => !bound.Contains(p)).Select(p => new PortRequest { Port = p }));
        }

        return requests;
    }

    private static ExtraHost ParseHost(string line)
    {
        int separator = line.IndexOf(':');
        return new ExtraHost(line[..separator], line[(separator + 1)..].Trim('[', ']'));
    }

    private static IPAddress? Address(string? text) => string.IsNullOrEmpty(text) ? null : IPAddress.Parse(text);
}
