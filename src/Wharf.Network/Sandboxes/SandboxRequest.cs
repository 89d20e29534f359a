using System.Net;
using Wharf.Network.Addressing;
using Wharf.Network.Ports;

namespace Wharf.Network.Sandboxes;

/// <summary>What kind of network namespace a container gets.</summary>
public enum SandboxMode
{
    /// <summary>A namespace of its own, with an interface per endpoint; no endpoint leaves it with its loopback (network "none").</summary>
    Private,

    /// <summary>The daemon's own namespace; nothing is created and nothing published.</summary>
    Host,
}

/// <summary>Everything the network needs to know of a container that starts.</summary>
public sealed record SandboxRequest
{
    public required string ContainerId { get; init; }

    /// <summary>Without the leading slash. Resolvable on user-defined networks.</summary>
    public required string ContainerName { get; init; }

    public SandboxMode Mode { get; init; }

    public string Hostname { get; init; } = "";

    public string DomainName { get; init; } = "";

    public IReadOnlyList<EndpointRequest> Endpoints { get; init; } = [];

    public IReadOnlyList<PortRequest> Ports { get; init; } = [];

    /// <summary>Ports of image and configuration; a link opens them where containers may not talk freely (icc=false).</summary>
    public IReadOnlyList<ContainerPort> ExposedPorts { get; init; } = [];

    /// <summary>The container has IPv6 switched off (<c>--sysctl net.ipv6.conf.all.disable_ipv6=1</c>): no addresses, names or lines of it.</summary>
    public bool WithoutIPv6 { get; init; }

    public DnsSettings Dns { get; init; } = new();

    /// <summary>Lines of <c>--add-host</c>, in order. The address may be the word <c>host-gateway</c>.</summary>
    public IReadOnlyList<ExtraHost> ExtraHosts { get; init; } = [];

    /// <summary>
    /// The container's directory. <c>hosts</c>, <c>hostname</c> and <c>resolv.conf</c> are written there and kept up to date in
    /// place (they are bind-mounted, so they are never replaced). Empty: the caller writes the contents itself.
    /// </summary>
    public string FilesDirectory { get; init; } = "";
}

/// <summary>A name and its address for the hosts file.</summary>
public sealed record ExtraHost(string Name, string Address);

/// <summary>The container's own resolver settings; empty lists mean the daemon's, then the host's.</summary>
public sealed record DnsSettings
{
    public IReadOnlyList<IPAddress> Servers { get; init; } = [];

    public IReadOnlyList<string> Search { get; init; } = [];

    public IReadOnlyList<string> Options { get; init; } = [];
}

/// <summary>A container's wish to be on a network.</summary>
public sealed record EndpointRequest
{
    /// <summary>Id or name.</summary>
    public required string Network { get; init; }

    public IPAddress? IPv4 { get; init; }

    public IPAddress? IPv6 { get; init; }

    public IReadOnlyList<IPAddress> LinkLocal { get; init; } = [];

    public MacAddress Mac { get; init; }

    /// <summary>Further names on this network; the short id and the container's name are added by the network.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    public IReadOnlyList<LinkRequest> Links { get; init; } = [];

    /// <summary>Among several endpoints the highest one gives the default route.</summary>
    public int GatewayPriority { get; init; }

    public IReadOnlyDictionary<string, string> DriverOptions { get; init; } = new Dictionary<string, string>();
}

/// <summary>
/// A link to another container. On the default bridge it becomes a line of the hosts file (and an exception where icc=false);
/// on user-defined networks a private alias in the resolver.
/// </summary>
public sealed record LinkRequest(string ContainerId, string ContainerName, string Alias)
{
    /// <summary>Leads to that container: by its id, or by its name when the link was made before there was one.</summary>
    public bool IsTo(string id, string name) => ContainerId.Length > 0 ? ContainerId == id : ContainerName == name;
}
