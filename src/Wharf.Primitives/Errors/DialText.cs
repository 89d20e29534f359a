using System.Net.Sockets;

namespace Wharf.Primitives;

/// <summary>Why a connection could not be made, in Go's words, which Docker's users know.</summary>
public static class DialText
{
    public static string Of(string host, int port, SocketException error) => error.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => $"dial tcp {host}:{port}: connect: connection refused",
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => $"dial tcp: lookup {host}: no such host",
        SocketError.NetworkUnreachable => $"dial tcp {host}:{port}: connect: network is unreachable",
        SocketError.HostUnreachable => $"dial tcp {host}:{port}: connect: no route to host",
        SocketError.TimedOut => $"dial tcp {host}:{port}: i/o timeout",
        SocketError.ConnectionReset => "read: connection reset by peer",
        _ => error.Message,
    };
}
