using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Wharf.Primitives;

namespace Wharf.Linux;

/// <summary>Who is at the other end of a unix socket, as the kernel vouches (SO_PEERCRED, unix(7)).</summary>
public readonly record struct PeerCredentials(int Pid, uint UserId, uint GroupId);

/// <summary>The kinds of unix sockets.</summary>
public enum SocketKind
{
    Stream = 1,
    Datagram = 2,
    SequencedPacket = 5,
}

/// <summary>
/// Unix sockets at the level of calls: pairs, descriptors in messages (SCM_RIGHTS), peer credentials. For event loops that own their
/// descriptors; ordinary servers use System.Net.Sockets.
/// </summary>
public static unsafe class UnixSocketCalls
{
    private const int AF_UNIX = 1, SOL_SOCKET = 1, SCM_RIGHTS = 1, SO_PEERCRED = 17;
    private const int MSG_NOSIGNAL = 0x4000, MSG_CMSG_CLOEXEC = 0x40000000, MSG_CTRUNC = 8, MSG_DONTWAIT = 0x40;
    private const int HeaderSize = 16;

    /// <summary>How many descriptors one message may carry here (the kernel's own limit is 253).</summary>
    public const int MaxDescriptors = 64;

    public static Errno Pair(SocketKind kind, bool nonBlocking, out SafeFileHandle first, out SafeFileHandle second)
    {
        int* ends = stackalloc int[2];
        ends[0] = ends[1] = -1;
        Errno errno = SystemCall.Answer(Libc.socketpair(AF_UNIX, Type(kind, nonBlocking), 0, ends));
        first = new SafeFileHandle(ends[0], ownsHandle: true);
        second = new SafeFileHandle(ends[1], ownsHandle: true);
        return errno;
    }

    /// <summary>
    /// Creates the socket file, with the permissions given, less the umask: the socket has them before its file is there (unix(7), "Pathname socket
    /// ownership and permissions").
    /// </summary>
    public static Errno Listen(string path, SocketKind kind, bool nonBlocking, int backlog, out SafeFileHandle socket, uint mode = 0b111_111_111)
    {
        Errno errno = Open(kind, nonBlocking, out socket);
        if (errno == Errno.None)
        {
            errno = NameCalls.ChangeMode(socket, mode);
        }

        if (errno == Errno.None)
        {
            byte[] address = Address(path);
            fixed (byte* a = address)
            {
                errno = SystemCall.Answer(Libc.bind(socket.Number(), a, (uint)address.Length));
            }
        }

        return errno != Errno.None ? errno : SystemCall.Answer(Libc.listen(socket.Number(), backlog));
    }

    /// <summary>How much may be sent ahead of the reader, beyond the administrator's limit where the process may (SO_SNDBUFFORCE, socket(7)).</summary>
    public static Errno SetSendBuffer(SafeFileHandle socket, int bytes)
    {
        const int SO_SNDBUFFORCE = 32;
        Errno errno = SystemCall.Answer(Libc.setsockopt(socket.Number(), SOL_SOCKET, SO_SNDBUFFORCE, (byte*)&bytes, sizeof(int)));
        GC.KeepAlive(socket);
        return errno;
    }

    public static Errno Connect(string path, SocketKind kind, bool nonBlocking, out SafeFileHandle socket)
    {
        Errno errno = Open(kind, nonBlocking, out socket);
        if (errno != Errno.None)
        {
            return errno;
        }

        byte[] address = Address(path);
        fixed (byte* a = address)
        {
            return SystemCall.Answer(Libc.connect(socket.Number(), a, (uint)address.Length));
        }
    }

    public static Errno Accept(SafeFileHandle listener, bool nonBlocking, out SafeFileHandle socket)
    {
        int fd = Libc.accept4(listener.Number(), null, null, Type(0, nonBlocking));
        GC.KeepAlive(listener);
        socket = new SafeFileHandle(fd, ownsHandle: true);
        return SystemCall.Answer(fd);
    }

    public static Errno Credentials(SafeFileHandle socket, out PeerCredentials credentials)
    {
        int* raw = stackalloc int[3];
        uint length = 12;
        Errno errno = SystemCall.Answer(Libc.getsockopt(socket.Number(), SOL_SOCKET, SO_PEERCRED, (byte*)raw, &length));
        GC.KeepAlive(socket);
        credentials = errno == Errno.None ? new PeerCredentials(raw[0], (uint)raw[1], (uint)raw[2]) : default;
        return errno;
    }

    /// <summary>shutdown(2): 0 reading, 1 writing, 2 both.</summary>
    public static Errno Shutdown(SafeFileHandle socket, int how)
    {
        Errno errno = SystemCall.Answer(Libc.shutdown(socket.Number(), how));
        GC.KeepAlive(socket);
        return errno;
    }

    /// <summary>One sendmsg(2) with copies of <paramref name="descriptors"/>; never raises SIGPIPE. A stream may take a part of the data.</summary>
    public static Errno Send(SafeHandle socket, ReadOnlySpan<byte> data, ReadOnlySpan<int> descriptors, out int sent, bool wait = true)
    {
        if (descriptors.Length > MaxDescriptors)
        {
            throw WharfException.Invalid($"a message carries at most {MaxDescriptors} descriptors");
        }

        byte* control = stackalloc byte[HeaderSize + (MaxDescriptors * 4)];
        fixed (byte* p = data)
        {
            var vector = new IoVector { Base = p, Length = (nuint)data.Length };
            var message = new MessageHeader { Vectors = &vector, VectorCount = 1 };
            if (descriptors.Length > 0)
            {
                // struct cmsghdr: length (8), level (4), type (4), then the numbers
                *(nuint*)control = (nuint)(HeaderSize + (descriptors.Length * 4));
                ((int*)control)[2] = SOL_SOCKET;
                ((int*)control)[3] = SCM_RIGHTS;
                descriptors.CopyTo(new Span<int>(control + HeaderSize, MaxDescriptors));
                message.Control = control;
                message.ControlLength = (nuint)((HeaderSize + (descriptors.Length * 4) + 7) & ~7);
            }

            Errno errno;
            do
            {
                errno = SystemCall.Answer(Libc.sendmsg((int)socket.DangerousGetHandle(), &message, MSG_NOSIGNAL | (wait ? 0 : MSG_DONTWAIT)), out sent);
            }
            while (errno == Errno.EINTR);
            GC.KeepAlive(socket);
            return errno;
        }
    }

    /// <summary>
    /// One recvmsg(2). Descriptors that came along are ours and close-on-exec. A message that lost descriptors on its way (none
    /// could be made here) answers EMFILE and closes the rest.
    /// </summary>
    public static Errno Receive(SafeFileHandle socket, Span<byte> buffer, out int received, out SafeFileHandle[] descriptors, bool wait = true)
    {
        byte* control = stackalloc byte[HeaderSize + (MaxDescriptors * 4)];
        descriptors = [];
        fixed (byte* p = buffer)
        {
            var vector = new IoVector { Base = p, Length = (nuint)buffer.Length };
            var message = new MessageHeader { Vectors = &vector, VectorCount = 1, Control = control, ControlLength = HeaderSize + (MaxDescriptors * 4) };
            Errno errno;
            do
            {
                errno = SystemCall.Answer(Libc.recvmsg(socket.Number(), &message, MSG_CMSG_CLOEXEC | (wait ? 0 : MSG_DONTWAIT)), out received);
            }
            while (errno == Errno.EINTR);
            GC.KeepAlive(socket);
            if (errno != Errno.None)
            {
                return errno;
            }

            descriptors = Descriptors(control, message.ControlLength);
            if ((message.Flags & MSG_CTRUNC) == 0)
            {
                return Errno.None;
            }

            foreach (SafeFileHandle descriptor in descriptors)
            {
                descriptor.Dispose();
            }

            descriptors = [];
            return Errno.EMFILE;
        }
    }

    private static SafeFileHandle[] Descriptors(byte* control, nuint length)
    {
        if (length < HeaderSize || ((int*)control)[2] != SOL_SOCKET || ((int*)control)[3] != SCM_RIGHTS)
        {
            return [];
        }

        int count = (int)(*(nuint*)control - HeaderSize) / 4;
        var handles = new SafeFileHandle[count];
        for (int i = 0; i < count; i++)
        {
            handles[i] = new SafeFileHandle(((int*)(control + HeaderSize))[i], ownsHandle: true);
        }

        return handles;
    }

    private static Errno Open(SocketKind kind, bool nonBlocking, out SafeFileHandle socket)
    {
        int fd = Libc.socket(AF_UNIX, Type(kind, nonBlocking), 0);
        socket = new SafeFileHandle(fd, ownsHandle: true);
        return SystemCall.Answer(fd);
    }

    private static int Type(SocketKind kind, bool nonBlocking) =>
        (int)kind | (int)OpenFlags.CloseOnExec | (nonBlocking ? (int)OpenFlags.NonBlocking : 0);

    // struct sockaddr_un: family (2), path with NUL, 108 bytes at most
    private static byte[] Address(string path)
    {
        const int Longest = 107;
        byte[] name = Encoding.UTF8.GetBytes(path);
        if (name.Length is 0 or > Longest)
        {
            throw WharfException.Invalid($"socket path \"{path}\" must have 1 to {Longest} bytes");
        }

        return [AF_UNIX, 0, .. name, 0];
    }
}
