using System.Buffers.Binary;

namespace Wharf.Engine.Streams;

/// <summary>Docker's frames on streams without a terminal: stream number, three zeros, length in four bytes big-endian, payload.</summary>
internal static class StreamFrame
{
    public const int HeaderSize = 8;
    public const byte Stdout = 1;
    public const byte Stderr = 2;

    public static byte[] Of(byte stream, ReadOnlySpan<byte> payload)
    {
        byte[] frame = new byte[HeaderSize + payload.Length];
        frame[0] = stream;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(4), payload.Length);
        payload.CopyTo(frame.AsSpan(HeaderSize));
        return frame;
    }
}
