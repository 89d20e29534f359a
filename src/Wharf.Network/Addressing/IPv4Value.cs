using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Wharf.Primitives;

namespace Wharf.Network.Addressing;

/// <summary>An IPv4 address as the 32-bit number that it is, most significant byte first.</summary>
public readonly record struct IPv4Value(uint Bits)
{
    /// <exception cref="WharfException">Internal, when the address is not IPv4.</exception>
    public static IPv4Value From(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[4];
        return address.AddressFamily == AddressFamily.InterNetwork && address.TryWriteBytes(bytes, out _)
            ? new IPv4Value(BinaryPrimitives.ReadUInt32BigEndian(bytes))
            : throw WharfException.Internal($"{address} is not an IPv4 address");
    }

    public override string ToString() => $"{Bits >> 24}.{Bits >> 16 & 255}.{Bits >> 8 & 255}.{Bits & 255}";
}
