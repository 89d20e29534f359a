using System.Buffers.Binary;

namespace Wharf.Network.Names;

/// <summary>Messages over TCP: two bytes of length before each (RFC 1035 4.2.2).</summary>
internal static class DnsStream
{
    /// <summary>The next message; null at the end, or when it is longer than allowed.</summary>
    public static async Task<byte[]?> ReadAsync(Stream stream, int limit, CancellationToken ct)
    {
        byte[] head = new byte[2];
        if (await stream.ReadAtLeastAsync(head, 2, throwOnEndOfStream: false, ct) < 2)
        {
            return null;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(head);
        if (length > limit)
        {
            return null;
        }

        byte[] message = new byte[length];
        return await stream.ReadAtLeastAsync(message, length, throwOnEndOfStream: false, ct) == length ? message : null;
    }

    public static async Task WriteAsync(Stream stream, byte[] message, CancellationToken ct)
    {
        byte[] framed = new byte[message.Length + 2];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)message.Length);
        message.CopyTo(framed, 2);
        await stream.WriteAsync(framed, ct);
    }
}
