using System.Formats.Tar;
using Wharf.Archive.Compression;
using Wharf.Images.Tests.Interoperation;
using Wharf.Images.Tests.Support;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Images.Tests.Attacks;

/// <summary>Layers that want out of their directory, or want more than there is.</summary>
public sealed class LayerAttackTests : IDisposable
{
    private readonly string _outside = Directory.CreateTempSubdirectory("wharf-outside-").FullName;

    public LayerAttackTests() => File.WriteAllText(Path.Combine(_outside, "file"), "safe");

    public void Dispose() => Directory.Delete(_outside, recursive: true);

    [Theory]
    [Trait("attack", "tar-traversal")]
    [InlineData(CompressionKind.None)]
    [InlineData(CompressionKind.Gzip)]
    [InlineData(CompressionKind.Zstd)]
    public async Task Load_LayersThatLeadOut_ChangeNothingOutside(CompressionKind kind)
    {
        await using ImageLab lab = await ImageLab.OpenAsync();
        string deep = string.Join('/', Enumerable.Repeat("long-name-for-pax", 12));
        (TarEntryType Type, string Name, string Link)[][] attacks =
        [
            [(TarEntryType.RegularFile, "../../../../.." + _outside + "/file", "")],
            [(TarEntryType.RegularFile, _outside + "/file", "")],
            [(TarEntryType.SymbolicLink, "out", _outside), (TarEntryType.RegularFile, "out/file", "")],
            [(TarEntryType.SymbolicLink, "up", "../../../../../../.." + _outside), (TarEntryType.RegularFile, "up/file", "")],
            [(TarEntryType.HardLink, "hard", _outside + "/file"), (TarEntryType.RegularFile, "hard", "")],
            [(TarEntryType.SymbolicLink, "out", _outside), (TarEntryType.RegularFile, "out/.wh.file", "")],
            [(TarEntryType.SymbolicLink, "out", _outside), (TarEntryType.RegularFile, "out/.wh..wh..opq", "")],
            [(TarEntryType.RegularFile, "a/.wh...", "")],
            [(TarEntryType.Directory, "d", ""), (TarEntryType.SymbolicLink, "d", _outside), (TarEntryType.RegularFile, "d/file", "")],
            [(TarEntryType.SymbolicLink, deep, _outside), (TarEntryType.RegularFile, deep + "/file", "")],
            [(TarEntryType.SymbolicLink, "proc", "/proc/self/cwd"), (TarEntryType.RegularFile, "proc/" + Path.GetFileName(_outside), "")],
        ];
        foreach (bool large in (bool[])[false, true])
        {
            foreach (var attack in attacks)
            {
                byte[] layer = Layer(attack, large);
                TestImage image = TestImage.Make(new ImageConfig(), layer);
                try
                {
                    await lab.LoadAsync(TestImage.Archive(
                        ("config.json", image.Config), ("layer", await PackAsync(layer, kind)), ("manifest.json", "[{\"Config\":\"config.json\",\"RepoTags\":[\"bad:1\"],\"Layers\":[\"layer\"]}]"u8.ToArray())));
                }
                catch (WharfException e)
                {
                    // What a link leads to is looked for within the root, where it is not.
                    Assert.Contains(e.Kind, (ErrorKind[])[ErrorKind.InvalidArgument, ErrorKind.NotFound]);
                }

                Assert.Equal(["file"], Directory.EnumerateFileSystemEntries(_outside).Select(p => Path.GetFileName(p)));
                Assert.Equal("safe", await File.ReadAllTextAsync(Path.Combine(_outside, "file"), ImageLab.Ct));
            }
        }

        await lab.Service.PruneAsync(new Dictionary<string, IReadOnlyList<string>> { ["dangling"] = ["false"] }, ImageLab.Ct);
        Assert.Equal((0, 0, 0), (lab.LayerDirectories(), lab.Blobs(), lab.PartialBlobs()));
        Assert.Empty(await lab.Service.CheckAsync(repair: false, ImageLab.Ct));
    }

    [Fact]
    [Trait("attack", "tar-bombs")]
    public async Task Load_BombOnASmallDisk_FailsInBoundedMemoryAndLeavesNothing()
    {
        string mount = Directory.CreateTempSubdirectory("wharf-small-").FullName;
        string archive = mount + ".tar";
        await Tool.RunAsync("/usr/bin/mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", mount);
        try
        {
            // 2 GB of zeros in 2 MB of gzip, then gzip members without end.
            byte[] bomb = await PackAsync(Layer([(TarEntryType.RegularFile, "zeros", "")], large: false, zeros: 512 << 20), CompressionKind.Gzip);
            await File.WriteAllBytesAsync(archive, TestImage.Archive(("config.json", TestImage.Make([("a", "1")]).Config), ("layer", bomb),
                ("manifest.json", "[{\"Config\":\"config.json\",\"RepoTags\":[\"bomb:1\"],\"Layers\":[\"layer\"]}]"u8.ToArray())), ImageLab.Ct);
            bomb = [];
            await using (ImageLab lab = await ImageLab.OpenAsync(parent: mount))
            {
                long before = GC.GetTotalMemory(forceFullCollection: true);
                await using (FileStream file = File.OpenRead(archive))
                {
                    WharfException e = await Assert.ThrowsAsync<WharfException>(() => lab.Service.LoadAsync(file, [], quiet: true, new ProgressLog(), ImageLab.Ct));
                    Assert.Contains("o space left on device", e.Message);
                }

                Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 64 << 20);
                await lab.RestartAsync();
                Assert.Equal((0, 0, 0, 0), (lab.Service.ImageCount, lab.LayerDirectories(), lab.Blobs(), lab.PartialBlobs()));
                await lab.LoadAsync(TestImage.Make([("a", "1")]).DockerArchive("good:1"));
            }
        }
        finally
        {
            await Tool.RunAsync("/usr/bin/umount", "-l", mount);
            Directory.Delete(mount);
            File.Delete(archive);
        }
    }

    [Fact]
    [Trait("attack", "tar-unpack-race")]
    public async Task Load_ManyAtOnceOnSharedParentsWithLinks_StaysInside()
    {
        await using ImageLab lab = await ImageLab.OpenAsync();
        byte[] parent = Layer([(TarEntryType.SymbolicLink, "dir", _outside), (TarEntryType.Directory, "real", "")], large: false);
        TestImage[] images = [.. Enumerable.Range(0, 12).Select(i => TestImage.Make(new ImageConfig(), parent,
            Layer([(TarEntryType.Directory, "dir", ""), (TarEntryType.RegularFile, "dir/file", ""), (TarEntryType.RegularFile, $"dir/{i}", "")], large: i % 2 == 0)))];

        await Task.WhenAll(images.Select((image, i) => lab.LoadAsync(image.DockerArchive($"race:{i}"))));

        Assert.Equal(12, lab.Service.ImageCount);
        Assert.Equal(13, lab.LayerDirectories());
        Assert.Equal("safe", await File.ReadAllTextAsync(Path.Combine(_outside, "file"), ImageLab.Ct));
        Assert.Single(Directory.EnumerateFileSystemEntries(_outside));
        Assert.Empty(await lab.Service.CheckAsync(repair: false, ImageLab.Ct));
    }

    private static byte[] Layer((TarEntryType Type, string Name, string Link)[] entries, bool large, int zeros = 0)
    {
        using var output = new MemoryStream();
        using (var writer = new TarWriter(output, TarEntryFormat.Pax, leaveOpen: true))
        {
            foreach ((TarEntryType type, string name, string link) in entries)
            {
                var entry = new PaxTarEntry(type, name);
                if (link.Length > 0)
                {
                    entry.LinkName = link;
                }
                else if (type == TarEntryType.RegularFile)
                {
                    entry.DataStream = new MemoryStream(zeros > 0 ? new byte[zeros] : "evil"u8.ToArray());
                }

                writer.WriteEntry(entry);
            }

            if (large)
            {
                // More than is kept in memory: unpacked while it is read.
                writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "filler") { DataStream = new MemoryStream(Noise(700_000)) });
            }
        }

        return output.ToArray();
    }

    private static byte[] Noise(int length)
    {
        byte[] noise = new byte[length];
        new Random(length).NextBytes(noise);
        return noise;
    }

    private static async Task<byte[]> PackAsync(byte[] content, CompressionKind kind)
    {
        using var output = new MemoryStream();
        await using (Stream packer = Compressor.Open(output, kind, leaveOpen: true))
        {
            await packer.WriteAsync(content, ImageLab.Ct);
            await packer.FlushAsync(ImageLab.Ct);
            return kind == CompressionKind.None ? output.ToArray() : await ClosedAsync(packer, output);
        }
    }

    private static async Task<byte[]> ClosedAsync(Stream packer, MemoryStream output)
    {
        await packer.DisposeAsync();
        return output.ToArray();
    }
}
