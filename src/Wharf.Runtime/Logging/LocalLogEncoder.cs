using System.Buffers.Binary;
using System.Text;

namespace Wharf.Runtime.Logging;

/// <summary>
/// Docker's "local" format: each entry is a protobuf LogEntry (source 1, time_nano 2, line 3, partial 4, partial_log_metadata 5 with
/// last 1, id 2, ordinal 3) between two copies of its length, four bytes big-endian.
/// </summary>
public sealed class LocalLogEncoder : LogEncoder
{
    private const int Overhead = 192;

    public override int WorstCase(int lineLength) => lineLength + Overhead;

    public override int Encode(LogStream stream, ReadOnlySpan<byte> line, in LogPiece piece, DateTime time, Span<byte> output)
    {
        Span<byte> body = output[4..];
        int length = Field(body, 0, 1, stream == LogStream.Stdout ? "stdout"u8 : "stderr"u8);
        body[length++] = (2 << 3) | 0;
        length = Varint(body, length, (ulong)((time.Ticks - DateTime.UnixEpoch.Ticks) * 100));
        if (line.Length > 0)
        {
            length = Field(body, length, 3, line);
        }

        if (piece.Partial)
        {
            body[length++] = (4 << 3) | 0;
            body[length++] = 1;
        }

        if (piece.Chained)
        {
            length = Metadata(body, length, piece);
        }

        BinaryPrimitives.WriteInt32BigEndian(output, length);
        BinaryPrimitives.WriteInt32BigEndian(body[length..], length);
        return length + 8;
    }

    public override int WholeEntries(ReadOnlySpan<byte> encoded)
    {
        int whole = 0;
        while (encoded.Length - whole >= 8)
        {
            int next = whole + BinaryPrimitives.ReadInt32BigEndian(encoded[whole..]) + 8;
            if (next > encoded.Length)
            {
                break;
            }

            whole = next;
        }

        return whole;
    }

    private static int Metadata(Span<byte> output, int position, in LogPiece piece)
    {
        Span<byte> inner = stackalloc byte[64];
        int length = 0;
        if (!piece.Partial)
        {
            inner[length++] = (1 << 3) | 0;
            inner[length++] = 1;
        }

        Span<byte> id = stackalloc byte[16];
        Encoding.ASCII.GetBytes(piece.ChainId.ToString("x16"), id);
        length = Field(inner, length, 2, id);
        inner[length++] = (3 << 3) | 0;
        length = Varint(inner, length, (ulong)piece.Ordinal);
        return Field(output, position, 5, inner[..length]);
    }

    private static int Field(Span<byte> output, int position, int number, ReadOnlySpan<byte> value)
    {
        output[position++] = (byte)((number << 3) | 2);
        position = Varint(output, position, (ulong)value.Length);
        value.CopyTo(output[position..]);
        return position + value.Length;
    }

    private static int Varint(Span<byte> output, int position, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            output[position++] = (byte)(value | 0x80);
        }

        output[position++] = (byte)value;
        return position;
    }
}
