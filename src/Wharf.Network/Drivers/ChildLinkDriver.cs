using System.Globalization;
using Wharf.Linux;
using Wharf.Linux.Netlink;
using Wharf.Network.Networks;
using Wharf.Network.Sandboxes;
using Wharf.Primitives;

namespace Wharf.Network.Drivers;

/// <summary>
/// What macvlan and ipvlan share: containers' interfaces are children of one of the host's (option <c>parent</c>; <c>eth0.50</c> is an 802.1Q
/// interface that is made when it is missing; none at all means a dummy, and then the network is internal).
/// </summary>
internal abstract class ChildLinkDriver(RouteConnection host) : INetworkDriver
{
    private const string DummyPrefix = "dm-";

    public abstract string Name { get; }

    public bool HasInterfaces => true;

    public bool PublishesPorts => false;

    protected RouteConnection Host => host;

    public virtual bool WantsGateway(NetworkConfig config, bool ipv6) => true;

    public bool HasNames(NetworkRecord network) => true;

    public string InterfacePrefix(NetworkRecord network) => "eth";

    public virtual bool RoutesByDevice(NetworkRecord network) => false;

    public virtual bool AnnouncesAddresses => false;

    public NetworkRecord Plan(NetworkRecord network, IReadOnlyCollection<NetworkRecord> others)
    {
        CheckOptions(network.Config.Options);
        string parent = network.Config.Options.GetValueOrDefault("parent") is { Length: > 0 } given
            ? Bridges.BridgeSettings.InterfaceName("parent", given)
            : DummyPrefix + ObjectId.Shorten(network.Id);
        if (others.FirstOrDefault(o => o.Parent == parent && o.Driver != Name) is { } other)
        {
            throw WharfException.Forbidden($"network {other.Name} ({ObjectId.Shorten(other.Id)}) is already using parent interface {parent} with driver {other.Driver}");
        }

        bool isDummy = parent.StartsWith(DummyPrefix, StringComparison.Ordinal);
        return network with
        {
            Parent = parent,
            OwnsParent = host.FindLink(parent) is null,
            Config = isDummy ? network.Config with { Internal = true } : network.Config,
        };
    }

    public void Ensure(NetworkRecord network)
    {
        if (host.FindLink(network.Parent) is { } found)
        {
            if (!found.Up)
            {
                host.SetUp(found.Index).ThrowIfError($"bring up {network.Parent}");
            }

            return;
        }

        if (network.Parent.StartsWith(DummyPrefix, StringComparison.Ordinal))
        {
            host.CreateDummy(network.Parent).ThrowIfError($"create dummy interface {network.Parent}");
            return;
        }

        int dot = network.Parent.LastIndexOf('.');
        if (dot <= 0 || host.FindLink(network.Parent[..dot]) is not { } master)
        {
            throw WharfException.Invalid($"interface {network.Parent} to create network {network.Name} on was not found on the host");
        }

        if (!ushort.TryParse(network.Parent.AsSpan(dot + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort id) || id is 0 or > 4094)
        {
            throw WharfException.Invalid($"invalid parent {network.Parent}: an 802.1q id is between 1 and 4094");
        }

        host.CreateVlan(network.Parent, master.Index, id).ThrowIfError($"create 802.1q interface {network.Parent}");
    }

    public void Remove(NetworkRecord network)
    {
        if (!network.OwnsParent)
        {
            return;
        }

        NetlinkAnswer answer = host.DeleteLink(network.Parent);
        if (answer.Errno != Errno.ENODEV)
        {
            answer.ThrowIfError($"remove interface {network.Parent}");
        }
    }

    public Endpoint Attach(NetworkRecord network, Endpoint endpoint, SandboxNamespace sandbox)
    {
        LinkInfo parent = host.FindLink(network.Parent)
            ?? throw WharfException.Internal($"interface {network.Parent} of network {network.Name} does not exist on this host any more");
        return Attach(network, endpoint, sandbox, parent);
    }

    public void Detach(NetworkRecord network, Endpoint endpoint, SandboxNamespace sandbox)
    {
        NetlinkAnswer answer = sandbox.Route.DeleteLink(endpoint.Interface);
        if (answer.Errno != Errno.ENODEV)
        {
            answer.ThrowIfError($"remove interface {endpoint.Interface}");
        }
    }

    protected abstract Endpoint Attach(NetworkRecord network, Endpoint endpoint, SandboxNamespace sandbox, LinkInfo parent);

    protected abstract void CheckOptions(IReadOnlyDictionary<string, string> options);
}
