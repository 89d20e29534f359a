using Wharf.Archive.Layers;
using Wharf.Archive.Tar;
using Wharf.Linux;
using Wharf.Primitives;

namespace Wharf.Archive.Tests.Layers;

public sealed class LayerApplierTests : IDisposable
{
    private readonly Scratch _scratch = new();

    private async Task<LayerApplyResult> ApplyAsync(string target, WhiteoutStyle style, params (TarEntry, string)[] members)
    {
        byte[] layer = await Archives.WriteAsync(members);
        using var root = _scratch.Open(target);
        return await LayerApplier.ApplyAsync(new MemoryStream(layer), root, new LayerApplyOptions { Whiteouts = style }, Archives.None);
    }

    [Theory]
    [InlineData(WhiteoutStyle.Delete)]
    [InlineData(WhiteoutStyle.Overlay)]
    [InlineData(WhiteoutStyle.Keep)]
    public async Task Apply_TreePackedByGnuTar_IsTheSameTree(WhiteoutStyle style)
    {
        _scratch.Shell("""
            mkdir -p in/a/b in/sticky in/private; chmod 1777 in/sticky; chmod 0500 in/private; umask 0
            printf data > in/a/b/file; chmod 06755 in/a/b/file; chown 123:456 in/a/b/file; chmod 4711 in/a/b/file
            printf w > in/a/world; chmod 666 in/a/world
            ln in/a/b/file in/a/hard; ln -s ../nowhere in/a/soft; chown -h 7:8 in/a/soft
            mkfifo -m 622 in/fifo; mknod -m 660 in/dev c 1 5; mknod in/blk b 7 200
            truncate -s 3M in/sparse; printf x | dd of=in/sparse bs=1 seek=1000000 conv=notrunc status=none
            head -c 700000 /dev/urandom > in/big; : > in/empty
            touch -hd @1234567890 in/a/soft; touch -d @1111111111 in/a/b/file in/big; touch -d @1222222222 in/a/b in/a in/sticky in
            tar --format=pax -S -cf layer.tar -C in .
            mkdir out
            """);
        using var root = _scratch.Open("out");
        await using var layer = File.OpenRead(_scratch["layer.tar"]);

        var result = await LayerApplier.ApplyAsync(layer, root, new LayerApplyOptions { Whiteouts = style }, Archives.None);

        string describe = $"find . -mindepth {(style == WhiteoutStyle.Keep ? 1 : 0)} -printf '%P %y %m %U %G %s %n %l %T@\\n' | sed 's/\\.0*$//; s/\\(.* [0-9]*\\)\\.[0-9]*$/\\1/' | sort; find . -type f | sort | xargs sha256sum; stat -c '%t:%T' dev blk";
        Assert.Equal(_scratch.Shell($"cd in; {describe}"), _scratch.Shell($"cd out; {describe}"));
        Assert.Equal(_scratch.Shell("sha256sum < layer.tar")[..64], result.DiffId.Encoded);
        Assert.Equal(new FileInfo(_scratch["layer.tar"]).Length, result.TarSize);
        Assert.Equal(4 + 1 + 3 * 1024 * 1024 + 700000, result.Size);
        Assert.True(int.Parse(_scratch.Shell("du -k out/sparse | cut -f1"), null) < 100, "holes must stay holes");
    }

    [Fact]
    [Trait("attack", "tar-traversal")]
    public async Task Apply_HostileNames_StayInside()
    {
        _scratch.Shell("mkdir -p out outside; printf safe > outside/file; printf safe > victim");
        string outside = _scratch["outside"];
        (TarEntry, string)[][] attacks =
        [
            [(Archives.Entry("link", TarEntryType.SymbolicLink, outside), ""), (Archives.Entry("link/new"), "evil"), (Archives.Entry("link/file"), "evil")],
            [(Archives.Entry("rel", TarEntryType.SymbolicLink, "../outside"), ""), (Archives.Entry("rel/file"), "evil")],
            [(Archives.Entry("a", TarEntryType.SymbolicLink, ".."), ""), (Archives.Entry("a/victim"), "evil")],
            [(Archives.Entry(outside + "/file"), "evil")],
            [(Archives.Entry("proc", TarEntryType.SymbolicLink, "/proc/self/cwd"), ""), (Archives.Entry("proc/x"), "evil")],
            [(Archives.Entry("d", TarEntryType.Directory), ""), (Archives.Entry("d", TarEntryType.SymbolicLink, outside), ""), (Archives.Entry("d/file"), "evil")],
            [(Archives.Entry("d2/x"), "1"), (Archives.Entry("d2", TarEntryType.SymbolicLink, outside), ""), (Archives.Entry("d2/file"), "evil"), (Archives.Entry("d2", TarEntryType.Directory), ""), (Archives.Entry("d2/y"), "2")],
            [(Archives.Entry("o", TarEntryType.SymbolicLink, outside), ""), (Archives.Entry("o/.wh..wh..opq"), "")],
            [(Archives.Entry("o2", TarEntryType.SymbolicLink, outside), ""), (Archives.Entry("o2/.wh.file"), "")],
        ];
        foreach (WhiteoutStyle style in Enum.GetValues<WhiteoutStyle>())
        {
            foreach (var attack in attacks)
            {
                _scratch.Shell("rm -rf out; mkdir out");
                try
                {
                    await ApplyAsync("out", style, attack);
                }
                catch (WharfException)
                {
                }

                Assert.Equal("file\n", _scratch.Shell("ls outside"));
                Assert.Equal("safesafe", _scratch.Shell("cat outside/file victim"));
            }
        }
    }

    [Theory]
    [Trait("attack", "tar-traversal")]
    [InlineData("../victim")]
    [InlineData("a/../../victim")]
    [InlineData("..")]
    [InlineData("a/..")]
    [InlineData(".wh...")]
    [InlineData("d/.wh..")]
    [InlineData(".wh.")]
    public async Task Apply_NameOutside_IsRefused(string name)
    {
        _scratch.Make("out");
        await Assert.ThrowsAsync<WharfException>(() => ApplyAsync("out", WhiteoutStyle.Overlay, (Archives.Entry(name), "x")));
    }

    [Theory]
    [Trait("attack", "tar-traversal")]
    [InlineData("../victim")]
    [InlineData("/../victim")]
    [InlineData("link/victim")]
    [InlineData("missing")]
    [InlineData("")]
    public async Task Apply_HardLinkOutside_IsRefused(string target)
    {
        _scratch.Make("out");
        File.WriteAllText(_scratch["victim"], "v");
        await Assert.ThrowsAsync<WharfException>(() => ApplyAsync("out", WhiteoutStyle.Overlay,
            (Archives.Entry("link", TarEntryType.SymbolicLink, ".."), ""), (Archives.Entry("hard", TarEntryType.HardLink, target), "")));
        Assert.Equal("1\n", _scratch.Shell("stat -c %h victim"));
    }

    [Fact]
    public async Task Apply_HardLinkToSymbolicLink_LinksTheLink()
    {
        _scratch.Make("out");
        await ApplyAsync("out", WhiteoutStyle.Overlay, (Archives.Entry("s", TarEntryType.SymbolicLink, "/etc/passwd"), ""), (Archives.Entry("h", TarEntryType.HardLink, "s"), ""));
        Assert.Equal("/etc/passwd", new FileInfo(_scratch["out/h"]).LinkTarget);
    }

    [Fact]
    [Trait("attack", "tar-traversal")]
    public async Task Apply_SameNameWithOtherTypes_LastOneStands()
    {
        _scratch.Make("out");
        await ApplyAsync("out", WhiteoutStyle.Overlay,
            (Archives.Entry("x"), "file"), (Archives.Entry("x", TarEntryType.Directory), ""), (Archives.Entry("x/y/z"), "deep"),
            (Archives.Entry("x", TarEntryType.Fifo), ""), (Archives.Entry("x", TarEntryType.SymbolicLink, "t"), ""), (Archives.Entry("x"), "last"),
            (Archives.Entry("d", TarEntryType.Directory, mode: 0x1C0), ""), (Archives.Entry("d/keep"), "k"), (Archives.Entry("d", TarEntryType.Directory, mode: 0x1ED), ""));
        Assert.Equal("last", File.ReadAllText(_scratch["out/x"]));
        Assert.Equal("755 k", _scratch.Shell("stat -c %a out/d | tr '\\n' ' '; cat out/d/keep"));
    }

    [Fact]
    public async Task Apply_OverlayStyle_WritesOverlayMarks()
    {
        _scratch.Make("out");
        await ApplyAsync("out", WhiteoutStyle.Overlay,
            (Archives.Entry("etc", TarEntryType.Directory), ""), (Archives.Entry("etc/.wh.gone"), ""), (Archives.Entry("var/.wh..wh..opq"), ""),
            (Archives.Entry(".wh..wh.plnk", TarEntryType.Directory), ""), (Archives.Entry(".wh..wh.plnk/1"), "aufs"),
            (Archives.Entry(".wh.again"), ""), (Archives.Entry("again", TarEntryType.Directory), ""));

        Assert.Equal("character special file 0:0\n", _scratch.Shell("stat -c '%F %t:%T' out/etc/gone"));
        Assert.Equal("again\netc\nvar\n", _scratch.Shell("ls -A out"));
        Assert.Equal((Errno.None, "y"), (ExtendedAttributes.Get(_scratch["out/var"], "trusted.overlay.opaque", out byte[] value), System.Text.Encoding.ASCII.GetString(value)));
        Assert.Equal(Errno.None, ExtendedAttributes.Get(_scratch["out/again"], "trusted.overlay.opaque", out _));
        Assert.Equal("1600000000\n", _scratch.Shell("stat -c %Y out/etc"));
    }

    [Fact]
    public async Task Apply_DeleteStyle_DeletesOnlyWhatLowerLayersMade()
    {
        _scratch.Shell("mkdir -p out/d/sub out/gone/deep out/e; touch out/d/old out/d/sub/old out/gone/deep/f out/e/old");
        await ApplyAsync("out", WhiteoutStyle.Delete,
            (Archives.Entry("d", TarEntryType.Directory), ""), (Archives.Entry("d/sub", TarEntryType.Directory), ""), (Archives.Entry("d/sub/new"), "n"),
            (Archives.Entry("d/.wh..wh..opq"), ""), (Archives.Entry(".wh.gone"), ""), (Archives.Entry("e/.wh.old"), ""), (Archives.Entry("e/new"), ""), (Archives.Entry("e/.wh.new"), ""),
            (Archives.Entry("missing/.wh.x"), ""));
        Assert.Equal("d\nd/sub\nd/sub/new\ne\ne/new\n", _scratch.Shell("cd out; find . -mindepth 1 -printf '%P\\n' | sort"));
    }

    [Fact]
    public async Task Apply_OverlayAttributesOfImage_AreLeftOut()
    {
        _scratch.Make("out");
        var entry = Archives.Entry("d", TarEntryType.Directory);
        entry.Attributes.Add(new TarAttribute("trusted.overlay.redirect"u8.ToArray(), "/etc"u8.ToArray()));
        entry.Attributes.Add(new TarAttribute("trusted.mine"u8.ToArray(), "1"u8.ToArray()));
        var result = await ApplyAsync("out", WhiteoutStyle.Overlay, (entry, ""));
        Assert.Equal(1, result.SkippedAttributes);
        Assert.Equal(Errno.ENODATA, ExtendedAttributes.Get(_scratch["out/d"], "trusted.overlay.redirect", out _));
        Assert.Equal(Errno.None, ExtendedAttributes.Get(_scratch["out/d"], "trusted.mine", out _));
    }

    [Fact]
    public async Task Apply_OwnersAreMapped_OrRefused()
    {
        _scratch.Make("out");
        var map = new IdentityMap([new IdentityRange(0, 100000, 1000)], [new IdentityRange(0, 200000, 1000)]);
        var entry = Archives.Entry("implied/f");
        entry.UserId = 5;
        entry.GroupId = 6;
        var outside = Archives.Entry("g");
        outside.UserId = 1000;
        var huge = Archives.Entry("h");
        huge.UserId = uint.MaxValue;
        using var root = _scratch.Open("out");
        var options = new LayerApplyOptions { Owners = map };

        await LayerApplier.ApplyAsync(new MemoryStream(await Archives.WriteAsync((entry, "x"))), root, options, Archives.None);

        Assert.Equal("100005 200006\n100000 200000\n", _scratch.Shell("stat -c '%u %g' out/implied/f out/implied"));
        var error = await Assert.ThrowsAsync<WharfException>(async () =>
            await LayerApplier.ApplyAsync(new MemoryStream(await Archives.WriteAsync((outside, "x"))), root, options, Archives.None));
        Assert.Equal("Container ID 1000 cannot be mapped to a host ID", error.Message);
        await Assert.ThrowsAsync<WharfException>(async () =>
            await LayerApplier.ApplyAsync(new MemoryStream(await Archives.WriteAsync((huge, "x"))), root, LayerApplyOptions.Default, Archives.None));
    }

    [Fact]
    public async Task Apply_NoSpaceLeft_SaysWhere()
    {
        _scratch.Shell("mkdir out; mount -t tmpfs -o size=64k none out");
        try
        {
            var error = await Assert.ThrowsAsync<WharfException>(() => ApplyAsync("out", WhiteoutStyle.Overlay, (Archives.Entry("etc/big"), new string('x', 200_000))));
            Assert.Equal("write /etc/big: no space left on device", error.Message);
        }
        finally
        {
            _scratch.Shell("umount out");
        }
    }

    [Fact]
    public async Task Apply_DirectoryTimes_SurviveLateMembers()
    {
        _scratch.Make("out");
        var members = new List<(TarEntry, string)>();
        for (int i = 0; i < 600; i++)
        {
            members.Add((Archives.Entry($"d{i}", TarEntryType.Directory), ""));
        }

        for (int i = 0; i < 600; i++)
        {
            members.Add((Archives.Entry($"d{i}/late"), ""));
        }

        await ApplyAsync("out", WhiteoutStyle.Overlay, [.. members]);
        Assert.Equal("600\n", _scratch.Shell("find out -mindepth 1 -type d ! -newermt @1600000000 | wc -l"));
    }

    [Fact]
    [Trait("attack", "tar-traversal")]
    public async Task Apply_MutatedLayers_NeverLeaveTheRoot()
    {
        _scratch.Shell("""
            mkdir -p in/a/b outside; printf safe > outside/file; ln -s ../outside in/l; ln -s / in/r; printf x > in/a/f; ln in/a/f in/a/h; touch in/.wh.q in/a/.wh..wh..opq
            tar --format=pax --transform 's,^zz,..,' -cf layer.tar -C in .
            """);
        byte[] seed = File.ReadAllBytes(_scratch["layer.tar"]);
        var random = new Random(31);
        for (int round = 0; round < 150; round++)
        {
            byte[] mutant = (byte[])seed.Clone();
            for (int i = random.Next(1, 5); i > 0; i--)
            {
                int block = random.Next(seed.Length / 512) * 512;
                "./al/"u8.CopyTo(mutant.AsSpan(block + random.Next(20)));
                mutant[block + random.Next(345)] = (byte)"./a\0l05r"[random.Next(8)];
            }

            Tar.TarReaderHostileTests.ResealAll(mutant);
            _scratch.Shell("rm -rf out; mkdir out");
            using var root = _scratch.Open("out");
            try
            {
                await LayerApplier.ApplyAsync(new MemoryStream(mutant), root, new LayerApplyOptions { Whiteouts = (WhiteoutStyle)(round % 3) }, Archives.None);
            }
            catch (WharfException)
            {
            }

            Assert.Equal("file\nsafe", _scratch.Shell("ls -A outside; cat outside/file"));
        }

        Assert.Equal("in\nlayer.tar\nout\noutside\n", _scratch.Shell("ls -A"));
    }

    public void Dispose() => _scratch.Dispose();
}
