using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Wharf.Client.Transports;

/// <summary>
/// A connection to a unix socket by Linux's own calls, for programs that block (unix(7), send(2), recv(2)). The framework's sockets start a thread
/// and an epoll instance with the first one they open, which costs a short command more than its whole conversation.
/// </summary>
internal sealed partial class UnixTransport : Transport
{
    private const int AF_UNIX = 1, SOCK_STREAM = 1, SOCK_CLOEXEC = 0x80000, MSG_NOSIGNAL = 0x4000, SHUT_WR = 1, SHUT_RDWR = 2;
    private const int EINTR = 4, ENAMETOOLONG = 36, ENOTCONN = 107;
    private const int PathRoom = 108;

    private readonly SafeFileHandle _socket;

    private UnixTransport(SafeFileHandle socket) => _socket = socket;

    /// <returns>0 and the connection, or the error number of what failed.</returns>
    public static int TryConnect(string path, out UnixTransport? transport)
    {
        transport = null;
        byte[] address = new byte[sizeof(short) + PathRoom];
        MemoryMarshal.Write(address, (short)AF_UNIX);
        if (!Encoding.UTF8.TryGetBytes(path, address.AsSpan(sizeof(short), PathRoom - 1), out int length))
        {
            return ENAMETOOLONG;
        }

        var socket = new SafeFileHandle(OpenSocket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), ownsHandle: true);
        if (socket.IsInvalid || Connect(socket, address, (uint)(sizeof(short) + length + 1)) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            socket.Dispose();
            return error;
        }

        transport = new UnixTransport(socket);
        return 0;
    }

    public override int Read(Span<byte> buffer)
    {
        nint count;
        do
        {
            count = Receive(_socket, ref MemoryMarshal.GetReference(buffer), (nuint)buffer.Length, 0);
        }
        while (count < 0 && Marshal.GetLastPInvokeError() == EINTR);
        return count >= 0 ? (int)count : throw Failed("read");
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            nint count = Send(_socket, ref MemoryMarshal.GetReference(buffer), (nuint)buffer.Length, MSG_NOSIGNAL);
            if (count >= 0)
            {
                buffer = buffer[(int)count..];
            }
            else if (Marshal.GetLastPInvokeError() != EINTR)
            {
                throw Failed("write");
            }
        }
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // a blocking receive ends when the socket is shut down; that is the only way to cancel it
        using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(static t => ((UnixTransport)t!).Abort(), this);
        int count = Read(buffer.Span);
        return cancellationToken.IsCancellationRequested ? ValueTask.FromCanceled<int>(cancellationToken) : ValueTask.FromResult(count);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return default;
    }

    public override void CloseWrite() => End(SHUT_WR);

    public override void Abort() => End(SHUT_RDWR);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            // the call of a thread that is waiting in a read keeps the descriptor open
            Abort();
            _socket.Dispose();
        }

        base.Dispose(disposing);
    }

    // One that is not connected any more, or closed, is where it was to be brought.
    private void End(int direction)
    {
        try
        {
            if (Shutdown(_socket, direction) != 0 && Marshal.GetLastPInvokeError() is not ENOTCONN and int error)
            {
                throw new IOException($"shutdown: {Marshal.GetPInvokeErrorMessage(error)}");
            }
        }
        catch (ObjectDisposedException)
        {
            return;
        }
    }

    private static IOException Failed(string call) => new($"{call}: {Marshal.GetLastPInvokeErrorMessage()}");

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int OpenSocket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "connect", SetLastError = true)]
    private static partial int Connect(SafeFileHandle socket, byte[] address, uint length);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static partial nint Receive(SafeFileHandle socket, ref byte buffer, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    private static partial nint Send(SafeFileHandle socket, ref readonly byte buffer, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "shutdown", SetLastError = true)]
    private static partial int Shutdown(SafeFileHandle socket, int direction);
}
