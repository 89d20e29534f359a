using System.Net.Sockets;

namespace Wharf.Client.Transports;

/// <summary>
/// A connected socket. In blocking mode the asynchronous calls do their work on the caller's thread: a short-lived program starts
/// faster without the runtime's epoll thread and pool, and gives each long stream a thread of its own.
/// </summary>
internal sealed class SocketTransport(Socket socket, bool blocking) : Transport
{
    public override int Read(Span<byte> buffer)
    {
        try
        {
            return socket.Receive(buffer);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.OperationAborted or SocketError.Interrupted or SocketError.NotSocket)
        {
            throw new IOException(e.Message, e);
        }
        catch (SocketException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            while (buffer.Length > 0)
            {
                buffer = buffer[socket.Send(buffer)..];
            }
        }
        catch (SocketException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!blocking)
        {
            return await socket.ReceiveAsync(buffer, cancellationToken);
        }

        // a blocking receive ends when the socket is shut down; that is the only way to cancel it
        await using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(static s => Abort((Socket)s!), socket);
        int count = Read(buffer.Span);
        cancellationToken.ThrowIfCancellationRequested();
        return count;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (blocking)
        {
            Write(buffer.Span);
            return;
        }

        while (buffer.Length > 0)
        {
            buffer = buffer[await socket.SendAsync(buffer, cancellationToken)..];
        }
    }

    public override void CloseWrite()
    {
        try
        {
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // the other side has gone already: there is nobody left to tell
        }
    }

    public override void Abort() => Abort(socket);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            socket.Dispose();
        }

        base.Dispose(disposing);
    }

    private static void Abort(Socket socket)
    {
        try
        {
            socket.Shutdown(SocketShutdown.Both);
        }
        catch (SocketException)
        {
            // not connected any more, which is what was wanted
        }
        catch (ObjectDisposedException)
        {
            // likewise
        }
    }
}
