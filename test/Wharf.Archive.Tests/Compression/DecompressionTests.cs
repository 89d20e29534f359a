using System.Text;
using Wharf.Archive.Compression;
using Wharf.Primitives;

namespace Wharf.Archive.Tests.Compression;

public sealed class DecompressionTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public static TheoryData<string, CompressionKind> Tools => new()
    {
        { "gzip -9", CompressionKind.Gzip },
        { "gzip -1", CompressionKind.Gzip },
        { "zstd -q -3", CompressionKind.Zstd },
        { "zstd -q -19 --long=24", CompressionKind.Zstd },
        { "bzip2 -9", CompressionKind.Bzip2 },
        { "bzip2 -1", CompressionKind.Bzip2 },
        { "xz -6", CompressionKind.Xz },
        { "xz -0 --check=crc32", CompressionKind.Xz },
        { "xz -1 --check=sha256 --block-size=100000", CompressionKind.Xz },
        { "xz -2 --check=none --lzma2=lc=0,lp=4,pb=0,dict=4KiB", CompressionKind.Xz },
    };

    [Theory]
    [MemberData(nameof(Tools))]
    public async Task Open_OutputOfTheProgram_GivesTheContent(string tool, CompressionKind kind)
    {
        byte[] content = Mixed(1_500_000);
        File.WriteAllBytes(_scratch["in"], content);
        _scratch.Shell($"{tool} -c in > packed");

        foreach (bool ahead in new[] { false, true })
        {
            await using var plain = await Decompression.OpenAsync(File.OpenRead(_scratch["packed"]), false, Archives.None, ahead);
            Assert.Equal(kind, plain.Kind);
            byte[] read = await AllAsync(plain.Content);
            Assert.True(content.AsSpan().SequenceEqual(read));
        }
    }

    [Theory]
    [MemberData(nameof(Tools))]
    public async Task Open_TwoJoined_GivesBoth(string tool, CompressionKind kind)
    {
        byte[] content = Mixed(150_000);
        File.WriteAllBytes(_scratch["in"], content);
        _scratch.Shell($"{tool} -c in > packed; {tool} -c in >> packed");

        byte[] plain = await AllAsync(Decompression.Open(File.OpenRead(_scratch["packed"]), kind));

        Assert.True(plain.AsSpan().SequenceEqual([.. content, .. content]));
    }

    [Theory]
    [MemberData(nameof(Tools))]
    public async Task Open_Truncated_Fails(string tool, CompressionKind kind)
    {
        File.WriteAllBytes(_scratch["in"], Mixed(150_000));
        _scratch.Shell($"{tool} -c in > packed");
        byte[] packed = File.ReadAllBytes(_scratch["packed"]);
        foreach (int length in new[] { 1, 5, 9, 15, packed.Length / 2, packed.Length - 9, packed.Length - 4, packed.Length - 1 })
        {
            var error = await Assert.ThrowsAsync<WharfException>(() => AllAsync(Decompression.Open(new MemoryStream(packed[..length]), kind)));
            Assert.StartsWith($"invalid {kind.ToString().ToLowerInvariant()} data", error.Message);
        }
    }

    [Theory]
    [MemberData(nameof(Tools))]
    public async Task Open_AnyFlippedByte_NeverGivesOtherContentSilently(string tool, CompressionKind kind)
    {
        byte[] content = Mixed(20_000);
        File.WriteAllBytes(_scratch["in"], content);
        _scratch.Shell($"{tool} -c in > packed");
        byte[] packed = File.ReadAllBytes(_scratch["packed"]);
        bool hasCheck = !tool.Contains("check=none", StringComparison.Ordinal);
        var random = new Random(7);
        for (int i = 0; i < 150; i++)
        {
            byte[] mutant = (byte[])packed.Clone();
            mutant[random.Next(packed.Length)] ^= (byte)(1 << random.Next(8));
            try
            {
                byte[] plain = await AllAsync(Decompression.Open(new MemoryStream(mutant), kind));
                Assert.True(!hasCheck || plain.AsSpan().SequenceEqual(content));
            }
            catch (WharfException e)
            {
                Assert.Equal(ErrorKind.InvalidArgument, e.Kind);
            }
        }
    }

    [Fact]
    public async Task Open_GzipWithTrailingGarbage_Fails()
    {
        File.WriteAllText(_scratch["in"], "x");
        _scratch.Shell("gzip -c in > packed; echo garbage >> packed");
        await Assert.ThrowsAsync<WharfException>(() => AllAsync(Decompression.Open(File.OpenRead(_scratch["packed"]), CompressionKind.Gzip)));
    }

    [Fact]
    public async Task Open_XzWithHugeDictionary_IsRefused()
    {
        File.WriteAllText(_scratch["in"], "x");
        _scratch.Shell("xz --lzma2=dict=1GiB -c in > packed");
        var error = await Assert.ThrowsAsync<WharfException>(() => AllAsync(Decompression.Open(File.OpenRead(_scratch["packed"]), CompressionKind.Xz)));
        Assert.Contains("dictionary of 1073741824 bytes", error.Message);
    }

    [Fact]
    public async Task OpenAsync_PlainOrShortInput_ComesThrough()
    {
        foreach (string text in new[] { "", "a", "plain text" })
        {
            await using var plain = await Decompression.OpenAsync(new MemoryStream(Encoding.ASCII.GetBytes(text)), false, Archives.None, ahead: true);
            Assert.Equal(CompressionKind.None, plain.Kind);
            Assert.Equal(text, Encoding.ASCII.GetString(await AllAsync(plain.Content)));
        }
    }

    [Fact]
    public async Task ReadAhead_DisposedEarly_StopsItsTask()
    {
        File.WriteAllBytes(_scratch["in"], new byte[50_000_000]);
        _scratch.Shell("gzip -1 -c in > packed");
        var plain = await Decompression.OpenAsync(File.OpenRead(_scratch["packed"]), false, Archives.None, ahead: true);
        Assert.Equal(10, await plain.Content.ReadAsync(new byte[10]));
        await plain.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10));
    }

    internal static async Task<byte[]> AllAsync(Stream stream)
    {
        var output = new MemoryStream();
        await using (stream)
        {
            await stream.CopyToAsync(output);
        }

        return output.ToArray();
    }

    /// <summary>Runs, text and noise, so that every path of a decoder is taken.</summary>
    internal static byte[] Mixed(int length)
    {
        var random = new Random(42);
        byte[] content = new byte[length];
        for (int at = 0; at < length;)
        {
            Span<byte> part = content.AsSpan(at, Math.Min(random.Next(1, 5000), length - at));
            switch (random.Next(4))
            {
                case 0:
                    part.Fill((byte)random.Next(256));
                    break;
                case 1:
                    random.NextBytes(part);
                    break;
                case 2 when at > part.Length:
                    content.AsSpan(random.Next(at - part.Length), part.Length).CopyTo(part);
                    break;
                default:
                    for (int i = 0; i < part.Length; i++)
                    {
                        part[i] = (byte)"etaoin shrdlu\n"[random.Next(14)];
                    }

                    break;
            }

            at += part.Length;
        }

        return content;
    }

    public void Dispose() => _scratch.Dispose();
}
