using System.Net.Sockets;
using Wharf.Primitives;

namespace Wharf.Client.Transports;

/// <summary>Opens connections to an endpoint.</summary>
internal sealed class Connector(Endpoint endpoint, bool blocking)
{
    /// <exception cref="WharfException">Unavailable, in the words that Docker's users know.</exception>
    public async ValueTask<Transport> ConnectAsync(CancellationToken ct)
    {
        if (blocking && endpoint.Scheme == "unix" && OperatingSystem.IsLinux())
        {
            const int EACCES = 13;
            int error = UnixTransport.TryConnect(endpoint.Address, out UnixTransport? transport);
            return transport ?? throw (error == EACCES ? Denied(null) : Unreachable(null));
        }

        try
        {
            return endpoint.Scheme switch
            {
                "unix" => await UnixAsync(ct),
                "ssh" => SshTransport.Start(endpoint),
                _ => await TcpAsync(ct),
            };
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AccessDenied)
        {
            throw Denied(e);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionRefused or SocketError.AddressNotAvailable or SocketError.NotSocket
            || e.NativeErrorCode == 2 || endpoint.Scheme == "unix")
        {
            throw Unreachable(e);
        }
        catch (SocketException e)
        {
            throw WharfException.Unavailable($"error during connect: {DialText.Of(endpoint.Address, endpoint.Port, e)}", e);
        }
    }

    private WharfException Denied(Exception? cause) => WharfException.Unavailable(
        $"permission denied while trying to connect to the Docker daemon socket at {endpoint.Text}: dial unix {endpoint.Address}: connect: permission denied", cause);

    private WharfException Unreachable(Exception? cause) =>
        WharfException.Unavailable($"Cannot connect to the Docker daemon at {endpoint.Text}. Is the docker daemon running?", cause);

    private async ValueTask<Transport> UnixAsync(CancellationToken ct)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            var address = new UnixDomainSocketEndPoint(endpoint.Address);
            if (blocking)
            {
                socket.Connect(address);
            }
            else
            {
                await socket.ConnectAsync(address, ct);
            }

            return new SocketTransport(socket, blocking);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async ValueTask<Transport> TcpAsync(CancellationToken ct)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            if (blocking)
            {
                socket.Connect(endpoint.Address, endpoint.Port);
            }
            else
            {
                await socket.ConnectAsync(endpoint.Address, endpoint.Port, ct);
            }

            var transport = new SocketTransport(socket, blocking);
            return endpoint.Tls is { } tls ? await TlsTransport.StartAsync(transport, endpoint, tls, ct) : transport;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
