using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Wharf.Network.Names;

/// <summary>Writes answers to a query (RFC 1035 section 4.1).</summary>
internal static class DnsAnswer
{
    /// <summary>Docker's: names move seldom, and clients that cache are told soon enough.</summary>
    private const uint TimeToLive = 600;

    private const ushort Response = 0x8000, RecursionDesired = 0x0100, RecursionAvailable = 0x0080, Truncated = 0x0200;

    // Points at the question's name, which always stands right after the header.
    private static ReadOnlySpan<byte> NamePointer => [0xc0, DnsQuery.HeaderLength];

    /// <summary>The addresses of the query's family; none of them means that the name exists and has no such address.</summary>
    public static byte[] Addresses(DnsQuery query, IEnumerable<IPAddress> addresses)
    {
        AddressFamily family = query.Type == DnsType.Aaaa ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;
        return Build(query, [.. addresses.Where(a => a.AddressFamily == family).Select(a => a.GetAddressBytes())], DnsCode.None);
    }

    /// <summary>The name of an address.</summary>
    public static byte[] Pointer(DnsQuery query, string name)
    {
        using var data = new MemoryStream();
        foreach (string label in name.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            byte[] bytes = Encoding.Latin1.GetBytes(label);
            int length = Math.Min(bytes.Length, 63);
            data.WriteByte((byte)length);
            data.Write(bytes, 0, length);
        }

        data.WriteByte(0);
        return Build(query, [data.ToArray()], DnsCode.None);
    }

    public static byte[] Empty(DnsQuery query) => Build(query, [], DnsCode.None);

    public static byte[] Error(DnsQuery query, DnsCode code) => Build(query, [], code);

    /// <summary>An answer to a query that could not be read: nothing of it is repeated but its number.</summary>
    public static byte[] Error(ReadOnlySpan<byte> packet, DnsCode code)
    {
        byte[] answer = new byte[DnsQuery.HeaderLength];
        packet[..2].CopyTo(answer);
        BinaryPrimitives.WriteUInt16BigEndian(answer.AsSpan(2), (ushort)(Response | RecursionAvailable | (byte)code));
        return answer;
    }

    /// <summary>Cuts an answer that does not fit, saying so: the client asks again by TCP.</summary>
    public static byte[] Fit(byte[] answer, DnsQuery query)
    {
        if (answer.Length <= query.UdpSize)
        {
            return answer;
        }

        byte[] cut = new byte[DnsQuery.HeaderLength + query.Question.Length];
        answer.AsSpan(0, 4).CopyTo(cut);
        cut[2] |= Truncated >> 8;
        cut[5] = 1;
        query.Question.CopyTo(cut, DnsQuery.HeaderLength);
        return cut;
    }

    private static byte[] Build(DnsQuery query, List<byte[]> data, DnsCode code)
    {
        byte[] answer = new byte[DnsQuery.HeaderLength + query.Question.Length + data.Sum(d => 12 + d.Length)];
        Span<byte> rest = answer;
        BinaryPrimitives.WriteUInt16BigEndian(rest, query.Id);
        BinaryPrimitives.WriteUInt16BigEndian(rest[2..], (ushort)(Response | (query.Flags & RecursionDesired) | RecursionAvailable | (byte)code));
        BinaryPrimitives.WriteUInt16BigEndian(rest[4..], 1);
        BinaryPrimitives.WriteUInt16BigEndian(rest[6..], (ushort)data.Count);
        rest = rest[DnsQuery.HeaderLength..];
        query.Question.CopyTo(rest);
        rest = rest[query.Question.Length..];
        foreach (byte[] item in data)
        {
            NamePointer.CopyTo(rest);
            BinaryPrimitives.WriteUInt16BigEndian(rest[2..], (ushort)query.Type);
            BinaryPrimitives.WriteUInt16BigEndian(rest[4..], query.Class);
            BinaryPrimitives.WriteUInt32BigEndian(rest[6..], TimeToLive);
            BinaryPrimitives.WriteUInt16BigEndian(rest[10..], (ushort)item.Length);
            item.CopyTo(rest[12..]);
            rest = rest[(12 + item.Length)..];
        }

        return answer;
    }
}
