using System.Buffers.Binary;
using System.Net;

namespace Wharf.Linux.Netlink;

/// <summary>A tracked connection: where its first packet came from and was meant to go, and where answers come from and go to.</summary>
public sealed record TrackedConnection
{
    public required IPAddress Source { get; init; }

    public required IPAddress Destination { get; init; }

    public required IPAddress ReplySource { get; init; }

    public required IPAddress ReplyDestination { get; init; }

    /// <summary>IANA protocol number.</summary>
    public byte Protocol { get; init; }

    /// <summary>0 for protocols without ports.</summary>
    public ushort DestinationPort { get; init; }

    internal byte Family { get; init; }

    internal byte[] Tuple { get; init; } = [];

    internal byte[] Id { get; init; } = [];
}

/// <summary>The connection tracking table of the namespace of the thread that called <see cref="Open"/> (linux/netfilter/nfnetlink_conntrack.h).</summary>
public sealed class ConntrackConnection(NetlinkConnection connection) : IDisposable
{
    private const ushort Get = 1 << 8 | 1, Delete = 1 << 8 | 2, Statistics = 1 << 8 | 5;
    private const int StatisticsEntries = 1;
    private const int HeaderLength = 4;
    private const int Original = 1, Reply = 2, Identity = 12;
    private const int TupleAddresses = 1, TupleProtocol = 2;
    private const int Source4 = 1, Destination4 = 2, Source6 = 3, Destination6 = 4;
    private const int ProtocolNumber = 1, DestinationPort = 3;

    public static ConntrackConnection Open() => new(new NetlinkConnection(NetlinkSocket.Open(NetlinkFamily.Netfilter)));

    /// <summary>How many connections the namespace tracks. Costs nothing, whereas a dump walks all of the kernel's buckets even when they are empty.</summary>
    public uint Count()
    {
        uint count = 0;
        connection.Get(
            w => w.Begin(Statistics, NetlinkFlags.Request | NetlinkFlags.Ack).Reserve(HeaderLength),
            m => count = BinaryPrimitives.ReadUInt32BigEndian(m.Attributes(HeaderLength).Find(StatisticsEntries).Value)).ThrowIfError("count tracked connections");
        return count;
    }

    /// <summary>Forgets the connections that the test picks; returns how many.</summary>
    public int Forget(Func<TrackedConnection, bool> pick)
    {
        List<TrackedConnection> picked = [];
        connection.Dump(
            w => w.Begin(Get, NetlinkFlags.Request | NetlinkFlags.Dump).Reserve(HeaderLength),
            m =>
            {
                if (Read(m) is { } entry && pick(entry))
                {
                    picked.Add(entry);
                }
            },
            picked.Clear).ThrowIfError("list tracked connections");
        foreach (TrackedConnection entry in picked)
        {
            NetlinkAnswer answer = connection.Request(w =>
            {
                w.Begin(Delete, NetlinkFlags.Request | NetlinkFlags.Ack).Reserve(HeaderLength)[0] = entry.Family;
                w.Bytes(Original | NetlinkWriter.NestedFlag, entry.Tuple).Bytes(Identity, entry.Id);
            });
            if (answer.Errno != Errno.ENOENT)
            {
                answer.ThrowIfError("forget a tracked connection");
            }
        }

        return picked.Count;
    }

    public void Dispose() => connection.Dispose();

    internal static TrackedConnection? Read(NetlinkMessage message)
    {
        byte family = message.Fixed(HeaderLength)[0];
        NetlinkAttributes attributes = message.Attributes(HeaderLength);
        NetlinkAttribute original = attributes.Find(Original), reply = attributes.Find(Reply);
        (IPAddress? from, IPAddress? to) = Addresses(original.Nested);
        (IPAddress? answerFrom, IPAddress? answerTo) = Addresses(reply.Nested);
        if (from is null || to is null || answerFrom is null || answerTo is null)
        {
            return null;
        }

        NetlinkAttributes protocol = original.Nested.Find(TupleProtocol).Nested;
        NetlinkAttribute number = protocol.Find(ProtocolNumber), port = protocol.Find(DestinationPort);
        return new TrackedConnection
        {
            Source = from,
            Destination = to,
            ReplySource = answerFrom,
            ReplyDestination = answerTo,
            Protocol = number.Value.IsEmpty ? (byte)0 : number.UInt8,
            DestinationPort = port.Value.Length < 2 ? (ushort)0 : BinaryPrimitives.ReadUInt16BigEndian(port.Value),
            Family = family,
            Tuple = original.Value.ToArray(),
            Id = attributes.Find(Identity).Value.ToArray(),
        };
    }

    private static (IPAddress? Source, IPAddress? Destination) Addresses(NetlinkAttributes tuple)
    {
        IPAddress? source = null, destination = null;
        foreach (NetlinkAttribute attribute in tuple.Find(TupleAddresses).Nested)
        {
            if (attribute.Value.Length is not (4 or 16))
            {
                continue;
            }

            switch (attribute.Type)
            {
                case Source4 or Source6:
                    source = new IPAddress(attribute.Value);
                    break;
                case Destination4 or Destination6:
                    destination = new IPAddress(attribute.Value);
                    break;
            }
        }

        return (source, destination);
    }
}
