using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Wharf.Connections.Sockets;

internal sealed class SocketListener(Socket socket, EndPoint endPoint, ILogger log) : IConnectionListener
{
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(50);

    public EndPoint EndPoint => endPoint;

    /// <returns>Null once it is unbound.</returns>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            try
            {
                Socket accepted = await socket.AcceptAsync(cancellationToken);
                if (accepted.ProtocolType == ProtocolType.Tcp)
                {
                    accepted.NoDelay = true;
                }

                return SocketConnection.Start(accepted, log);
            }
            catch (ObjectDisposedException)
            {
                return null;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.OperationAborted)
            {
                return null;
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset or SocketError.ConnectionAborted)
            {
                // the client left while it waited for its turn
            }
            catch (SocketException)
            {
                // No descriptors or no memory left: the client waits in the backlog until others have gone.
                await Task.Delay(Rest, cancellationToken);
            }
        }
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => DisposeAsync();

    public ValueTask DisposeAsync()
    {
        socket.Dispose();
        return ValueTask.CompletedTask;
    }
}
