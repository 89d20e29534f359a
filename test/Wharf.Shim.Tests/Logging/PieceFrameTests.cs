using System.Text;
using Wharf.Runtime.Logging;
using Wharf.Shim.Logs;

namespace Wharf.Shim.Tests.Logging;

public sealed class PieceFrameTests
{
    [Fact]
    public void Frames_CutAnywhere_GiveTheEntriesBack()
    {
        var now = new DateTime(2026, 11, 22, 1, 2, 3, DateTimeKind.Utc);
        (LogStream Stream, string Line, LogPiece Piece)[] entries =
        [
            (LogStream.Stdout, "", default),
            (LogStream.Stderr, "a line", default),
            (LogStream.Stdout, new string('x', LineSplitter.MaxPiece), new LogPiece(Partial: true, Chained: true, 0xfedcba9876543210, 1)),
            (LogStream.Stdout, "its end", new LogPiece(Partial: false, Chained: true, 0xfedcba9876543210, 2)),
        ];
        var data = new List<byte>();
        byte[] header = new byte[PieceFrame.HeaderSize];
        foreach (var entry in entries)
        {
            PieceFrame.WriteHeader(header, entry.Stream, entry.Line.Length, entry.Piece, now);
            data.AddRange([.. header, .. Encoding.UTF8.GetBytes(entry.Line)]);
        }

        byte[] all = [.. data];
        for (int cut = 0; cut < all.Length; cut += 7)
        {
            var sink = new Gathered();
            int first = ReadAll(all.AsSpan(0, cut), sink);
            Assert.Equal(all.Length - first, ReadAll(all.AsSpan(first), sink));
            Assert.Equal(entries.Select(e => (e.Stream, e.Line, e.Piece, now)), sink.Entries);
        }
    }

    private static int ReadAll(ReadOnlySpan<byte> data, Gathered sink)
    {
        int taken = 0, frame;
        while ((frame = PieceFrame.Read(data[taken..], sink)) > 0)
        {
            taken += frame;
        }

        return taken;
    }

    private sealed class Gathered : ILogPieces
    {
        public List<(LogStream, string, LogPiece, DateTime)> Entries { get; } = [];

        public void Piece(LogStream stream, ReadOnlySpan<byte> line, in LogPiece piece, DateTime time) =>
            Entries.Add((stream, Encoding.UTF8.GetString(line), piece, time));
    }
}
