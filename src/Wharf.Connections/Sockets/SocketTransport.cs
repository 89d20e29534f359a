using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Wharf.Connections.Sockets;

/// <summary>
/// Kestrel's connections, by sockets. Unlike the transport that comes with Kestrel it reads up to 64 KB at once instead of 4, and writes from the thread that has
/// something to say instead of by way of a second pipe: docs/decisions/0014 has the measurements.
/// </summary>
/// <param name="bind">Makes the socket of an address, bound and not yet listening.</param>
/// <param name="log">For what goes wrong with nobody there to be told.</param>
public sealed class SocketTransport(Func<EndPoint, Socket> bind, ILogger log) : IConnectionListenerFactory
{
    private const int Backlog = 512;

    /// <exception cref="AddressInUseException">Somebody else listens there.</exception>
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        Socket socket;
        try
        {
            socket = endpoint is FileHandleEndPoint inherited
                ? new Socket(new SafeSocketHandle((nint)inherited.FileHandle, ownsHandle: true))
                : bind(endpoint);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw new AddressInUseException(e.Message, e);
        }

        socket.Listen(Backlog);
        return ValueTask.FromResult<IConnectionListener>(new SocketListener(socket, endpoint is FileHandleEndPoint ? endpoint : socket.LocalEndPoint!, log));
    }
}
