using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Wharf.Linux.Netlink;

namespace Wharf.Network.Tests.Lab;

/// <summary>A network namespace that plays a machine or a container, with sockets that belong to it.</summary>
internal sealed class Machine(NamespaceThread thread, SafeFileHandle ns, RouteConnection route) : IDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    public static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(400);

    private readonly List<IDisposable> _open = [];

    public SafeFileHandle Namespace => ns;

    public RouteConnection Route => route;

    /// <summary>Runs on a thread that is inside.</summary>
    public T Inside<T>(Func<T> function) => thread.Run(ns, function);

    public void Keep(IDisposable resource) => _open.Add(resource);

    /// <summary>A server that tells each client the address it sees it come from.</summary>
    public void ServeTcp(IPAddress address, int port)
    {
        var socket = new Socket(Inside(() => NetworkNamespace.OpenSocket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp)));
        _open.Add(socket);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, 1);
        socket.Bind(new IPEndPoint(address, port));
        socket.Listen(16);
        _ = Task.Run(async () =>
        {
            while (true)
            {
                using Socket client = await socket.AcceptAsync();
                await client.SendAsync(Encoding.ASCII.GetBytes(((IPEndPoint)client.RemoteEndPoint!).Address.ToString()));
            }
        });
    }

    /// <summary>The same over UDP.</summary>
    public void ServeUdp(IPAddress address, int port)
    {
        var socket = new Socket(Inside(() => NetworkNamespace.OpenSocket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp)));
        _open.Add(socket);
        socket.Bind(new IPEndPoint(address, port));
        _ = Task.Run(async () =>
        {
            byte[] buffer = new byte[512];
            while (true)
            {
                SocketReceiveFromResult got = await socket.ReceiveFromAsync(buffer, new IPEndPoint(address.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, 0));
                await socket.SendToAsync(Encoding.ASCII.GetBytes(((IPEndPoint)got.RemoteEndPoint).Address.ToString()), got.RemoteEndPoint);
            }
        });
    }

    /// <summary>What a server answers, or null when nothing came in time or the connection was refused.</summary>
    public async Task<string?> AskTcp(string address, int port, TimeSpan? patience = null)
    {
        IPAddress target = IPAddress.Parse(address);
        using var socket = new Socket(Inside(() => NetworkNamespace.OpenSocket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp)));
        using var limit = new CancellationTokenSource(patience ?? Patience);
        try
        {
            await socket.ConnectAsync(new IPEndPoint(target, port), limit.Token);
            byte[] buffer = new byte[128];
            int length = await socket.ReceiveAsync(buffer, limit.Token);
            return length == 0 ? null : Encoding.ASCII.GetString(buffer, 0, length);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            return null;
        }
    }

    public async Task<string?> AskUdp(string address, int port, TimeSpan? patience = null)
    {
        IPAddress target = IPAddress.Parse(address);
        byte[]? answer = await ExchangeUdp(new IPEndPoint(target, port), "?"u8.ToArray(), patience ?? Patience);
        return answer is null ? null : Encoding.ASCII.GetString(answer);
    }

    public async Task<byte[]?> ExchangeUdp(IPEndPoint target, byte[] packet, TimeSpan patience)
    {
        using var socket = new Socket(Inside(() => NetworkNamespace.OpenSocket(target.AddressFamily, SocketType.Dgram, ProtocolType.Udp)));
        using var limit = new CancellationTokenSource(patience);
        try
        {
            await socket.ConnectAsync(target, limit.Token);
            await socket.SendAsync(packet, limit.Token);
            byte[] buffer = new byte[4096];
            int length = await socket.ReceiveAsync(buffer, limit.Token);
            return buffer[..length];
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        foreach (IDisposable open in _open)
        {
            open.Dispose();
        }

        route.Dispose();
        ns.Dispose();
    }
}
