using System.Buffers.Binary;

namespace Wharf.Linux.Netlink;

/// <summary>A network interface as the kernel tells it (rtnetlink(7), RTM_NEWLINK).</summary>
public sealed record LinkInfo
{
    public required int Index { get; init; }

    public required string Name { get; init; }

    /// <summary>The driver's name (<c>bridge</c>, <c>veth</c>); empty for hardware and loopback.</summary>
    public string Kind { get; init; } = "";

    /// <summary>The owner's remark.</summary>
    public string Alias { get; init; } = "";

    public bool Up { get; init; }

    /// <summary>It is up and has a carrier: frames go out (IFF_RUNNING).</summary>
    public bool Running { get; init; }

    /// <summary>The bridge that it is a port of takes frames from it and gives it frames.</summary>
    public bool Forwards { get; init; }

    public int Mtu { get; init; }

    /// <summary>The number that marks interfaces of one kind for rules; 0 for all that nobody marked.</summary>
    public int Group { get; init; }

    /// <summary>Six bytes for Ethernet; may be empty.</summary>
    public byte[] Address { get; init; } = [];

    /// <summary>The bridge it is a port of; 0 for none.</summary>
    public int Master { get; init; }

    /// <summary>The other end or the parent, by its index in its own namespace; 0 for none.</summary>
    public int Peer { get; init; }

    public LinkCounters Counters { get; init; }

    internal static LinkInfo Read(NetlinkMessage message)
    {
        ReadOnlySpan<byte> header = message.Fixed(RouteMessages.LinkHeaderLength);
        uint flags = BinaryPrimitives.ReadUInt32LittleEndian(header[8..]);
        var link = new LinkInfo
        {
            Index = BinaryPrimitives.ReadInt32LittleEndian(header[4..]),
            Up = (flags & RouteMessages.IFF_UP) != 0,
            Running = (flags & RouteMessages.IFF_RUNNING) != 0,
            Name = "",
        };
        foreach (NetlinkAttribute attribute in message.Attributes(RouteMessages.LinkHeaderLength))
        {
            link = attribute.Type switch
            {
                RouteMessages.IFLA_IFNAME => link with { Name = attribute.Text },
                RouteMessages.IFLA_ADDRESS => link with { Address = attribute.Value.ToArray() },
                RouteMessages.IFLA_IFALIAS => link with { Alias = attribute.Text },
                RouteMessages.IFLA_MTU => link with { Mtu = attribute.Int32 },
                RouteMessages.IFLA_GROUP => link with { Group = attribute.Int32 },
                RouteMessages.IFLA_LINK => link with { Peer = attribute.Int32 },
                RouteMessages.IFLA_MASTER => link with { Master = attribute.Int32 },
                RouteMessages.IFLA_LINKINFO => link with
                {
                    Kind = attribute.Nested.Find(RouteMessages.IFLA_INFO_KIND).Text,
                    Forwards = attribute.Nested.Find(RouteMessages.IFLA_INFO_SLAVE_KIND).Text == "bridge"
                        && attribute.Nested.Find(RouteMessages.IFLA_INFO_SLAVE_DATA).Nested.Find(RouteMessages.IFLA_BRPORT_STATE).Value is [RouteMessages.BR_STATE_FORWARDING],
                },
                RouteMessages.IFLA_STATS64 => link with { Counters = LinkCounters.Read(attribute.Value) },
                _ => link,
            };
        }

        return link;
    }
}

/// <summary>The counters that people ask for, of struct rtnl_link_stats64 (linux/if_link.h).</summary>
public readonly record struct LinkCounters(
    ulong RxPackets, ulong TxPackets, ulong RxBytes, ulong TxBytes, ulong RxErrors, ulong TxErrors, ulong RxDropped, ulong TxDropped)
{
    internal static LinkCounters Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 64)
        {
            return default;
        }

        Span<ulong> values = stackalloc ulong[8];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = BinaryPrimitives.ReadUInt64LittleEndian(bytes[(i * 8)..]);
        }

        return new LinkCounters(values[0], values[1], values[2], values[3], values[4], values[5], values[6], values[7]);
    }
}
