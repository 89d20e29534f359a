using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging.Abstractions;
using Wharf.Connections.Sockets;

namespace Wharf.Connections.Tests.Sockets;

/// <summary>A connection of the transport and the client at its other end.</summary>
internal sealed class ConnectionPair : IAsyncDisposable
{
    private readonly IConnectionListener _listener;

    private ConnectionPair(IConnectionListener listener, Socket client, ConnectionContext server)
    {
        _listener = listener;
        Client = client;
        Server = server;
    }

    public Socket Client { get; }

    public ConnectionContext Server { get; }

    public static async Task<ConnectionPair> OpenAsync(bool unix)
    {
        string path = Path.Combine(Path.GetTempPath(), $"wharf-connection-{Guid.NewGuid():N}.sock");
        EndPoint address = unix ? new UnixDomainSocketEndPoint(path) : new IPEndPoint(IPAddress.Loopback, 0);
        IConnectionListener listener = await new SocketTransport(Bind, NullLogger.Instance).BindAsync(address);
        var client = unix ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) : new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(listener.EndPoint);
        File.Delete(path);
        return new ConnectionPair(listener, client, (await listener.AcceptAsync())!);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Server.DisposeAsync();
        await _listener.DisposeAsync();
    }

    private static Socket Bind(EndPoint address)
    {
        if (address is IPEndPoint ip)
        {
            return TcpSocket.Bind(ip);
        }

        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(address);
        return socket;
    }
}
