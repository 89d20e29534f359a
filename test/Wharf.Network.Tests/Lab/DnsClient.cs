using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Wharf.Linux.Netlink;
using Wharf.Network.Names;

namespace Wharf.Network.Tests.Lab;

/// <summary>An answer as a test looks at it.</summary>
internal sealed record DnsReply(int Code, List<string> Answers, bool Truncated);

/// <summary>A small resolver client, and a server for the outside.</summary>
internal static class DnsClient
{
    private static readonly IPEndPoint Embedded = new(IPAddress.Parse("127.0.0.11"), 53);

    public static byte[] Question(string name, int type, ushort id = 0x1234)
    {
        using var packet = new MemoryStream();
        packet.Write([(byte)(id >> 8), (byte)id, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
        foreach (string label in name.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            packet.WriteByte((byte)label.Length);
            packet.Write(Encoding.ASCII.GetBytes(label));
        }

        packet.Write([0, 0, (byte)type, 0, 1]);
        return packet.ToArray();
    }

    public static async Task<DnsReply?> Resolve(this Machine machine, string name, int type = 1)
    {
        byte[]? answer = await machine.ExchangeUdp(Embedded, Question(name, type), TimeSpan.FromSeconds(6));
        return answer is null ? null : Read(answer);
    }

    public static async Task<DnsReply> ResolveByTcp(this Machine machine, string name, int type = 1)
    {
        using var socket = new Socket(machine.Inside(() => NetworkNamespace.OpenSocket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)));
        await socket.ConnectAsync(Embedded);
        using var stream = new NetworkStream(socket);
        await DnsStream.WriteAsync(stream, Question(name, type), CancellationToken.None);
        return Read((await DnsStream.ReadAsync(stream, 65535, CancellationToken.None))!);
    }

    /// <summary>A server that knows every name as the given address and counts what it was asked.</summary>
    public static List<string> ServeDns(this Machine machine, string listen, string answer)
    {
        List<string> asked = [];
        var socket = new Socket(machine.Inside(() => NetworkNamespace.OpenSocket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp)));
        machine.Keep(socket);
        socket.Bind(new IPEndPoint(IPAddress.Parse(listen), 53));
        _ = Task.Run(async () =>
        {
            byte[] buffer = new byte[4096];
            while (true)
            {
                SocketReceiveFromResult got = await socket.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0));
                if (DnsQuery.TryParse(buffer.AsSpan(0, got.ReceivedBytes), out DnsQuery? query, out _))
                {
                    lock (asked)
                    {
                        asked.Add(query!.Name);
                    }

                    byte[] reply = query.Type == DnsType.A ? DnsAnswer.Addresses(query, [IPAddress.Parse(answer)]) : DnsAnswer.Empty(query);
                    await socket.SendToAsync(reply, got.RemoteEndPoint);
                }
            }
        });
        return asked;
    }

    public static DnsReply Read(byte[] packet)
    {
        int at = 12, answers = BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(6));
        List<string> result = [];
        if (packet[5] == 1)
        {
            Assert.True(DnsQuery.TryReadName(packet, ref at, out _));
            at += 4;
        }

        for (int i = 0; i < answers; i++)
        {
            Assert.Equal(0xc0, packet[at]);
            int type = packet[at + 3], length = BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(at + 10));
            at += 12;
            if (type == 12)
            {
                int name = at;
                Assert.True(DnsQuery.TryReadName(packet, ref name, out string target));
                result.Add(target);
            }
            else
            {
                result.Add(new IPAddress(packet.AsSpan(at, length)).ToString());
            }

            at += length;
        }

        return new DnsReply(packet[3] & 15, result, (packet[2] & 2) != 0);
    }
}
