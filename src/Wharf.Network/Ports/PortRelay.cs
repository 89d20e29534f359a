using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Wharf.Linux;

namespace Wharf.Network.Ports;

/// <summary>
/// Carries what arrives at a published IPv6 port and cannot be translated by the kernel: for containers without an IPv6 address, from the host's own
/// <c>::1</c>, which no route leads out of the host, and to a link-local address of the host. Runs on the socket that holds the port; everything else passes it by in the kernel.
/// </summary>
internal sealed class PortRelay : IDisposable
{
    private const int BufferLength = 64 * 1024;
    private const int MaxDatagramSessions = 1024;
    private static readonly TimeSpan DatagramSilence = TimeSpan.FromSeconds(90);

    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentDictionary<EndPoint, Socket> _sessions = new();
    private readonly Socket _front;
    private readonly IPEndPoint _target;

    /// <param name="front">Bound (and listening, for TCP); stays the caller's.</param>
    /// <param name="target">The container's address and port.</param>
    public PortRelay(Socket front, IPEndPoint target)
    {
        _front = front;
        _target = target;
        _ = front.SocketType == SocketType.Stream ? AcceptAsync() : ReceiveAsync();
    }

    public void Dispose()
    {
        _end.Cancel();
        foreach (Socket session in _sessions.Values)
        {
            session.Dispose();
        }
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            try
            {
                _ = CarryAsync(await _front.AcceptAsync(_end.Token));
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException e)
            {
                // No descriptors left is the one that would come again at once.
                if ((Errno)e.NativeErrorCode is Errno.EMFILE or Errno.ENFILE or Errno.ENOBUFS or Errno.ENOMEM)
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(100));
                }
            }
        }
    }

    private async Task CarryAsync(Socket client)
    {
        using (client)
        using (var container = new Socket(_target.AddressFamily, SocketType.Stream, ProtocolType.Tcp))
        {
            try
            {
                client.NoDelay = container.NoDelay = true;
                await container.ConnectAsync(_target, _end.Token);
                await Task.WhenAll(CopyAsync(client, container), CopyAsync(container, client));
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // One side is gone; closing both tells the other.
            }
        }
    }

    private async Task CopyAsync(Socket from, Socket to)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferLength);
        try
        {
            int length;
            while ((length = await from.ReceiveAsync(buffer, _end.Token)) > 0)
            {
                for (int sent = 0; sent < length;)
                {
                    sent += await to.SendAsync(buffer.AsMemory(sent, length - sent), _end.Token);
                }
            }

            to.Shutdown(SocketShutdown.Send);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task ReceiveAsync()
    {
        byte[] buffer = new byte[BufferLength];
        var any = new IPEndPoint(IPAddress.IPv6Any, 0);
        while (true)
        {
            try
            {
                SocketReceiveFromResult received = await _front.ReceiveFromAsync(buffer, any, _end.Token);
                if (Session(received.RemoteEndPoint) is { } session)
                {
                    await session.SendAsync(buffer.AsMemory(0, received.ReceivedBytes), _end.Token);
                }
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                if (_end.IsCancellationRequested)
                {
                    return;
                }
            }
            catch (SocketException)
            {
                // The container or a client refused an earlier datagram; UDP promises nothing.
            }
        }
    }

    private Socket? Session(EndPoint client)
    {
        if (_sessions.TryGetValue(client, out Socket? known))
        {
            return known;
        }

        if (_sessions.Count >= MaxDatagramSessions)
        {
            return null;
        }

        var session = new Socket(_target.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        session.Connect(_target);
        _sessions[client] = session;
        _ = AnswerAsync(client, session);
        return session;
    }

    private async Task AnswerAsync(EndPoint client, Socket session)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferLength);
        try
        {
            while (true)
            {
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
                limit.CancelAfter(DatagramSilence);
                int length = await session.ReceiveAsync(buffer, limit.Token);
                await _front.SendToAsync(buffer.AsMemory(0, length), client, limit.Token);
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Silent for long, refused, or the port was given back.
        }
        finally
        {
            _sessions.TryRemove(client, out _);
            session.Dispose();
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
