using System.Buffers.Binary;
using Wharf.Runtime.Logging;

namespace Wharf.Shim.Logs;

/// <summary>One log entry on its way to the writer: what it is, when it came, how long its line is, and then the line.</summary>
internal static class PieceFrame
{
    public const int HeaderSize = 25;
    public const int MaxSize = HeaderSize + LineSplitter.MaxPiece;

    private const byte Partial = 0x40;
    private const byte Chained = 0x80;

    public static void WriteHeader(Span<byte> header, LogStream stream, int length, in LogPiece piece, DateTime time)
    {
        header[0] = (byte)((byte)stream | (piece.Partial ? Partial : 0) | (piece.Chained ? Chained : 0));
        BinaryPrimitives.WriteUInt64LittleEndian(header[1..], piece.ChainId);
        BinaryPrimitives.WriteInt32LittleEndian(header[9..], piece.Ordinal);
        BinaryPrimitives.WriteInt64LittleEndian(header[13..], time.Ticks);
        BinaryPrimitives.WriteInt32LittleEndian(header[21..], length);
    }

    /// <returns>Bytes of the frame at the front; 0 when it is not whole yet.</returns>
    public static int Read(ReadOnlySpan<byte> data, ILogPieces sink)
    {
        if (data.Length < HeaderSize)
        {
            return 0;
        }

        int length = BinaryPrimitives.ReadInt32LittleEndian(data[21..]);
        if (data.Length < HeaderSize + length)
        {
            return 0;
        }

        byte kind = data[0];
        var piece = new LogPiece((kind & Partial) != 0, (kind & Chained) != 0, BinaryPrimitives.ReadUInt64LittleEndian(data[1..]), BinaryPrimitives.ReadInt32LittleEndian(data[9..]));
        var time = new DateTime(BinaryPrimitives.ReadInt64LittleEndian(data[13..]), DateTimeKind.Utc);
        sink.Piece((LogStream)(kind & ~(Partial | Chained)), data.Slice(HeaderSize, length), piece, time);
        return HeaderSize + length;
    }
}
