using Wharf.Archive.Compression;

namespace Wharf.Archive.Tests.Compression;

public sealed class ReadAheadTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(3_000_000, 0)]
    [InlineData(3_000_000, 3)]
    public async Task Besides_SeesAllBytesInOrder_BeforeTheEnd(int length, int slowEvery)
    {
        byte[] content = new byte[length];
        new Random(7).NextBytes(content);
        using var seen = new MemoryStream();
        int turns = 0;
        await using var ahead = new ReadAheadStream(new Trickle(content), bytes =>
        {
            seen.Write(bytes);
            if (slowEvery > 0 && ++turns % slowEvery == 0)
            {
                // the reader gives buffers back before they were seen
                Thread.Yield();
                SpinWait.SpinUntil(static () => false, 5);
            }
        });
        using var read = new MemoryStream();

        await ahead.CopyToAsync(read, 50_000, TestContext.Current.CancellationToken);

        Assert.Equal(content, read.ToArray());
        Assert.Equal(content, seen.ToArray());
    }

    [Fact]
    public async Task Besides_Fails_TheReaderHearsOfIt()
    {
        await using var ahead = new ReadAheadStream(new Trickle(new byte[1_000_000]), static _ => throw new InvalidOperationException("no"));

        await Assert.ThrowsAsync<InvalidOperationException>(() => ahead.CopyToAsync(Stream.Null, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Disposal_LeavesTheSourceOpen_WhenTold()
    {
        var source = new Trickle(new byte[100]);
        await using (new ReadAheadStream(source, leaveOpen: true))
        {
        }

        Assert.True(source.CanRead);
        await using (new ReadAheadStream(source))
        {
        }

        Assert.False(source.CanRead);
    }

    /// <summary>Gives pieces of different sizes.</summary>
    private sealed class Trickle(byte[] content) : MemoryStream(content)
    {
        private int _turn;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, 1 + (_turn++ * 7919 % 100_000))], cancellationToken);
    }
}
