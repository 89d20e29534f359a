using Wharf.Archive.Compression;
using Wharf.Primitives;

namespace Wharf.Archive.Tests.Compression;

public sealed class CompressorTests : IDisposable
{
    private readonly Scratch _scratch = new();

    [Theory]
    [InlineData(CompressionKind.Gzip, "gzip", 0)]
    [InlineData(CompressionKind.Gzip, "gzip", 1)]
    [InlineData(CompressionKind.Gzip, "gzip", 3_000_000)]
    [InlineData(CompressionKind.Gzip, "gzip", 1048576)]
    [InlineData(CompressionKind.Zstd, "zstd", 0)]
    [InlineData(CompressionKind.Zstd, "zstd", 5_000_000)]
    public async Task Open_Written_TheProgramReadsIt(CompressionKind kind, string tool, int length)
    {
        byte[] content = DecompressionTests.Mixed(length);
        byte[] packed = await PackAsync(content, kind, null, 100_000);
        File.WriteAllBytes(_scratch["packed"], packed);

        _scratch.Shell($"{tool} -dc < packed > out");

        Assert.True(content.AsSpan().SequenceEqual(File.ReadAllBytes(_scratch["out"])));
        byte[] plain = await DecompressionTests.AllAsync(Decompression.Open(new MemoryStream(packed), kind));
        Assert.True(content.AsSpan().SequenceEqual(plain));
    }

    [Theory]
    [InlineData(CompressionKind.Gzip)]
    [InlineData(CompressionKind.Zstd)]
    public async Task Open_SameContentInOtherPieces_GivesTheSameBytes(CompressionKind kind)
    {
        byte[] content = DecompressionTests.Mixed(9_000_000);
        byte[] first = await PackAsync(content, kind, 1, 4096);
        byte[] second = await PackAsync(content, kind, 1, 1_234_567);
        Assert.True(first.AsSpan().SequenceEqual(second));
    }

    [Fact]
    public async Task Open_NoiseAmongText_IsStoredAndTheTextPacked()
    {
        var random = new Random(5);
        byte[] content = new byte[3_000_000];
        for (int at = 0; at < content.Length; at++)
        {
            bool noise = (at / 100_000) % 2 == 0;
            content[at] = noise ? (byte)random.Next(256) : (byte)('a' + (at % 7));
        }

        byte[] packed = await PackAsync(content, CompressionKind.Gzip, 2, 70_000);
        File.WriteAllBytes(_scratch["packed"], packed);
        _scratch.Shell("gzip -dc < packed > out");

        Assert.True(content.AsSpan().SequenceEqual(File.ReadAllBytes(_scratch["out"])));
        Assert.InRange(packed.Length, 1_500_000, 1_600_000);
    }

    [Fact]
    public async Task Open_EveryByteValueOverAndOver_IsNotTakenForNoise()
    {
        byte[] content = [.. Enumerable.Range(0, 1_000_000).Select(i => (byte)(i * 167))];
        Assert.InRange((await PackAsync(content, CompressionKind.Gzip, 2, 70_000)).Length, 1, 100_000);
    }

    [Theory]
    [InlineData(CompressionKind.Gzip, 10)]
    [InlineData(CompressionKind.Zstd, 0)]
    [InlineData(CompressionKind.Xz, null)]
    [InlineData(CompressionKind.Bzip2, null)]
    public void Open_ImpossibleWish_IsRefused(CompressionKind kind, int? level) =>
        Assert.Equal(ErrorKind.InvalidArgument, Assert.Throws<WharfException>(() => Compressor.Open(Stream.Null, kind, level)).Kind);

    private static async Task<byte[]> PackAsync(byte[] content, CompressionKind kind, int? level, int piece)
    {
        var output = new MemoryStream();
        await using (var packer = Compressor.Open(output, kind, level, leaveOpen: true))
        {
            for (int at = 0; at < content.Length; at += piece)
            {
                await packer.WriteAsync(content.AsMemory(at, Math.Min(piece, content.Length - at)));
            }
        }

        return output.ToArray();
    }

    public void Dispose() => _scratch.Dispose();
}
