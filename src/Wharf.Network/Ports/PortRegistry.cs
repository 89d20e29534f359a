using System.Net;
using System.Net.Sockets;
using Wharf.Linux;
using Wharf.Linux.Netlink;
using Wharf.Primitives;

namespace Wharf.Network.Ports;

/// <summary>
/// Which host ports containers hold. Each is also bound on the host by a socket of ours (packets for it are translated before they would reach it, but
/// for what <see cref="PortRelay"/> carries): so a program of the host that wants the port hears "address already in use", as we do when it was first.
/// </summary>
internal sealed class PortRegistry(Func<(ushort First, ushort Last)> ephemeralRange)
{
    private const int Backlog = 128;

    private readonly Lock _lock = new();
    private readonly Dictionary<(TransportProtocol Protocol, ushort Port), List<PortReservation>> _held = [];
    private ushort _lastEphemeral;

    /// <summary>
    /// Takes one port on all the given addresses: the first of the request's range that is free on every one.
    /// </summary>
    /// <exception cref="WharfException">Internal with Docker's texts; the caller adds whose endpoint it is.</exception>
    public List<PortReservation> Reserve(PortRequest request, IReadOnlyList<IPAddress> addresses, IPAddress? container)
    {
        lock (_lock)
        {
            WharfException? failure = null;
            foreach (ushort port in Candidates(request))
            {
                try
                {
                    return ReserveAll(request.Port, addresses, port, container);
                }
                catch (WharfException e) when (e.Kind == ErrorKind.Internal)
                {
                    failure ??= e;
                }
            }

            throw request.HostPort == 0 || request.HostPort != Math.Max(request.HostPort, request.HostPortEnd)
                ? WharfException.Internal("all ports are allocated", failure)
                : failure!;
        }
    }

    public void Release(IEnumerable<PortReservation> reservations)
    {
        lock (_lock)
        {
            foreach (PortReservation reservation in reservations)
            {
                reservation.Relay?.Dispose();
                reservation.Socket?.Dispose();
                (TransportProtocol, ushort) key = (reservation.Port.Protocol, reservation.HostPort);
                if (_held.TryGetValue(key, out List<PortReservation>? list) && list.Remove(reservation) && list.Count == 0)
                {
                    _held.Remove(key);
                }
            }
        }
    }

    private List<PortReservation> ReserveAll(ContainerPort port, IReadOnlyList<IPAddress> addresses, ushort hostPort, IPAddress? container)
    {
        List<PortReservation> taken = [];
        List<PortReservation> others = _held.GetValueOrDefault((port.Protocol, hostPort)) ?? [];
        try
        {
            foreach (IPAddress address in addresses)
            {
                if (others.Exists(o => Collide(o.HostAddress, address)))
                {
                    throw WharfException.Internal($"Bind for {Text(address, hostPort)} failed: port is already allocated");
                }

                taken.Add(new PortReservation(port, address, hostPort, Bind(port, address, hostPort, container)));
            }
        }
        catch
        {
            taken.ForEach(t => t.Socket?.Dispose());
            throw;
        }

        if (others.Count == 0)
        {
            _held[(port.Protocol, hostPort)] = others;
        }

        others.AddRange(taken);
        return taken;
    }

    private IEnumerable<ushort> Candidates(PortRequest request)
    {
        if (request.HostPort != 0)
        {
            for (int port = request.HostPort; port <= Math.Max(request.HostPort, request.HostPortEnd); port++)
            {
                yield return (ushort)port;
            }

            yield break;
        }

        (ushort first, ushort last) = ephemeralRange();
        int count = last - first + 1;
        int start = _lastEphemeral >= first && _lastEphemeral < last ? _lastEphemeral + 1 : first;
        for (int i = 0; i < count; i++)
        {
            _lastEphemeral = (ushort)(first + (start - first + i) % count);
            yield return _lastEphemeral;
        }
    }

    private static bool Collide(IPAddress a, IPAddress b) =>
        a.AddressFamily == b.AddressFamily && (a.Equals(b) || IsAny(a) || IsAny(b));

    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    private static Socket? Bind(ContainerPort port, IPAddress address, ushort hostPort, IPAddress? container)
    {
        Socket socket;
        try
        {
            socket = port.Protocol switch
            {
                TransportProtocol.Tcp => new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp),
                TransportProtocol.Udp => new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp),
                _ => new Socket(NetworkNamespace.OpenSocket(address.AddressFamily, SocketType.Stream, (ProtocolType)(byte)port.Protocol)),
            };
        }
        catch (WharfException) when (port.Protocol == TransportProtocol.Sctp)
        {
            // A kernel without SCTP sockets has no program that could want the port; translation works all the same.
            return null;
        }

        try
        {
            if (address.AddressFamily == AddressFamily.InterNetworkV6)
            {
                socket.DualMode = false;
            }

            socket.Bind(new IPEndPoint(address, hostPort));
            if (port.Protocol == TransportProtocol.Tcp)
            {
                // Only a listening socket keeps out programs that set SO_REUSEADDR, and shows in ss(8).
                socket.Listen(Backlog);
            }

            return socket;
        }
        catch (SocketException e)
        {
            socket.Dispose();
            string target = container is null ? "" : ":" + Text(container, port.Port);
            throw WharfException.Internal(
                $"failed to bind host port for {Text(address, hostPort)}{target}/{port.Protocol.ToString().ToLowerInvariant()}: {((Errno)e.NativeErrorCode).Describe()}");
        }
    }

    private static string Text(IPAddress address, ushort port) => new IPEndPoint(address, port).ToString();
}

/// <summary>One host port that is held, with the socket that keeps others out.</summary>
internal sealed class PortReservation(ContainerPort port, IPAddress hostAddress, ushort hostPort, Socket? socket)
{
    public ContainerPort Port => port;

    public IPAddress HostAddress => hostAddress;

    public ushort HostPort => hostPort;

    public Socket? Socket => socket;

    public PortRelay? Relay { get; private set; }

    /// <summary>IPv6 ports have a way to the container beside the kernel's (see <see cref="PortRelay"/>).</summary>
    public void StartRelay(IPAddress? container)
    {
        if (Relay is null && socket is not null && container is not null && hostAddress.AddressFamily == AddressFamily.InterNetworkV6 && port.Protocol != TransportProtocol.Sctp)
        {
            Relay = new PortRelay(socket, new IPEndPoint(container, port.Port));
        }
    }
}
