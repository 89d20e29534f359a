using System.Buffers.Binary;
using System.Net;
using System.Text;
using Wharf.Network.Ports;

namespace Wharf.Network.Firewalls;

/// <summary>Keys and values of the firewall's sets: fields one after another, each padded to four bytes.</summary>
internal sealed class ElementBytes
{
    private const int InterfaceNameLength = 16;

    private readonly List<byte> _bytes = [];

    public ElementBytes Interface(string name)
    {
        Span<byte> room = stackalloc byte[InterfaceNameLength];
        room.Clear();
        Encoding.ASCII.GetBytes(name, room);
        _bytes.AddRange(room);
        return this;
    }

    public ElementBytes Address(IPAddress address)
    {
        _bytes.AddRange(address.GetAddressBytes());
        return this;
    }

    public ElementBytes Protocol(TransportProtocol protocol)
    {
        _bytes.AddRange([(byte)protocol, 0, 0, 0]);
        return this;
    }

    public ElementBytes Port(ushort port)
    {
        Span<byte> room = stackalloc byte[4];
        room.Clear();
        BinaryPrimitives.WriteUInt16BigEndian(room, port);
        _bytes.AddRange(room);
        return this;
    }

    public static implicit operator byte[](ElementBytes bytes) => [.. bytes._bytes];
}
