using Microsoft.Win32.SafeHandles;
using Wharf.Primitives;
using static Wharf.Linux.Netlink.RouteMessages;

namespace Wharf.Linux.Netlink;

/// <summary>
/// Interfaces, addresses, routes, neighbours and rules of one network namespace (rtnetlink(7)): that of the thread that called
/// <see cref="Open"/>. Refusals of the kernel that a caller may expect are answers; nothing here throws for them.
/// </summary>
public sealed partial class RouteConnection(NetlinkConnection connection) : IDisposable
{
    /// <summary>A connection in the calling thread's network namespace.</summary>
    public static RouteConnection Open() => new(new NetlinkConnection(NetlinkSocket.Open(NetlinkFamily.Route)));

    public void Dispose() => connection.Dispose();

    /// <summary>An interface by its name, without its counters; null when there is none.</summary>
    public LinkInfo? FindLink(string name) =>
        GetLink(w => w.Link(RTM_GETLINK, NetlinkFlags.None).Text(IFLA_IFNAME, name).UInt32(IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS), name);

    /// <summary>An interface by its index, without its counters; null when there is none.</summary>
    public LinkInfo? FindLink(int index) =>
        GetLink(w => w.Link(RTM_GETLINK, NetlinkFlags.None, index).UInt32(IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS), $"#{index}");

    /// <summary>All interfaces of the namespace, with counters.</summary>
    public List<LinkInfo> ListLinks()
    {
        List<LinkInfo> links = [];
        connection.Dump(w => w.Link(RTM_GETLINK, NetlinkFlags.Dump), m => links.Add(LinkInfo.Read(m)), links.Clear).ThrowIfError("list network interfaces");
        return links;
    }

    /// <summary>Creates a bridge, up, with an address of its own (otherwise it would change with its ports).</summary>
    public NetlinkAnswer CreateBridge(string name, ReadOnlySpan<byte> address, int mtu, int group)
    {
        byte[] mac = address.ToArray();
        return connection.Request(w =>
        {
            w.Link(RTM_NEWLINK, NetlinkFlags.Create | NetlinkFlags.Exclusive, 0, IFF_UP, IFF_UP).Text(IFLA_IFNAME, name).Bytes(IFLA_ADDRESS, mac).Int32(IFLA_GROUP, group);
            if (mtu > 0)
            {
                w.Int32(IFLA_MTU, mtu);
            }

            w.PlainNest(IFLA_LINKINFO).Text(IFLA_INFO_KIND, "bridge").EndNest();
        });
    }

    // RFC 8200, section 5: below it the kernel takes IPv6 off an interface, and refuses to hear of it.
    private const int LeastIPv6Mtu = 1280;

    /// <summary>
    /// Creates both ends in one send: ours a port of the bridge and up, the other born in its namespace (and still down, the kernel insists).
    /// </summary>
    public NetlinkAnswer CreateVeth(VethRequest request) => connection.Request(w =>
    {
        w.Link(RTM_NEWLINK, NetlinkFlags.Create | NetlinkFlags.Exclusive).Text(IFLA_IFNAME, request.Name);
        if (request.Master != 0)
        {
            w.Int32(IFLA_MASTER, request.Master);
        }

        if (request.Mtu > 0)
        {
            w.Int32(IFLA_MTU, request.Mtu);
        }

        w.PlainNest(IFLA_LINKINFO).Text(IFLA_INFO_KIND, "veth").PlainNest(IFLA_INFO_DATA).PlainNest(VETH_INFO_PEER);
        WriteLinkHeader(w, 0, 0, 0);
        w.Text(IFLA_IFNAME, request.PeerName);
        if (request.PeerAddress.Length > 0)
        {
            w.Bytes(IFLA_ADDRESS, request.PeerAddress);
        }

        if (request.Mtu > 0)
        {
            w.Int32(IFLA_MTU, request.Mtu);
        }

        w.Int32(IFLA_NET_NS_FD, request.PeerNamespace.Number());
        w.EndNest().EndNest().EndNest();
        if (request.Master != 0)
        {
            // Only an interface that exists can be told this, and it must know before it comes up.
            w.Link(RTM_NEWLINK, NetlinkFlags.None).Text(IFLA_IFNAME, request.Name).Text(IFLA_IFALIAS, request.Alias);
            if (request.Mtu is 0 or >= LeastIPv6Mtu)
            {
                w.NoIPv6AddressGeneration();
            }
        }

        w.Link(RTM_NEWLINK, NetlinkFlags.None, 0, IFF_UP, IFF_UP).Text(IFLA_IFNAME, request.Name);
        if (request.Hairpin)
        {
            w.Link(RTM_NEWLINK, NetlinkFlags.None).Text(IFLA_IFNAME, request.Name)
                .Nest(IFLA_LINKINFO).Text(IFLA_INFO_SLAVE_KIND, "bridge").Nest(IFLA_INFO_SLAVE_DATA).UInt8(IFLA_BRPORT_MODE, 1).EndNest().EndNest();
        }
    });

    public NetlinkAnswer CreateDummy(string name) => connection.Request(w => w
        .Link(RTM_NEWLINK, NetlinkFlags.Create | NetlinkFlags.Exclusive, 0, IFF_UP, IFF_UP).Text(IFLA_IFNAME, name)
        .PlainNest(IFLA_LINKINFO).Text(IFLA_INFO_KIND, "dummy").EndNest());

    /// <summary>Creates an 802.1Q interface on a parent.</summary>
    public NetlinkAnswer CreateVlan(string name, int parent, ushort id) => connection.Request(w => w
        .Link(RTM_NEWLINK, NetlinkFlags.Create | NetlinkFlags.Exclusive, 0, IFF_UP, IFF_UP).Text(IFLA_IFNAME, name).Int32(IFLA_LINK, parent)
        .PlainNest(IFLA_LINKINFO).Text(IFLA_INFO_KIND, "vlan").PlainNest(IFLA_INFO_DATA).UInt16(IFLA_VLAN_ID, id).EndNest().EndNest());

    public NetlinkAnswer CreateMacvlan(string name, int parent, MacvlanMode mode, SafeFileHandle ns, ReadOnlyMemory<byte> address) =>
        CreateChild(name, parent, ns, address, "macvlan", w => w.UInt32(IFLA_MACVLAN_MODE, (uint)mode));

    public NetlinkAnswer CreateIpvlan(string name, int parent, IpvlanMode mode, IpvlanFlag flag, SafeFileHandle ns) =>
        CreateChild(name, parent, ns, default, "ipvlan", w => w.UInt16(IFLA_IPVLAN_MODE, (ushort)mode).UInt16(IFLA_IPVLAN_FLAGS, (ushort)flag));

    public NetlinkAnswer CreateVxlan(VxlanRequest request) => connection.Request(w =>
    {
        w.Link(RTM_NEWLINK, NetlinkFlags.Create | NetlinkFlags.Exclusive, 0, IFF_UP, IFF_UP).Text(IFLA_IFNAME, request.Name);
        if (request.Mtu > 0)
        {
            w.Int32(IFLA_MTU, request.Mtu);
        }

        w.PlainNest(IFLA_LINKINFO).Text(IFLA_INFO_KIND, "vxlan").PlainNest(IFLA_INFO_DATA)
            .UInt32(IFLA_VXLAN_ID, request.Id).UInt8(IFLA_VXLAN_LEARNING, 1).UInt8(IFLA_VXLAN_PROXY, 1)
            .UInt8(IFLA_VXLAN_L2MISS, 1).UInt8(IFLA_VXLAN_L3MISS, 1).UInt16BigEndian(IFLA_VXLAN_PORT, request.Port);
        if (request.Local is { } local)
        {
            w.Address(FamilyOf(local) == 2 ? IFLA_VXLAN_LOCAL : IFLA_VXLAN_LOCAL6, local);
        }

        w.EndNest().EndNest();
    });

    public NetlinkAnswer DeleteLink(string name) => connection.Request(w => w.Link(RTM_DELLINK, NetlinkFlags.None).Text(IFLA_IFNAME, name));

    public NetlinkAnswer SetUp(int index, bool up = true) => connection.Request(w => w.Link(RTM_NEWLINK, NetlinkFlags.None, index, up ? IFF_UP : 0, IFF_UP));

    public NetlinkAnswer SetMtu(int index, int mtu) => connection.Request(w => w.Link(RTM_NEWLINK, NetlinkFlags.None, index).Int32(IFLA_MTU, mtu));

    public NetlinkAnswer SetGroup(int index, int group) => connection.Request(w => w.Link(RTM_NEWLINK, NetlinkFlags.None, index).Int32(IFLA_GROUP, group));

    public NetlinkAnswer SetMaster(int index, int master) => connection.Request(w => w.Link(RTM_NEWLINK, NetlinkFlags.None, index).Int32(IFLA_MASTER, master));

    /// <summary>
    /// Closes a port of a bridge without waiting for anything: no frame passes it any more, and what the bridge had learned about it is forgotten. Its state is
    /// "listening" then: a "disabled" one the bridge enables by itself when the news of a carrier comes, which can be a second late
    /// (<c>br_port_carrier_check</c>), and a "blocking" one at once where no spanning tree is kept.
    /// </summary>
    public NetlinkAnswer ClosePort(string name) => connection.Request(w => w
        .Link(RTM_NEWLINK, NetlinkFlags.None).Text(IFLA_IFNAME, name)
        .Nest(IFLA_LINKINFO).Text(IFLA_INFO_SLAVE_KIND, "bridge").Nest(IFLA_INFO_SLAVE_DATA).UInt8(IFLA_BRPORT_STATE, BR_STATE_LISTENING).Flag(IFLA_BRPORT_FLUSH).EndNest().EndNest());

    public NetlinkAnswer SetHardwareAddress(int index, ReadOnlySpan<byte> address)
    {
        byte[] mac = address.ToArray();
        return connection.Request(w => w.Link(RTM_NEWLINK, NetlinkFlags.None, index).Bytes(IFLA_ADDRESS, mac));
    }

    private NetlinkAnswer CreateChild(string name, int parent, SafeFileHandle ns, ReadOnlyMemory<byte> address, string kind, Action<NetlinkWriter> data) => connection.Request(w =>
    {
        w.Link(RTM_NEWLINK, NetlinkFlags.Create | NetlinkFlags.Exclusive).Text(IFLA_IFNAME, name).Int32(IFLA_LINK, parent).Int32(IFLA_NET_NS_FD, ns.Number());
        if (address.Length > 0)
        {
            w.Bytes(IFLA_ADDRESS, address.Span);
        }

        w.PlainNest(IFLA_LINKINFO).Text(IFLA_INFO_KIND, kind).PlainNest(IFLA_INFO_DATA);
        data(w);
        w.EndNest().EndNest();
    });

    private LinkInfo? GetLink(Action<NetlinkWriter> request, string what)
    {
        LinkInfo? link = null;
        NetlinkAnswer answer = connection.Get(request, m => link = LinkInfo.Read(m));
        if (answer.Errno is Errno.ENODEV)
        {
            return null;
        }

        answer.ThrowIfError($"find network interface {what}");
        return link ?? throw WharfException.Internal($"find network interface {what}: no answer");
    }
}
