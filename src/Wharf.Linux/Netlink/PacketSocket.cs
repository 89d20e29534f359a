using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Wharf.Linux.Netlink;

/// <summary>A socket that sends whole link-layer frames out of interfaces of one network namespace, and receives none (packet(7)).</summary>
public sealed class PacketSocket : IDisposable
{
    private const int AF_PACKET = 17;
    private const int AddressLength = 20;
    private const int EthertypeOffset = 12;

    private readonly SafeFileHandle _socket;

    private PacketSocket(SafeFileHandle socket) => _socket = socket;

    /// <summary>Opens one in the calling thread's namespace; any thread may send by it after.</summary>
    /// <exception cref="Primitives.WharfException">When the kernel refuses.</exception>
    public static PacketSocket Open()
    {
        // protocol 0: nothing is received, so the kernel calls nobody for each packet of the interface
        int fd = NetlinkInterop.socket(AF_PACKET, NetlinkInterop.SOCK_RAW | NetlinkInterop.SOCK_CLOEXEC, 0);
        return fd >= 0 ? new PacketSocket(new SafeFileHandle(fd, ownsHandle: true)) : throw NetlinkInterop.LastError.ToException("socket");
    }

    /// <param name="index">The interface.</param>
    /// <param name="frame">With its Ethernet header.</param>
    public Errno Send(int index, ReadOnlySpan<byte> frame)
    {
        Span<byte> address = stackalloc byte[AddressLength];
        address.Clear();
        ushort family = AF_PACKET;
        MemoryMarshal.Write(address, in family);
        frame.Slice(EthertypeOffset, 2).CopyTo(address[2..]);
        BinaryPrimitives.WriteInt32LittleEndian(address[4..], index);
        return NetlinkInterop.sendto(_socket, frame, frame.Length, NetlinkInterop.MSG_DONTWAIT, address, address.Length) < 0 ? NetlinkInterop.LastError : Errno.None;
    }

    public void Dispose() => _socket.Dispose();
}
