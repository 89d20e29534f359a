using System.Buffers.Binary;
using System.Net;
using static Wharf.Linux.Netlink.RouteMessages;

namespace Wharf.Linux.Netlink;

/// <summary>A rule that sends packets to a routing table (ip-rule(8)).</summary>
public sealed record RoutingRule(IPAddress? Source, int SourcePrefixLength, uint Mark, uint Table, uint Priority, bool IPv6 = false);

public sealed partial class RouteConnection
{
    /// <summary>A permanent neighbour entry: the address is at this hardware address.</summary>
    public NetlinkAnswer SetNeighbour(int index, IPAddress address, ReadOnlySpan<byte> hardware)
    {
        byte[] mac = hardware.ToArray();
        return connection.Request(w =>
        {
            WriteNeighbour(w, RTM_NEWNEIGH, NetlinkFlags.Create | NetlinkFlags.Replace, FamilyOf(address), index, 0);
            w.Address(NDA_DST, address).Bytes(NDA_LLADDR, mac);
        });
    }

    public NetlinkAnswer DeleteNeighbour(int index, IPAddress address) => connection.Request(w =>
    {
        WriteNeighbour(w, RTM_DELNEIGH, NetlinkFlags.None, FamilyOf(address), index, 0);
        w.Address(NDA_DST, address);
    });

    /// <summary>A forwarding entry of a vxlan: frames for this hardware address go to this machine.</summary>
    public NetlinkAnswer SetForwarding(int index, ReadOnlySpan<byte> hardware, IPAddress machine)
    {
        const byte bridge = 7;
        byte[] mac = hardware.ToArray();
        return connection.Request(w =>
        {
            WriteNeighbour(w, RTM_NEWNEIGH, NetlinkFlags.Create | NetlinkFlags.Replace, bridge, index, NTF_SELF);
            w.Address(NDA_DST, machine).Bytes(NDA_LLADDR, mac);
        });
    }

    public NetlinkAnswer AddRule(RoutingRule rule) => connection.Request(w => WriteRule(w, RTM_NEWRULE, NetlinkFlags.Create | NetlinkFlags.Exclusive, rule));

    public NetlinkAnswer DeleteRule(RoutingRule rule) => connection.Request(w => WriteRule(w, RTM_DELRULE, NetlinkFlags.None, rule));

    private static void WriteNeighbour(NetlinkWriter w, ushort type, NetlinkFlags flags, byte family, int index, byte entryFlags)
    {
        w.Begin(type, NetlinkFlags.Request | NetlinkFlags.Ack | flags);
        Span<byte> header = w.Reserve(NeighbourHeaderLength);
        header[0] = family;
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], index);
        BinaryPrimitives.WriteUInt16LittleEndian(header[8..], NUD_PERMANENT);
        header[10] = entryFlags;
    }

    private static void WriteRule(NetlinkWriter w, ushort type, NetlinkFlags flags, RoutingRule rule)
    {
        w.Begin(type, NetlinkFlags.Request | NetlinkFlags.Ack | flags);
        Span<byte> header = w.Reserve(RuleHeaderLength);
        header[0] = (byte)(rule.IPv6 ? 10 : 2);
        header[2] = (byte)rule.SourcePrefixLength;
        header[7] = FR_ACT_TO_TBL;
        w.UInt32(FRA_TABLE, rule.Table).UInt32(FRA_PRIORITY, rule.Priority);
        if (rule.Source is not null)
        {
            w.Address(FRA_SRC, rule.Source);
        }

        if (rule.Mark != 0)
        {
            w.UInt32(FRA_FWMARK, rule.Mark);
        }
    }
}
