using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using static Wharf.Linux.Netlink.RouteMessages;

namespace Wharf.Linux.Netlink;

/// <summary>An address of an interface.</summary>
public readonly record struct LinkAddress(int Index, IPAddress Address, int PrefixLength);

/// <summary>A route of the main table. A null gateway means that the destination is on the link.</summary>
public readonly record struct RouteEntry(IPAddress Destination, int PrefixLength, IPAddress? Gateway, int Index);

/// <summary>What a fresh interface in a container needs, sent as one datagram.</summary>
public sealed record InterfaceSetup
{
    public required int Index { get; init; }

    public IReadOnlyList<(IPAddress Address, int PrefixLength)> Addresses { get; init; } = [];

    /// <summary>Default routes through these.</summary>
    public IReadOnlyList<IPAddress> Gateways { get; init; } = [];

    /// <summary>The default route of each family that has an address goes out of the interface itself.</summary>
    public bool DefaultByDevice { get; init; }
}

public sealed partial class RouteConnection
{
    /// <summary>Interface up, addresses and default routes in one send. IPv6 addresses skip duplicate detection: we know who has which.</summary>
    public NetlinkAnswer Configure(InterfaceSetup setup) => connection.Request(w =>
    {
        w.Link(RTM_NEWLINK, NetlinkFlags.None, setup.Index, IFF_UP, IFF_UP);
        foreach ((IPAddress address, int prefix) in setup.Addresses)
        {
            WriteAddress(w, RTM_NEWADDR, NetlinkFlags.Create | NetlinkFlags.Exclusive, setup.Index, address, prefix);
        }

        foreach (IPAddress any in setup.DefaultByDevice ? setup.Addresses.Select(a => Any(a.Address)).Distinct() : [])
        {
            WriteRoute(w, RTM_NEWROUTE, NetlinkFlags.Create | NetlinkFlags.Replace, any, 0, null, setup.Index);
        }

        foreach (IPAddress gateway in setup.Gateways)
        {
            WriteRoute(w, RTM_NEWROUTE, NetlinkFlags.Create | NetlinkFlags.Replace, Any(gateway), 0, gateway, setup.Index);
        }
    });

    public NetlinkAnswer AddAddress(int index, IPAddress address, int prefixLength) =>
        connection.Request(w => WriteAddress(w, RTM_NEWADDR, NetlinkFlags.Create | NetlinkFlags.Exclusive, index, address, prefixLength));

    public NetlinkAnswer DeleteAddress(int index, IPAddress address, int prefixLength) =>
        connection.Request(w => WriteAddress(w, RTM_DELADDR, NetlinkFlags.None, index, address, prefixLength));

    /// <summary>All addresses of both families in the namespace.</summary>
    public List<LinkAddress> ListAddresses()
    {
        List<LinkAddress> addresses = [];
        connection.Dump(
            w => w.Begin(RTM_GETADDR, NetlinkFlags.Request | NetlinkFlags.Dump).Reserve(AddressHeaderLength),
            m =>
            {
                ReadOnlySpan<byte> header = m.Fixed(AddressHeaderLength);
                NetlinkAttributes attributes = m.Attributes(AddressHeaderLength);
                NetlinkAttribute own = attributes.Find(IFA_LOCAL);
                ReadOnlySpan<byte> value = own.Value.IsEmpty ? attributes.Find(IFA_ADDRESS).Value : own.Value;
                if (value.Length is 4 or 16)
                {
                    addresses.Add(new LinkAddress(BinaryPrimitives.ReadInt32LittleEndian(header[4..]), new IPAddress(value), header[1]));
                }
            },
            addresses.Clear).ThrowIfError("list addresses");
        return addresses;
    }

    /// <summary>Adds or replaces a route of the main table.</summary>
    /// <param name="destination">All zero with prefix 0 for the default route.</param>
    /// <param name="prefixLength">Of the destination.</param>
    /// <param name="gateway">Null when the destination is on the link.</param>
    /// <param name="index">The interface; 0 lets the kernel find it by the gateway.</param>
    public NetlinkAnswer ReplaceRoute(IPAddress destination, int prefixLength, IPAddress? gateway, int index) => connection.Request(w =>
        WriteRoute(w, RTM_NEWROUTE, NetlinkFlags.Create | NetlinkFlags.Replace, destination, prefixLength, gateway, index));

    public NetlinkAnswer DeleteRoute(IPAddress destination, int prefixLength, IPAddress? gateway, int index) => connection.Request(w =>
        WriteRoute(w, RTM_DELROUTE, NetlinkFlags.None, destination, prefixLength, gateway, index));

    /// <summary>The unicast routes of the main table, both families.</summary>
    public List<RouteEntry> ListRoutes()
    {
        List<RouteEntry> routes = [];
        connection.Dump(
            w => w.Begin(RTM_GETROUTE, NetlinkFlags.Request | NetlinkFlags.Dump).Reserve(RouteHeaderLength),
            m =>
            {
                ReadOnlySpan<byte> header = m.Fixed(RouteHeaderLength);
                NetlinkAttributes attributes = m.Attributes(RouteHeaderLength);
                NetlinkAttribute table = attributes.Find(RTA_TABLE);
                if (header[7] != RTN_UNICAST || (table.Value.IsEmpty ? header[4] : table.UInt32) != RT_TABLE_MAIN)
                {
                    return;
                }

                ReadOnlySpan<byte> destination = attributes.Find(RTA_DST).Value, gateway = attributes.Find(RTA_GATEWAY).Value;
                NetlinkAttribute index = attributes.Find(RTA_OIF);
                routes.Add(new RouteEntry(
                    destination.Length is 4 or 16 ? new IPAddress(destination) : header[0] == 10 ? IPAddress.IPv6Any : IPAddress.Any,
                    header[1], gateway.Length is 4 or 16 ? new IPAddress(gateway) : null, index.Value.IsEmpty ? 0 : index.Int32));
            },
            routes.Clear).ThrowIfError("list routes");
        return routes;
    }

    private static void WriteAddress(NetlinkWriter w, ushort type, NetlinkFlags flags, int index, IPAddress address, int prefixLength)
    {
        w.Begin(type, NetlinkFlags.Request | NetlinkFlags.Ack | flags);
        Span<byte> header = w.Reserve(AddressHeaderLength);
        bool v4 = address.AddressFamily == AddressFamily.InterNetwork;
        header[0] = FamilyOf(address);
        header[1] = (byte)prefixLength;
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], index);
        w.Address(IFA_LOCAL, address).Address(IFA_ADDRESS, address);
        if (!v4)
        {
            w.UInt32(IFA_FLAGS, IFA_F_NODAD);
        }
        else if (prefixLength < 31)
        {
            Span<byte> broadcast = stackalloc byte[4];
            address.TryWriteBytes(broadcast, out _);
            uint bits = BinaryPrimitives.ReadUInt32BigEndian(broadcast) | uint.MaxValue >> prefixLength;
            w.UInt32BigEndian(IFA_BROADCAST, bits);
        }
    }

    private static void WriteRoute(NetlinkWriter w, ushort type, NetlinkFlags flags, IPAddress destination, int prefixLength, IPAddress? gateway, int index)
    {
        w.Begin(type, NetlinkFlags.Request | NetlinkFlags.Ack | flags);
        Span<byte> header = w.Reserve(RouteHeaderLength);
        header[0] = FamilyOf(destination);
        header[1] = (byte)prefixLength;
        header[4] = RT_TABLE_MAIN;
        header[5] = RTPROT_BOOT;
        header[6] = gateway is null ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
        header[7] = RTN_UNICAST;
        if (prefixLength > 0)
        {
            w.Address(RTA_DST, destination);
        }

        if (gateway is not null)
        {
            w.Address(RTA_GATEWAY, gateway);
        }

        if (index != 0)
        {
            w.Int32(RTA_OIF, index);
        }
    }

    private static IPAddress Any(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any;
}
