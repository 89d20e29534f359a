using FsCheck;
using FsCheck.Fluent;
using Wharf.Runtime.Logging;

namespace Wharf.Shim.Tests.Logging;

public sealed class LineSplitterTests
{
    private static readonly DateTime Noon = new(2026, 1, 2, 12, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void Feed_AnyStreamInAnyChunks_EqualsTheReference() => Prop.ForAll<NonEmptyArray<ushort>, int>((lines, seed) =>
    {
        // line lengths around the cut, and zero
        var random = new Random(seed);
        var stream = new List<byte>();
        foreach (ushort length in lines.Get)
        {
            int bytes = length % 5 == 0 ? (LineSplitter.MaxPiece * (1 + (length % 3))) + (length % 7) - 3 : length % 200;
            stream.AddRange(Enumerable.Repeat((byte)('a' + (length % 26)), bytes));
            if (length % 11 != 0)
            {
                stream.Add((byte)'\n');
            }
        }

        var sink = new Recorder();
        var splitter = new LineSplitter(LogStream.Stdout);
        byte[] all = [.. stream];
        for (int i = 0; i < all.Length;)
        {
            int count = Math.Min(all.Length - i, random.Next(3) == 0 ? random.Next(1, 10) : random.Next(1, 70_000));
            splitter.Feed(all.AsSpan(i, count), Noon, sink);
            i += count;
        }

        splitter.End(Noon, sink);
        List<(byte[] Line, bool Whole)> expected = ReferenceLog.Split(all);
        return expected.Count == sink.Entries.Count
            && expected.Zip(sink.Entries).All(p => p.First.Whole != p.Second.Piece.Partial && p.First.Line.AsSpan().SequenceEqual(p.Second.Line));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Feed_LineOfExactlyTheLimit_IsCutAndEndsWithAnEmptyEntry()
    {
        var sink = new Recorder();
        var splitter = new LineSplitter(LogStream.Stdout);
        splitter.Feed([.. new byte[LineSplitter.MaxPiece], (byte)'\n'], Noon, sink);
        Assert.Equal([LineSplitter.MaxPiece, 0], sink.Entries.Select(e => e.Line.Length));
        Assert.Equal([true, false], sink.Entries.Select(e => e.Piece.Partial));
    }

    [Fact]
    public void Feed_LongLine_SharesChainAndTimeOfItsFirstPiece()
    {
        var sink = new Recorder();
        var splitter = new LineSplitter(LogStream.Stderr);
        splitter.Feed(new byte[LineSplitter.MaxPiece], Noon, sink);
        splitter.Feed(new byte[LineSplitter.MaxPiece], Noon.AddSeconds(1), sink);
        splitter.Feed("end\nnext\n"u8, Noon.AddSeconds(2), sink);
        Assert.Equal([Noon, Noon, Noon, Noon.AddSeconds(2)], sink.Entries.Select(e => e.Time));
        Assert.Equal([1, 2, 3, 0], sink.Entries.Select(e => e.Piece.Ordinal));
        Assert.Single(sink.Entries.Take(3).Select(e => e.Piece.ChainId).Distinct());
        Assert.False(sink.Entries[3].Piece.Chained);
    }

    private sealed class Recorder : ILogPieces
    {
        public List<(byte[] Line, LogPiece Piece, DateTime Time)> Entries { get; } = [];

        public void Piece(LogStream stream, ReadOnlySpan<byte> line, in LogPiece piece, DateTime time) => Entries.Add((line.ToArray(), piece, time));
    }
}
