using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using Wharf.Linux.Netlink;
using Wharf.Primitives;

namespace Wharf.Network.Names;

/// <summary>
/// Asks the servers of the outside, one after another until one answers. Questions leave from the container's namespace, so that what the container may
/// reach is what its resolver may reach; only servers on the host's loopback are asked from the host.
/// </summary>
internal sealed class Upstream(NamespaceThread thread, SafeFileHandle container)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private const int MaxServers = 3;
    private const int MaxAnswer = 65535;
    private const int DnsPort = 53;

    /// <summary>The raw answer, with the query's own number; null when no server gave one that can be used.</summary>
    public async Task<byte[]?> AskAsync(ReadOnlyMemory<byte> query, IReadOnlyList<IPAddress> servers, bool tcp, CancellationToken ct)
    {
        byte[]? best = null;
        foreach (IPAddress server in servers.Take(MaxServers))
        {
            try
            {
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
                limit.CancelAfter(Patience);
                byte[]? answer = await AskAsync(query, new IPEndPoint(server, DnsPort), tcp, limit.Token);
                if (answer is null)
                {
                    continue;
                }

                // A server that fails or refuses may have a colleague that does not.
                var code = (DnsCode)(answer[3] & 0xf);
                if (code is not (DnsCode.ServerFailure or DnsCode.Refused))
                {
                    return answer;
                }

                best ??= answer;
            }
            catch (Exception e) when (e is SocketException or WharfException or EndOfStreamException || (e is OperationCanceledException && !ct.IsCancellationRequested))
            {
                // The next server is asked; with none left the client hears that the look-up failed.
            }
        }

        return best;
    }

    private async Task<byte[]?> AskAsync(ReadOnlyMemory<byte> query, IPEndPoint server, bool tcp, CancellationToken ct)
    {
        using Socket socket = Open(server, tcp);
        await socket.ConnectAsync(server, ct);

        // A number and a port of our own: a stranger would have to guess both.
        byte[] packet = query.ToArray();
        SecureRandom.Fill(packet.AsSpan(0, 2));
        byte[] answer = tcp ? await ExchangeTcpAsync(socket, packet, ct) : await ExchangeUdpAsync(socket, packet, ct);
        query.Span[..2].CopyTo(answer);
        return answer;
    }

    private Socket Open(IPEndPoint server, bool tcp)
    {
        SafeSocketHandle handle = IPAddress.IsLoopback(server.Address) ? Create() : thread.Run(container, Create);
        return new Socket(handle);

        SafeSocketHandle Create() => NetworkNamespace.OpenSocket(
            server.AddressFamily, tcp ? SocketType.Stream : SocketType.Dgram, tcp ? ProtocolType.Tcp : ProtocolType.Udp);
    }

    private static async Task<byte[]> ExchangeUdpAsync(Socket socket, byte[] packet, CancellationToken ct)
    {
        await socket.SendAsync(packet, ct);
        byte[] buffer = new byte[4096];
        while (true)
        {
            int length = await socket.ReceiveAsync(buffer, ct);
            if (IsAnswerTo(buffer.AsSpan(0, length), packet))
            {
                return buffer[..length];
            }
        }
    }

    private static async Task<byte[]> ExchangeTcpAsync(Socket socket, byte[] packet, CancellationToken ct)
    {
        using var stream = new NetworkStream(socket, ownsSocket: false);
        await DnsStream.WriteAsync(stream, packet, ct);
        byte[] answer = await DnsStream.ReadAsync(stream, MaxAnswer, ct) ?? throw new EndOfStreamException();
        return IsAnswerTo(answer, packet) ? answer : throw new EndOfStreamException();
    }

    /// <summary>Same number, an answer, and the same question.</summary>
    internal static bool IsAnswerTo(ReadOnlySpan<byte> answer, ReadOnlySpan<byte> query)
    {
        if (answer.Length < DnsQuery.HeaderLength || !answer[..2].SequenceEqual(query[..2]) || (answer[2] & 0x80) == 0)
        {
            return false;
        }

        // A failing server may leave the question out.
        if (BinaryPrimitives.ReadUInt16BigEndian(answer[4..]) == 0)
        {
            return (answer[3] & 0xf) != 0;
        }

        int a = DnsQuery.HeaderLength, q = DnsQuery.HeaderLength;
        return DnsQuery.TryReadName(answer, ref a, out string answered) && DnsQuery.TryReadName(query, ref q, out string asked)
            && string.Equals(answered, asked, StringComparison.OrdinalIgnoreCase)
            && a + 4 <= answer.Length && q + 4 <= query.Length && answer.Slice(a, 4).SequenceEqual(query.Slice(q, 4));
    }
}
