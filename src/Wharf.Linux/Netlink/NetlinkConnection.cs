using System.Buffers;
using Wharf.Primitives;

namespace Wharf.Linux.Netlink;

/// <summary>Takes one message of a dump or an answer.</summary>
public delegate void NetlinkMessageHandler(NetlinkMessage message);

/// <summary>
/// Requests and their answers over one socket, one exchange at a time: callers on several threads wait for each other.
/// </summary>
public sealed class NetlinkConnection(NetlinkSocket socket) : IDisposable
{
    // The longest datagram of a dump; rented for an exchange, as there is a connection for every container.
    private const int ReceiveLength = 64 * 1024;
    private const int DumpAttempts = 8;

    private readonly Lock _lock = new();
    private readonly NetlinkWriter _writer = new();
    private uint _sequence;

    public uint PortId => socket.PortId;

    /// <summary>Sends what <paramref name="build"/> writes; every message carries the ack flag. The first error, or success.</summary>
    public NetlinkAnswer Request(Action<NetlinkWriter> build)
    {
        using Receive receive = new();
        lock (_lock)
        {
            _writer.Clear();
            build(_writer);
            return Exchange(_writer.Count, null, receive.Buffer);
        }
    }

    /// <summary>One request whose answer is a message of its own, then an acknowledgement.</summary>
    public NetlinkAnswer Get(Action<NetlinkWriter> build, NetlinkMessageHandler answer)
    {
        using Receive receive = new();
        lock (_lock)
        {
            _writer.Clear();
            build(_writer);
            return Exchange(1, answer, receive.Buffer);
        }
    }

    /// <summary>
    /// A batch of which only the last message asks for an acknowledgement (nf_tables: errors come unasked, in order, before it).
    /// </summary>
    internal NetlinkAnswer Batch(NetlinkWriter writer, int lastAsked)
    {
        using Receive receive = new();
        lock (_lock)
        {
            (uint first, _) = writer.Stamp(ref _sequence);
            uint asked = first + (uint)lastAsked;
            socket.Send(writer.Written);
            var result = NetlinkAnswer.Success;
            while (true)
            {
                int length = socket.Receive(receive.Buffer);
                if (length < 0)
                {
                    throw WharfException.Internal("answers to a netlink batch were lost");
                }

                foreach (NetlinkMessage message in new NetlinkMessages(receive.Buffer.AsSpan(0, length)))
                {
                    if (message.Type != NetlinkMessage.TypeError || message.Sequence - first > int.MaxValue)
                    {
                        continue;
                    }

                    NetlinkAnswer answer = NetlinkAnswer.Read(message);
                    if (result.Ok && !answer.Ok)
                    {
                        result = answer with { Position = (int)(message.Sequence - first) };
                    }

                    // An error of the batch as a whole is told for its first message, and nothing follows it.
                    if (message.Sequence == asked || message.Sequence == first)
                    {
                        return result;
                    }
                }
            }
        }
    }

    /// <summary>Asks for all entries; begins again when the table changed under the kernel's hands.</summary>
    /// <param name="build">Writes the one request.</param>
    /// <param name="entry">Called for each entry.</param>
    /// <param name="restart">Called before another attempt: forget what came so far.</param>
    public NetlinkAnswer Dump(Action<NetlinkWriter> build, NetlinkMessageHandler entry, Action restart)
    {
        using Receive receive = new();
        lock (_lock)
        {
            for (int attempt = 0; ; attempt++)
            {
                _writer.Clear();
                build(_writer);
                NetlinkAnswer answer = DumpOnce(entry, receive.Buffer, out bool interrupted);
                if (!interrupted || attempt == DumpAttempts)
                {
                    return answer;
                }

                restart();
            }
        }
    }

    public void Dispose() => socket.Dispose();

    private NetlinkAnswer Exchange(int answers, NetlinkMessageHandler? handler, byte[] buffer)
    {
        (uint first, uint last) = _writer.Stamp(ref _sequence);
        socket.Send(_writer.Written);
        var result = NetlinkAnswer.Success;
        while (answers > 0)
        {
            int length = socket.Receive(buffer);
            if (length < 0)
            {
                socket.Drain(buffer);
                throw WharfException.Internal("answers to a netlink request were lost");
            }

            foreach (NetlinkMessage message in new NetlinkMessages(buffer.AsSpan(0, length)))
            {
                // Late answers of an exchange that was given up.
                if (message.Sequence - first > last - first)
                {
                    continue;
                }

                if (message.Type != NetlinkMessage.TypeError)
                {
                    handler?.Invoke(message);
                    continue;
                }

                answers--;
                NetlinkAnswer answer = NetlinkAnswer.Read(message);
                if (result.Ok)
                {
                    result = answer;
                }
            }
        }

        return result;
    }

    private NetlinkAnswer DumpOnce(NetlinkMessageHandler entry, byte[] buffer, out bool interrupted)
    {
        interrupted = false;
        (uint sequence, _) = _writer.Stamp(ref _sequence);
        socket.Send(_writer.Written);
        while (true)
        {
            int length = socket.Receive(buffer);
            if (length < 0)
            {
                socket.Drain(buffer);
                interrupted = true;
                return new NetlinkAnswer(Errno.ENOBUFS);
            }

            foreach (NetlinkMessage message in new NetlinkMessages(buffer.AsSpan(0, length)))
            {
                if (message.Sequence != sequence)
                {
                    continue;
                }

                interrupted |= (message.Flags & NetlinkFlags.DumpInterrupted) != 0;
                switch (message.Type)
                {
                    case NetlinkMessage.TypeDone:
                        return NetlinkAnswer.Success;
                    case NetlinkMessage.TypeError:
                        return NetlinkAnswer.Read(message);
                    default:
                        entry(message);
                        break;
                }
            }
        }
    }

    private readonly ref struct Receive()
    {
        public byte[] Buffer { get; } = ArrayPool<byte>.Shared.Rent(ReceiveLength);

        public void Dispose() => ArrayPool<byte>.Shared.Return(Buffer);
    }
}
