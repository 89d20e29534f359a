using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using Wharf.Primitives;

namespace Wharf.Linux.Netlink;

/// <summary>
/// A netlink socket of one family. It belongs to the network namespace of the thread that made it, for ever; any thread may use it after.
/// Extended acknowledgements are on; a wait for an answer ends after five seconds (the kernel answers before send returns).
/// </summary>
public sealed class NetlinkSocket : IDisposable
{
    private readonly SafeFileHandle _handle;

    private NetlinkSocket(SafeFileHandle handle, uint portId)
    {
        _handle = handle;
        PortId = portId;
    }

    /// <summary>The socket's own address, which notifications name as the cause of a change.</summary>
    public uint PortId { get; }

    /// <summary>Opens a socket in the calling thread's network namespace, subscribed to multicast groups.</summary>
    /// <exception cref="WharfException">Internal, when the kernel refuses.</exception>
    public static NetlinkSocket Open(NetlinkFamily family, params ReadOnlySpan<int> groups)
    {
        int fd = NetlinkInterop.socket(NetlinkInterop.AF_NETLINK, NetlinkInterop.SOCK_RAW | NetlinkInterop.SOCK_CLOEXEC, (int)family);
        if (fd < 0)
        {
            throw NetlinkInterop.LastError.ToException($"open {family} netlink socket");
        }

        var handle = new SafeFileHandle(fd, ownsHandle: true);
        try
        {
            Span<byte> address = stackalloc byte[12];
            address.Clear();
            BinaryPrimitives.WriteUInt16LittleEndian(address, NetlinkInterop.AF_NETLINK);
            int length = address.Length;
            if (NetlinkInterop.bind(handle, address, length) < 0 || NetlinkInterop.getsockname(handle, address, ref length) < 0)
            {
                throw NetlinkInterop.LastError.ToException($"bind {family} netlink socket");
            }

            Set(handle, NetlinkInterop.SOL_NETLINK, NetlinkInterop.NETLINK_EXT_ACK, 1);
            Set(handle, NetlinkInterop.SOL_NETLINK, NetlinkInterop.NETLINK_CAP_ACK, 1);
            if (groups.IsEmpty)
            {
                Span<byte> timeout = stackalloc byte[16];
                timeout.Clear();
                timeout[0] = 5;
                NetlinkInterop.setsockopt(handle, NetlinkInterop.SOL_SOCKET, NetlinkInterop.SO_RCVTIMEO, timeout, timeout.Length);
            }

            foreach (int group in groups)
            {
                Set(handle, NetlinkInterop.SOL_NETLINK, NetlinkInterop.NETLINK_ADD_MEMBERSHIP, group);
            }

            return new NetlinkSocket(handle, BinaryPrimitives.ReadUInt32LittleEndian(address[4..]));
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Room for notifications, large batches and their answers; more than the administrator's limit needs CAP_NET_ADMIN.</summary>
    public void SetBuffers(int bytes)
    {
        Set(_handle, NetlinkInterop.SOL_SOCKET, NetlinkInterop.SO_SNDBUFFORCE, bytes);
        Set(_handle, NetlinkInterop.SOL_SOCKET, NetlinkInterop.SO_RCVBUFFORCE, bytes);
    }

    /// <summary>Sends the writer's messages as one datagram.</summary>
    public void Send(ReadOnlySpan<byte> messages)
    {
        ReadOnlySpan<byte> kernel = [NetlinkInterop.AF_NETLINK, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        while (NetlinkInterop.sendto(_handle, messages, messages.Length, 0, kernel, kernel.Length) < 0)
        {
            if (NetlinkInterop.LastError != Errno.EINTR)
            {
                throw NetlinkInterop.LastError.ToException("send to netlink");
            }
        }
    }

    /// <summary>Receives one datagram; returns its length, or -1 when notifications were lost because nobody read them in time.</summary>
    public int Receive(Span<byte> buffer)
    {
        while (true)
        {
            nint length = NetlinkInterop.recv(_handle, buffer, buffer.Length, 0);
            if (length >= 0)
            {
                return (int)length;
            }

            switch (NetlinkInterop.LastError)
            {
                case Errno.EINTR:
                    break;
                case Errno.ENOBUFS:
                    return -1;
                case Errno.EAGAIN:
                    throw WharfException.Internal("the kernel did not answer a netlink request in time");
                default:
                    throw NetlinkInterop.LastError.ToException("receive from netlink");
            }
        }
    }

    /// <summary>Throws away what waits to be received (answers of an exchange that failed half-way).</summary>
    internal void Drain(Span<byte> buffer)
    {
        while (NetlinkInterop.recv(_handle, buffer, buffer.Length, NetlinkInterop.MSG_DONTWAIT) > 0)
        {
        }
    }

    public void Dispose() => _handle.Dispose();

    private static void Set(SafeFileHandle handle, int level, int name, int value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        if (NetlinkInterop.setsockopt(handle, level, name, bytes, bytes.Length) < 0)
        {
            throw NetlinkInterop.LastError.ToException($"set netlink option {level}/{name}");
        }
    }
}
