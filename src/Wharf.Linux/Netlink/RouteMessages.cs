using System.Buffers.Binary;
using System.Net;

namespace Wharf.Linux.Netlink;

/// <summary>Numbers and fixed structures of the route family (rtnetlink(7), linux/rtnetlink.h, linux/if_link.h, linux/if_addr.h, linux/fib_rules.h).</summary>
internal static class RouteMessages
{
    internal const ushort RTM_NEWLINK = 16, RTM_DELLINK = 17, RTM_GETLINK = 18;
    internal const ushort RTM_NEWADDR = 20, RTM_DELADDR = 21, RTM_GETADDR = 22;
    internal const ushort RTM_NEWROUTE = 24, RTM_DELROUTE = 25, RTM_GETROUTE = 26;
    internal const ushort RTM_NEWNEIGH = 28, RTM_DELNEIGH = 29, RTM_GETNEIGH = 30;
    internal const ushort RTM_NEWRULE = 32, RTM_DELRULE = 33, RTM_GETRULE = 34;

    internal const int LinkHeaderLength = 16, AddressHeaderLength = 8, RouteHeaderLength = 12, NeighbourHeaderLength = 12, RuleHeaderLength = 12;

    internal const uint IFF_UP = 1, IFF_RUNNING = 0x40;

    internal const int IFLA_ADDRESS = 1, IFLA_IFNAME = 3, IFLA_MTU = 4, IFLA_LINK = 5, IFLA_MASTER = 10, IFLA_LINKINFO = 18, IFLA_IFALIAS = 20,
        IFLA_STATS64 = 23, IFLA_AF_SPEC = 26, IFLA_GROUP = 27, IFLA_NET_NS_FD = 28, IFLA_EXT_MASK = 29;
    internal const uint RTEXT_FILTER_SKIP_STATS = 8;
    internal const int IFLA_INFO_KIND = 1, IFLA_INFO_DATA = 2, IFLA_INFO_SLAVE_KIND = 4, IFLA_INFO_SLAVE_DATA = 5, VETH_INFO_PEER = 1;
    internal const int IFLA_INET6_ADDR_GEN_MODE = 8;
    internal const int IFLA_BRPORT_STATE = 1, IFLA_BRPORT_MODE = 4, IFLA_BRPORT_FLUSH = 24;
    internal const byte BR_STATE_LISTENING = 1, BR_STATE_FORWARDING = 3;
    internal const int IFLA_MACVLAN_MODE = 1, IFLA_IPVLAN_MODE = 1, IFLA_IPVLAN_FLAGS = 2, IFLA_VLAN_ID = 1;
    internal const int IFLA_VXLAN_ID = 1, IFLA_VXLAN_LOCAL = 4, IFLA_VXLAN_LEARNING = 7, IFLA_VXLAN_PROXY = 11, IFLA_VXLAN_L2MISS = 13,
        IFLA_VXLAN_L3MISS = 14, IFLA_VXLAN_PORT = 15, IFLA_VXLAN_LOCAL6 = 17;

    internal const int IFA_ADDRESS = 1, IFA_LOCAL = 2, IFA_BROADCAST = 4, IFA_FLAGS = 8;
    internal const uint IFA_F_NODAD = 2;

    internal const int RTA_DST = 1, RTA_OIF = 4, RTA_GATEWAY = 5, RTA_PRIORITY = 6, RTA_TABLE = 15;
    internal const byte RT_TABLE_MAIN = 254, RTPROT_BOOT = 3, RT_SCOPE_UNIVERSE = 0, RT_SCOPE_LINK = 253, RTN_UNICAST = 1;

    internal const int NDA_DST = 1, NDA_LLADDR = 2;
    internal const ushort NUD_PERMANENT = 0x80;
    internal const byte NTF_SELF = 2;

    internal const int FRA_DST = 1, FRA_SRC = 2, FRA_PRIORITY = 6, FRA_FWMARK = 10, FRA_TABLE = 15;
    internal const byte FR_ACT_TO_TBL = 1;

    internal static byte FamilyOf(IPAddress address) => (byte)(address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? 10 : 2);

    /// <summary>Begins a link message: struct ifinfomsg.</summary>
    internal static NetlinkWriter Link(this NetlinkWriter writer, ushort type, NetlinkFlags flags, int index = 0, uint set = 0, uint change = 0)
    {
        writer.Begin(type, NetlinkFlags.Request | NetlinkFlags.Ack | flags);
        WriteLinkHeader(writer, index, set, change);
        return writer;
    }

    internal static void WriteLinkHeader(NetlinkWriter writer, int index, uint set, uint change)
    {
        Span<byte> header = writer.Reserve(LinkHeaderLength);
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], index);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], set);
        BinaryPrimitives.WriteUInt32LittleEndian(header[12..], change);
    }

    internal static NetlinkWriter Address(this NetlinkWriter writer, int type, IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out int length);
        return writer.Bytes(type, bytes[..length]);
    }

    /// <summary>Without it the kernel gives every interface that comes up a link-local address and lets it talk.</summary>
    internal static NetlinkWriter NoIPv6AddressGeneration(this NetlinkWriter writer)
    {
        const byte none = 1;
        return writer.Nest(IFLA_AF_SPEC).Nest(10).UInt8(IFLA_INET6_ADDR_GEN_MODE, none).EndNest().EndNest();
    }
}
