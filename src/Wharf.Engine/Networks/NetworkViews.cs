using Wharf.Api.Networks;
using Wharf.Network.Networks;
using Wharf.Network.Sandboxes;
using Wharf.Oci.Images;

namespace Wharf.Engine.Networks;

/// <summary>Networks in the API's shape.</summary>
internal static class NetworkViews
{
    public static NetworkSummary Summary(NetworkRecord network) => new()
    {
        Name = network.Name,
        Id = network.Id,
        Created = Rfc3339.Format(network.Created),
        Scope = "local",
        Driver = network.Driver,
        EnableIPv4 = network.Config.EnableIPv4,
        EnableIPv6 = network.Config.EnableIPv6,
        IPAM = Ipam(network),
        Internal = network.Config.Internal,
        Attachable = network.Config.Attachable,
        ConfigFrom = new ConfigReference { Network = network.Config.ConfigFrom },
        ConfigOnly = network.Config.ConfigOnly,
        Options = new Dictionary<string, string>(network.Config.Options),
        Labels = new Dictionary<string, string>(network.Config.Labels),
    };

    public static NetworkInspect Inspect(NetworkRecord network, IReadOnlyList<NetworkMember> members)
    {
        NetworkSummary summary = Summary(network);
        return new NetworkInspect
        {
            Name = summary.Name,
            Id = summary.Id,
            Created = summary.Created,
            Scope = summary.Scope,
            Driver = summary.Driver,
            EnableIPv4 = summary.EnableIPv4,
            EnableIPv6 = summary.EnableIPv6,
            IPAM = summary.IPAM,
            Internal = summary.Internal,
            Attachable = summary.Attachable,
            ConfigFrom = summary.ConfigFrom,
            ConfigOnly = summary.ConfigOnly,
            Options = summary.Options,
            Labels = summary.Labels,
            Containers = members.ToDictionary(m => m.ContainerId, Resource, StringComparer.Ordinal),
        };
    }

    private static EndpointResource Resource(NetworkMember member)
    {
        Endpoint endpoint = member.Endpoint;
        return new EndpointResource
        {
            Name = member.ContainerName,
            EndpointID = endpoint.Id,
            MacAddress = endpoint.Mac.ToString(),
            IPv4Address = endpoint.IPv4?.ToString() ?? "",
            IPv6Address = endpoint.IPv6?.ToString() ?? "",
        };
    }

    private static Ipam Ipam(NetworkRecord network) => new()
    {
        Driver = network.Config.IpamDriver,
        Options = network.Config.IpamOptions.Count == 0 ? null : new Dictionary<string, string>(network.Config.IpamOptions),
        Config =
        [
            .. network.Config.Pools.OrderBy(pool => pool.Subnet.IsIPv6).Select(pool => new IpamConfig
            {
                Subnet = pool.Subnet.ToString(),
                IPRange = pool.Range.IsEmpty ? null : pool.Range.ToString(),
                Gateway = pool.Gateway?.ToString(),
                AuxiliaryAddresses = pool.Auxiliary.Count == 0 ? null : pool.Auxiliary.ToDictionary(a => a.Key, a => a.Value.ToString()),
            }),
        ],
    };
}
