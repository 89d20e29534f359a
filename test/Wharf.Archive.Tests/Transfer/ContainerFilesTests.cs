using System.Text;
using Wharf.Archive.Compression;
using Wharf.Archive.Tar;
using Wharf.Archive.Transfer;
using Wharf.Linux;
using Wharf.Primitives;

namespace Wharf.Archive.Tests.Transfer;

public sealed class ContainerFilesTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public ContainerFilesTests() => _scratch.Shell("""
        mkdir -p root/etc/conf.d root/data outside; printf safe > outside/file
        printf hello > root/etc/file; chmod 4640 root/etc/file; touch -d @1500000000.5 root/etc/file
        ln -s conf.d root/etc/link; ln -s /etc/conf.d root/abs; ln -s ../../../../outside root/etc/up; ln -s missing/../x root/dangling; ln -s loop root/loop
        printf c > root/etc/conf.d/c; mkfifo root/etc/fifo; mknod root/etc/null c 1 3
        """);

    [Theory]
    [InlineData("/etc/file", "file", 5, 0x8001A0u, "")]
    [InlineData("etc//./file", "file", 5, 0x8001A0u, "")]
    [InlineData("/etc/link", "link", 6, 0x80001FFu, "/etc/conf.d")]
    [InlineData("/abs", "abs", 11, 0x80001FFu, "/etc/conf.d")]
    [InlineData("/etc/up", "up", 19, 0x80001FFu, "/outside")]
    [InlineData("/dangling", "dangling", 12, 0x80001FFu, "/x")]
    [InlineData("/etc/link/", "link", -1, 0x800001EDu, "")]
    [InlineData("/etc/link/.", ".", -1, 0x800001EDu, "")]
    [InlineData("/", "/", -1, 0x800001EDu, "")]
    [InlineData("/etc/null", "null", 0, 0x042001A4u, "")]
    [InlineData("/etc/fifo", "fifo", 0, 0x020001A4u, "")]
    public void Stat_Path_IsWhatDockerTells(string path, string name, long size, uint mode, string target)
    {
        using var root = _scratch.Open("root");
        PathStatus status = ContainerFiles.Stat(root, path);
        Assert.Equal((name, mode, target), (status.Name, status.Mode, status.LinkTarget));
        Assert.True(size < 0 || size == status.Size);
    }

    [Theory]
    [InlineData("/missing")]
    [InlineData("/etc/up/file")]
    [InlineData("/etc/file/x")]
    [InlineData("/etc/file/")]
    [InlineData("/dangling/")]
    public void Stat_Missing_IsNotFound(string path)
    {
        using var root = _scratch.Open("root");
        if (path.StartsWith("/etc/file/", StringComparison.Ordinal))
        {
            Assert.EndsWith(": not a directory", Assert.Throws<WharfException>(() => ContainerFiles.Stat(root, path)).Message, StringComparison.Ordinal);
            return;
        }

        Assert.Equal(ErrorKind.NotFound, Assert.Throws<WharfException>(() => ContainerFiles.Stat(root, path)).Kind);
    }

    [Fact]
    public void Stat_LinkLoop_IsAnError()
    {
        using var root = _scratch.Open("root");
        Assert.Throws<WharfException>(() => ContainerFiles.Stat(root, "/loop"));
    }

    [Theory]
    [InlineData("/etc/file", "file")]
    [InlineData("/etc/link", "link")]
    [InlineData("/etc/link/", "link/ link/c")]
    [InlineData("/etc/conf.d/.", "./ ./c")]
    [InlineData("/data", "data/")]
    [InlineData("/etc/fifo", "fifo")]
    public async Task Pack_Path_NamesBeginWithItsLastPart(string path, string names)
    {
        using var root = _scratch.Open("root");
        var output = new MemoryStream();
        await ContainerFiles.PackAsync(root, path, null, output, Archives.None).WaitAsync(TimeSpan.FromSeconds(10));
        File.WriteAllBytes(_scratch["out.tar"], output.ToArray());
        Assert.Equal(names, _scratch.Shell("tar tf out.tar").Trim().Replace('\n', ' '));
    }

    [Fact]
    public async Task Pack_Root_HoldsAllWithAbsoluteNames()
    {
        using var root = _scratch.Open("root");
        var output = new MemoryStream();
        await ContainerFiles.PackAsync(root, "/", null, output, Archives.None);
        var names = (await Archives.ReadAsync(output.ToArray())).Select(m => m.Entry.NameText).ToList();
        Assert.Equal("/", names[0]);
        Assert.Contains("/etc/conf.d/c", names);
    }

    [Fact]
    [Trait("attack", "cp-perms")]
    public async Task Extract_IntoLinkedDirectory_StaysInTheRoot()
    {
        using var root = _scratch.Open("root");
        byte[] tar = await Archives.WriteAsync((Archives.Entry("new"), "n"), (Archives.Entry("sub/deep"), "d"));
        await ContainerFiles.ExtractAsync(root, "/abs", new MemoryStream(tar), new ExtractOptions(), Archives.None);
        Assert.Equal("n", File.ReadAllText(_scratch["root/etc/conf.d/new"]));
        Assert.Equal("d", File.ReadAllText(_scratch["root/etc/conf.d/sub/deep"]));

        // leads to /outside in the container, which does not exist there
        await Assert.ThrowsAsync<WharfException>(() => ContainerFiles.ExtractAsync(root, "/etc/up", new MemoryStream(tar), new ExtractOptions(), Archives.None));
        Assert.Equal("file\n", _scratch.Shell("ls outside"));
    }

    [Theory]
    [Trait("attack", "cp-foreign-decompressor")]
    [InlineData(CompressionKind.Gzip)]
    [InlineData(CompressionKind.Zstd)]
    public async Task Extract_Compressed_IsUnpackedInProcess(CompressionKind kind)
    {
        var packed = new MemoryStream();
        await using (var packer = Compressor.Open(packed, kind, leaveOpen: true))
        {
            await packer.WriteAsync(await Archives.WriteAsync((Archives.Entry("f"), "x")));
        }

        packed.Position = 0;
        using var root = _scratch.Open("root");
        await ContainerFiles.ExtractAsync(root, "/data", packed, new ExtractOptions { CopyOwners = false, UserId = 33, GroupId = 44 }, Archives.None);
        Assert.Equal("33 44\n", _scratch.Shell("stat -c '%u %g' root/data/f"));
    }

    [Fact]
    public async Task Extract_OnFileOrMissing_SaysSo()
    {
        using var root = _scratch.Open("root");
        byte[] tar = await Archives.WriteAsync((Archives.Entry("f"), "x"));
        var error = await Assert.ThrowsAsync<WharfException>(() => ContainerFiles.ExtractAsync(root, "/etc/file", new MemoryStream(tar), new ExtractOptions(), Archives.None));
        Assert.Equal("extraction point is not a directory", error.Message);
        error = await Assert.ThrowsAsync<WharfException>(() => ContainerFiles.ExtractAsync(root, "/none", new MemoryStream(tar), new ExtractOptions(), Archives.None));
        Assert.Equal(ErrorKind.NotFound, error.Kind);
    }

    [Fact]
    public async Task Extract_NoOverwriteDirNonDir_KeepsKinds()
    {
        using var root = _scratch.Open("root");
        var options = new ExtractOptions { NoOverwriteDirNonDir = true };
        byte[] file = await Archives.WriteAsync((Archives.Entry("etc"), "x")), directory = await Archives.WriteAsync((Archives.Entry("file", TarEntryType.Directory), ""));
        await Assert.ThrowsAsync<WharfException>(() => ContainerFiles.ExtractAsync(root, "/", new MemoryStream(file), options, Archives.None));
        await Assert.ThrowsAsync<WharfException>(() => ContainerFiles.ExtractAsync(root, "/etc", new MemoryStream(directory), options, Archives.None));
        Assert.Equal("hello", File.ReadAllText(_scratch["root/etc/file"]));
    }

    [Fact]
    public async Task Extract_WhiteoutNames_AreOrdinaryFiles()
    {
        using var root = _scratch.Open("root");
        await ContainerFiles.ExtractAsync(root, "/etc", new MemoryStream(await Archives.WriteAsync((Archives.Entry(".wh.file"), "x"), (Archives.Entry(".wh..wh..opq"), ""))), new ExtractOptions(), Archives.None);
        Assert.Equal("hello", File.ReadAllText(_scratch["root/etc/file"]));
        Assert.True(File.Exists(_scratch["root/etc/.wh.file"]));
    }

    [Fact]
    [Trait("attack", "cp-symlink-exchange")]
    public async Task CopyInAndOut_WhileDirectoriesTurnIntoLinks_NeverLeavesTheRoot()
    {
        string outside = _scratch["outside"];
        _scratch.Shell("mkdir -p root/race/dir; printf inner > root/race/dir/file");
        using var root = _scratch.Open("root");
        byte[] tar = await Archives.WriteAsync((Archives.Entry("dir/file"), "evil"), (Archives.Entry("dir/sub/x"), "evil"), (Archives.Entry("dir", TarEntryType.Directory), ""));
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        Task attacker = Task.Run(() =>
        {
            using var race = _scratch.Open("root/race");
            NameCalls.MakeSymbolicLink(outside, race, "link").ThrowIfError("symlink");
            while (!stop.IsCancellationRequested)
            {
                _ = NameCalls.Rename(race, "link", race, "dir", RenameFlags.Exchange);
            }
        });
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await ContainerFiles.ExtractAsync(root, "/race", new MemoryStream(tar), new ExtractOptions(), Archives.None);
                var output = new MemoryStream();
                await ContainerFiles.PackAsync(root, "/race/dir/", null, output, Archives.None);
                Assert.DoesNotContain("safe", Encoding.ASCII.GetString(output.ToArray()));
            }
            catch (WharfException)
            {
                // lost the race; what counts is below
            }
        }

        await attacker;
        Assert.Equal("file\nsafe", _scratch.Shell("ls -A outside; cat outside/file"));
    }

    public void Dispose() => _scratch.Dispose();
}
