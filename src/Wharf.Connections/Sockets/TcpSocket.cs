using System.Net;
using System.Net.Sockets;

namespace Wharf.Connections.Sockets;

public static class TcpSocket
{
    /// <summary>
    /// A bound socket that does not listen yet; on any address of IPv6 it takes IPv4 too. Its connections are probed when they are silent: a client that vanishes
    /// without a word (pulled cable, stopped virtual machine) is found out only so.
    /// </summary>
    /// <exception cref="SocketException">The address is taken or not one of this machine.</exception>
    public static Socket Bind(IPEndPoint endPoint)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (endPoint.Address.Equals(IPAddress.IPv6Any))
            {
                socket.DualMode = true;
            }

            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.Bind(endPoint);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
