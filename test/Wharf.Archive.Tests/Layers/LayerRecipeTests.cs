using Wharf.Archive.Layers;
using Wharf.Archive.Tar;
using Wharf.Linux;
using Wharf.Primitives;

namespace Wharf.Archive.Tests.Layers;

/// <summary>A layer that was unpacked gives its archive back, byte for byte, whoever wrote it.</summary>
public sealed class LayerRecipeTests : IDisposable
{
    private const string Tree = """
        long=$(printf 'n%.0s' $(seq 1 180)); umask 022
        mkdir -p "in/a/b" "in/deep/$long/$long"; printf data > in/a/b/file; chmod 6755 in/a/b/file; chown 3000000:70000 in/a/b/file
        ln in/a/b/file in/a/hard; ln -s "$long" in/a/soft; mkfifo in/fifo; mknod in/char c 1 5; mknod in/block b 7 200
        printf x > "in/deep/$long/$long/leaf"; : > in/empty; head -c 700000 /dev/urandom > in/big; printf 'a: é\n' > in/été
        truncate -s 3M in/sparse; for i in $(seq 1 30); do printf "piece $i" | dd of=in/sparse bs=1 seek=$((i * 90000)) conv=notrunc status=none; done
        printf '' > in/a/.wh.gone; printf '' > in/deep/.wh..wh..opq
        touch -d @1111111111.123456789 in/big; touch -d @-5 in/empty

        """;

    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("tar --format=gnu -S")]
    [InlineData("tar --format=pax --sparse-version=0.0 -S --xattrs --xattrs-include=*")]
    [InlineData("tar --format=pax --sparse-version=0.1 -S --acls --xattrs --xattrs-include=*")]
    [InlineData("tar --format=pax --sparse-version=1.0 -S --xattrs --xattrs-include=*")]
    [InlineData("tar --format=oldgnu -b 1")]
    [InlineData("tar --format=ustar --exclude=deep --exclude=soft --exclude=empty --owner=0 --group=0")]
    [InlineData("bsdtar --format=pax")]
    [InlineData("bsdtar --format=gnutar")]
    [InlineData("bsdtar --format=ustar --exclude=deep")]
    public async Task Open_ArchiveOfAnyProgram_GivesItsBytes(string program)
    {
        _scratch.Shell(Tree);
        ExtendedAttributes.Set(_scratch["in/big"], "user.note", [0, 255, 10, 61, 0]).ThrowIfError("setxattr");
        ExtendedAttributes.Set(_scratch["in/a/b/file"], "security.capability", [1, 0, 0, 2, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]).ThrowIfError("setxattr");
        _scratch.Shell($"mkdir out; set -f; touch -d @1111111111.123456789 in/big; {program} -cf layer.tar -C in .");
        byte[] archive = File.ReadAllBytes(_scratch["layer.tar"]);

        Assert.True((await ApplyAsync(archive, WhiteoutStyle.Overlay)).HasRecipe);

        Assert.InRange(new FileInfo(_scratch["recipe/steps"]).Length, 50, 20_000);
        Assert.Equal(archive, await RebuildAsync(1 + (archive.Length / 3)));
        Assert.Equal(archive, await RebuildAsync(777));
    }

    [Fact]
    public async Task Open_NamesMadeTwice_GivesBothContents()
    {
        byte[] archive = await Archives.WriteAsync((Archives.Entry("a"), "first"), (Archives.Entry("b"), "other"), (Archives.Entry("a"), "second"),
            (Archives.Entry("hard", TarEntryType.HardLink, "a"), ""), (Archives.Entry("a"), "third"), (Archives.Entry("b", TarEntryType.Fifo), ""), (Archives.Entry("b"), "last"));
        _scratch.Make("out");

        Assert.True((await ApplyAsync(archive, WhiteoutStyle.Overlay)).HasRecipe);

        Assert.Equal("third", File.ReadAllText(_scratch["out/a"]));
        Assert.Equal("second", File.ReadAllText(_scratch["out/hard"]));
        Assert.Equal(archive, await RebuildAsync(333));
    }

    public static TheoryData<string> Replacements => ["link for directory", "directory for link", "file for directory", "behind links", "overlay over links", "fifo, again and again"];

    [Theory, MemberData(nameof(Replacements))]
    public async Task Open_NamesReplacedByOtherTypes_GivesAllContents(string what)
    {
        (TarEntry, string)[] members = what switch
        {
            "link for directory" => [(Archives.Entry("d/a"), "first"), (Archives.Entry("d/deep/b"), "second"), (Archives.Entry("d", TarEntryType.SymbolicLink, "x"), "")],
            "directory for link" => [(Archives.Entry("real/a"), "first"), (Archives.Entry("l", TarEntryType.SymbolicLink, "real"), ""), (Archives.Entry("l/b"), "through"), (Archives.Entry("l/a"), "again"),
                (Archives.Entry("m"), ""), (Archives.Entry("l"), "now a file"), (Archives.Entry("l", TarEntryType.Directory), ""), (Archives.Entry("l/b"), "third")],
            "file for directory" => [(Archives.Entry("d/a"), "first"), (Archives.Entry("e", TarEntryType.HardLink, "d/a"), ""), (Archives.Entry("d"), "second"), (Archives.Entry("d/"), "third")],
            "behind links" => [(Archives.Entry("t/u", TarEntryType.Directory), ""), (Archives.Entry("l", TarEntryType.SymbolicLink, "t/u"), ""), (Archives.Entry("l/a"), "through"), (Archives.Entry("t"), "gone"),
                (Archives.Entry("l"), "gone too")],
            "overlay over links" => [(Archives.Entry("t/a"), "straight"), (Archives.Entry("l", TarEntryType.SymbolicLink, "/t"), ""), (Archives.Entry("l/a"), "over the link"), (Archives.Entry("l/.wh.a"), ""),
                (Archives.Entry("t", TarEntryType.SymbolicLink, "l"), "")],
            _ => [.. Enumerable.Range(0, 40).SelectMany(i => (IEnumerable<(TarEntry, string)>)[(Archives.Entry("d/f"), $"no. {i}"), (Archives.Entry("d", TarEntryType.Fifo), ""), (Archives.Entry("d", TarEntryType.Directory), "")])],
        };
        byte[] archive = await Archives.WriteAsync(members);
        foreach (WhiteoutStyle style in (WhiteoutStyle[])[WhiteoutStyle.Overlay, WhiteoutStyle.Delete])
        {
            _scratch.Make("out");

            Assert.True((await ApplyAsync(archive, style)).HasRecipe);

            Assert.Equal(archive, await RebuildAsync(333));
            _scratch.Shell("rm -rf out recipe");
        }
    }

    [Fact]
    public async Task Open_NamesOfAllTypesAtRandom_GivesAllContents()
    {
        var random = new Random(4711);
        string[] names = ["a", "b", "a/a", "a/b", "b/a", "b/a/a"];
        TarEntryType[] types = [TarEntryType.File, TarEntryType.File, TarEntryType.Directory, TarEntryType.SymbolicLink, TarEntryType.Fifo];
        int given = 0;
        for (int round = 0; round < 300; round++)
        {
            (TarEntry, string)[] members = [.. Enumerable.Range(0, random.Next(2, 8)).Select(i =>
            {
                TarEntryType type = types[random.Next(types.Length)];
                return (Archives.Entry(names[random.Next(names.Length)], type, type == TarEntryType.SymbolicLink ? names[random.Next(names.Length)] : ""), type == TarEntryType.File ? $"content {round} {i}" : "");
            })];
            byte[] archive = await Archives.WriteAsync(members);
            _scratch.Make("out");
            try
            {
                Assert.True((await ApplyAsync(archive, WhiteoutStyle.Overlay)).HasRecipe);
                Assert.Equal(archive, await RebuildAsync(700));
                given++;
            }
            catch (WharfException e) when (e.Kind is ErrorKind.InvalidArgument or ErrorKind.NotFound or ErrorKind.Internal)
            {
                // links in circles or to nothing, and members below files, are refused
            }

            Directory.Delete(_scratch["out"], recursive: true);
            Directory.Delete(_scratch["recipe"], recursive: true);
        }

        Assert.InRange(given, 30, 300);
    }

    [Fact]
    public async Task Open_FileThatWasChanged_ShowsOrFails()
    {
        byte[] archive = await Archives.WriteAsync((Archives.Entry("dir/a"), new string('x', 5000)), (Archives.Entry("b"), "other"));
        _scratch.Make("out");
        await ApplyAsync(archive, WhiteoutStyle.Overlay);

        File.WriteAllText(_scratch["out/dir/a"], new string('y', 5000));
        Assert.NotEqual(archive, await RebuildAsync(4096));
        File.WriteAllText(_scratch["out/dir/a"], "short");
        Assert.Equal(ErrorKind.DataLoss, (await Assert.ThrowsAsync<WharfException>(() => RebuildAsync(4096))).Kind);
        File.Delete(_scratch["out/dir/a"]);
        File.CreateSymbolicLink(_scratch["out/dir/a"], "/etc/passwd");
        Assert.Equal(ErrorKind.DataLoss, (await Assert.ThrowsAsync<WharfException>(() => RebuildAsync(4096))).Kind);
    }

    [Fact]
    public async Task Open_DamagedRecipe_FailsOrGivesOtherBytesNeverHangs()
    {
        byte[] archive = await Archives.WriteAsync((Archives.Entry("dir/a"), new string('x', 5000)), (Archives.Entry("b"), "other"));
        _scratch.Make("out");
        await ApplyAsync(archive, WhiteoutStyle.Overlay);
        byte[] recipe = File.ReadAllBytes(_scratch["recipe/steps"]);
        var random = new Random(99);
        for (int i = 0; i < 300; i++)
        {
            byte[] bad = [.. recipe];
            bad[random.Next(bad.Length)] ^= (byte)(1 << random.Next(8));
            bad = random.Next(3) == 0 ? bad[..random.Next(bad.Length)] : bad;
            File.WriteAllBytes(_scratch["recipe/steps"], bad);
            try
            {
                Assert.InRange((await RebuildAsync(4096)).Length, 0, 1_000_000);
            }
            catch (WharfException e)
            {
                Assert.Contains(e.Kind, (ErrorKind[])[ErrorKind.DataLoss, ErrorKind.InvalidArgument]);
            }
        }
    }

    private async Task<LayerApplyResult> ApplyAsync(byte[] archive, WhiteoutStyle style)
    {
        _scratch.Make("recipe");
        using var root = _scratch.Open("out");
        using var recipe = _scratch.Open("recipe");
        return await LayerApplier.ApplyAsync(new MemoryStream(archive), root, new LayerApplyOptions { Whiteouts = style, Recipe = recipe }, Archives.None);
    }

    private async Task<byte[]> RebuildAsync(int piece)
    {
        await using Stream tar = LayerRecipe.Open(_scratch.Open("recipe"), _scratch.Open("out"));
        var output = new MemoryStream();
        byte[] buffer = new byte[piece];
        int read;
        while ((read = await tar.ReadAsync(buffer, Archives.None)) > 0)
        {
            output.Write(buffer, 0, read);
        }

        return output.ToArray();
    }
}
