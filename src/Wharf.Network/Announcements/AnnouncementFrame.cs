using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Wharf.Network.Addressing;

namespace Wharf.Network.Announcements;

/// <summary>The frame by which an interface tells all neighbours, unasked, which hardware address an IP address of its has.</summary>
internal static class AnnouncementFrame
{
    private const int EthernetHeader = 14;
    private const int IPv6Header = 40;
    private const int IPv4Length = 4;
    private const int IPv6Length = 16;
    private const int MacLength = 6;
    private const ushort Arp = 0x0806, IPv4 = 0x0800, IPv6 = 0x86dd;
    private const byte IcmpV6 = 58;

    public static byte[] Of(MacAddress mac, IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 ? NeighbourAdvertisement(mac.ToBytes(), address) : ArpAnnouncement(mac.ToBytes(), address);

    /// <summary>An ARP announcement: a request to everybody for the address that is also its sender's (RFC 5227, section 2.3).</summary>
    private static byte[] ArpAnnouncement(byte[] mac, IPAddress address)
    {
        const int Length = 28;
        const ushort Ethernet = 1, Request = 1;
        byte[] frame = new byte[EthernetHeader + Length];
        WriteEthernet(frame, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff], mac, Arp);
        Span<byte> arp = frame.AsSpan(EthernetHeader);
        BinaryPrimitives.WriteUInt16BigEndian(arp, Ethernet);
        BinaryPrimitives.WriteUInt16BigEndian(arp[2..], IPv4);
        arp[4] = MacLength;
        arp[5] = IPv4Length;
        BinaryPrimitives.WriteUInt16BigEndian(arp[6..], Request);
        mac.CopyTo(arp[8..]);
        address.TryWriteBytes(arp[14..], out _);
        address.TryWriteBytes(arp[24..], out _);
        return frame;
    }

    /// <summary>An unsolicited neighbour advertisement to all nodes, with the target's link-layer address, overriding what they know (RFC 4861, sections 4.4 and 7.2.6).</summary>
    private static byte[] NeighbourAdvertisement(byte[] mac, IPAddress address)
    {
        const int Length = 32;
        const byte Type = 136, Override = 0x20, TargetLinkLayerAddress = 2, HopLimit = 255;
        byte[] frame = new byte[EthernetHeader + IPv6Header + Length];
        WriteEthernet(frame, [0x33, 0x33, 0, 0, 0, 1], mac, IPv6);
        Span<byte> ip = frame.AsSpan(EthernetHeader);
        ip[0] = 0x60;
        BinaryPrimitives.WriteUInt16BigEndian(ip[4..], Length);
        ip[6] = IcmpV6;
        ip[7] = HopLimit;
        address.TryWriteBytes(ip[8..], out _);
        IPAddress.Parse("ff02::1").TryWriteBytes(ip[24..], out _);
        Span<byte> advertisement = ip[IPv6Header..];
        advertisement[0] = Type;
        advertisement[4] = Override;
        address.TryWriteBytes(advertisement[8..], out _);
        advertisement[24] = TargetLinkLayerAddress;
        advertisement[25] = 1; // in units of 8 bytes
        mac.CopyTo(advertisement[26..]);
        BinaryPrimitives.WriteUInt16BigEndian(advertisement[2..], Checksum(ip.Slice(8, 2 * IPv6Length), advertisement));
        return frame;
    }

    private static void WriteEthernet(Span<byte> frame, ReadOnlySpan<byte> destination, ReadOnlySpan<byte> source, ushort type)
    {
        destination.CopyTo(frame);
        source.CopyTo(frame[MacLength..]);
        BinaryPrimitives.WriteUInt16BigEndian(frame[(2 * MacLength)..], type);
    }

    // Over the pseudo-header: both addresses, length, next header (RFC 8200, section 8.1).
    private static ushort Checksum(ReadOnlySpan<byte> addresses, ReadOnlySpan<byte> message)
    {
        uint sum = (uint)message.Length + IcmpV6 + Sum(addresses) + Sum(message);
        while (sum > ushort.MaxValue)
        {
            sum = (sum & ushort.MaxValue) + (sum >> 16);
        }

        return (ushort)~sum;
    }

    private static uint Sum(ReadOnlySpan<byte> even)
    {
        uint sum = 0;
        for (int i = 0; i < even.Length; i += 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(even[i..]);
        }

        return sum;
    }
}
