using System.Buffers.Binary;
using System.Text;

namespace Wharf.Network.Names;

/// <summary>Record types that the resolver answers itself (RFC 1035 3.2.2, RFC 3596).</summary>
internal enum DnsType : ushort
{
    A = 1,
    Ptr = 12,
    Aaaa = 28,
    Opt = 41,
}

/// <summary>Response codes (RFC 1035 4.1.1).</summary>
internal enum DnsCode : byte
{
    None = 0,
    FormatError = 1,
    ServerFailure = 2,
    NotImplemented = 4,
    Refused = 5,
}

/// <summary>A question as a client asks it: one name, no answers (RFC 1035 section 4). Anything may come from a container; nothing here throws.</summary>
internal sealed record DnsQuery
{
    public const int HeaderLength = 12;
    private const int MaxNameLength = 255;
    private const int ClassInternet = 1;
    private const int ClassicSize = 512;

    public required ushort Id { get; init; }

    /// <summary>The second header word: flags, operation code, response code.</summary>
    public required ushort Flags { get; init; }

    /// <summary>Without the last dot; a dot inside a label is written <c>\.</c>.</summary>
    public required string Name { get; init; }

    public required DnsType Type { get; init; }

    public required ushort Class { get; init; }

    /// <summary>The question section as it came, to be repeated in the answer.</summary>
    public required byte[] Question { get; init; }

    /// <summary>How long an answer by UDP may be (RFC 6891; 512 without EDNS).</summary>
    public int UdpSize { get; init; } = ClassicSize;

    public bool IsInternet => Class == ClassInternet;

    /// <summary>Reads a query. False with <see cref="DnsCode.None"/>: not even worth an answer (an answer itself, or no header).</summary>
    public static bool TryParse(ReadOnlySpan<byte> packet, out DnsQuery? query, out DnsCode error)
    {
        query = null;
        error = DnsCode.None;
        if (packet.Length < HeaderLength)
        {
            return false;
        }

        ushort flags = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);
        if ((flags & 0x8000) != 0)
        {
            return false;
        }

        if ((flags & 0x7800) != 0)
        {
            error = DnsCode.NotImplemented;
            return false;
        }

        error = DnsCode.FormatError;
        int end = HeaderLength;
        if (BinaryPrimitives.ReadUInt16BigEndian(packet[4..]) != 1 || !TryReadName(packet, ref end, out string name) || end + 4 > packet.Length)
        {
            return false;
        }

        query = new DnsQuery
        {
            Id = BinaryPrimitives.ReadUInt16BigEndian(packet),
            Flags = flags,
            Name = name,
            Type = (DnsType)BinaryPrimitives.ReadUInt16BigEndian(packet[end..]),
            Class = BinaryPrimitives.ReadUInt16BigEndian(packet[(end + 2)..]),
            Question = packet[HeaderLength..(end + 4)].ToArray(),
            UdpSize = ReadUdpSize(packet, end + 4),
        };
        error = DnsCode.None;
        return true;
    }

    /// <summary>Reads a name without compression, which a question has no use for (nothing stands before it).</summary>
    internal static bool TryReadName(ReadOnlySpan<byte> packet, ref int at, out string name)
    {
        var text = new StringBuilder();
        name = "";
        int start = at;
        while (at < packet.Length)
        {
            int length = packet[at++];
            if (length == 0)
            {
                name = text.ToString();
                return true;
            }

            if (length > 63 || at + length > packet.Length || at + length - start > MaxNameLength - 1)
            {
                return false;
            }

            if (text.Length > 0)
            {
                text.Append('.');
            }

            foreach (byte b in packet.Slice(at, length))
            {
                if (b is (byte)'.' or (byte)'\\')
                {
                    text.Append('\\');
                }

                text.Append((char)b);
            }

            at += length;
        }

        return false;
    }

    // The OPT record is the only one that a query carries, and its name is the root.
    private static int ReadUdpSize(ReadOnlySpan<byte> packet, int at)
    {
        bool present = BinaryPrimitives.ReadUInt16BigEndian(packet[10..]) > 0 && at + 5 <= packet.Length && packet[at] == 0
            && BinaryPrimitives.ReadUInt16BigEndian(packet[(at + 1)..]) == (ushort)DnsType.Opt;
        return present ? Math.Clamp((int)BinaryPrimitives.ReadUInt16BigEndian(packet[(at + 3)..]), ClassicSize, 4096) : ClassicSize;
    }
}
