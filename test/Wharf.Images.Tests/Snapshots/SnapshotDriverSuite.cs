using System.Diagnostics;
using System.Text;
using Wharf.Archive.Layers;
using Wharf.Archive.Tar;
using Wharf.Images.Snapshots;
using Wharf.Linux;
using Wharf.Primitives;

namespace Wharf.Images.Tests.Snapshots;

/// <summary>What every snapshot driver promises. Needs root.</summary>
public abstract class SnapshotDriverSuite : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;

    protected SnapshotDriverSuite(string? dataRoot = null)
    {
        DataRoot = dataRoot ?? Directory.CreateTempSubdirectory("wharf-snapshots-").FullName;
        Driver = Create(Settings());
    }

    protected string DataRoot { get; }

    protected ISnapshotDriver Driver { get; private set; }

    protected abstract ISnapshotDriver Create(SnapshotSettings settings);

    private SnapshotSettings Settings() => new(DataRoot, IdentityMap.None);

    [Fact]
    public async Task Layer_CommittedOnParent_ShowsBoth()
    {
        string a = await LayerAsync(null, ("etc/a", "1"), ("etc/gone", "x"), ("dir/one", "1"));
        string b = await LayerAsync(a, ("etc/b", "2"), ("etc/.wh.gone", ""), ("dir/.wh..wh..opq", ""), ("dir/two", "2"));

        using SnapshotRoot root = Driver.Open(b, writable: false);

        Assert.Equal("dir dir/two etc etc/a etc/b", Tree(root));
        Assert.Equal(Errno.EROFS, NameCalls.MakeDirectory(root.Directory, "new", 0x1FF));
    }

    [Fact]
    public async Task Draft_Disposed_LeavesNothing()
    {
        string id = ObjectId.New();
        using (var draft = Driver.BeginLayer(id, null))
        {
            await FillAsync(draft, ("f", "x"));
            Assert.False(Driver.Exists(id));
        }

        Assert.False(Driver.Exists(id));
        Assert.DoesNotContain(Directory.EnumerateDirectories(Path.Combine(DataRoot, Driver.Name)), p => p.Contains(id, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Container_Written_DiffersAsDockerSays()
    {
        string image = await LayerAsync(null, ("etc/passwd", "root"), ("etc/deep/file", "x"), ("usr/bin/tool", "t"), ("var/log/old", "o"));
        string id = await ContainerAsync(image);
        using (SnapshotRoot root = Driver.Open(id, writable: true))
        {
            Write(root, "etc/passwd", "changed!");
            Write(root, "etc/new", "n");
            Assert.Equal(Errno.None, NameCalls.MakeDirectory(root.Directory, "opt", 0x1ED));
            Write(root, "opt/app", "a");
            Assert.Equal(Errno.None, NameCalls.Unlink(root.Directory, "var/log/old"));
            Assert.Equal("root", Read(image, "etc/passwd"));
        }

        var changes = Driver.Changes(id);

        Assert.Equal(["C /etc", "A /etc/new", "C /etc/passwd", "A /opt", "A /opt/app", "C /var", "C /var/log", "D /var/log/old"],
            changes.Select(c => $"{"CAD"[(int)c.Kind]} {c.Path}"));
    }

    [Fact]
    public async Task Container_Untouched_HasNoChangesAndAnEmptyDiff()
    {
        string id = await ContainerAsync(await LayerAsync(null, ("etc/passwd", "root")));
        Assert.Empty(Driver.Changes(id));
        var diff = await Driver.WriteDiffAsync(id, Stream.Null, None);
        Assert.Equal((0L, 1024L), (diff.Entries, diff.TarSize));
        using SnapshotRoot root = Driver.Open(id, writable: false);
        Assert.Contains("etc/resolv.conf", Tree(root));
        Assert.Contains(".dockerenv", Tree(root));
    }

    [Fact]
    public async Task Diff_AppliedElsewhere_GivesTheSameTree()
    {
        string image = await LayerAsync(null, ("a/keep", "k"), ("a/gone", "g"), ("b/x", "x"), ("was-dir/y", "y"), ("was-file", "f"));
        string id = await ContainerAsync(image, init: false);
        using (SnapshotRoot root = Driver.Open(id, writable: true))
        {
            Assert.Equal(Errno.None, NameCalls.Unlink(root.Directory, "a/gone"));
            Remove(root, "b");
            Assert.Equal(Errno.None, NameCalls.MakeDirectory(root.Directory, "b", 0x1C0));
            Write(root, "b/fresh", "new");
            Remove(root, "was-dir");
            Write(root, "was-dir", "now a file");
            Assert.Equal(Errno.None, NameCalls.Unlink(root.Directory, "was-file"));
            Assert.Equal(Errno.None, NameCalls.MakeDirectory(root.Directory, "was-file", 0x1ED));
            Write(root, "was-file/in", "in");
            Assert.Equal(Errno.None, NameCalls.Link(root.Directory, "was-file/in", root.Directory, "hard"));
        }

        var tar = new MemoryStream();
        var written = await Driver.WriteDiffAsync(id, tar, None);
        tar.Position = 0;
        string layer = ObjectId.New();
        using (var draft = Driver.BeginLayer(layer, image))
        {
            var applied = await LayerApplier.ApplyAsync(tar, draft.Root, new LayerApplyOptions { Whiteouts = Driver.Whiteouts }, None);
            Assert.Equal(written.DiffId, applied.DiffId);
            draft.Commit();
        }

        using SnapshotRoot before = Driver.Open(id, writable: false), after = Driver.Open(layer, writable: false);
        Assert.Equal("a a/keep b b/fresh hard was-dir was-file was-file/in", Tree(before));
        Assert.Equal(Tree(before), Tree(after));
        var again = await Driver.WriteDiffAsync(layer, Stream.Null, None);
        Assert.Equal(written.Entries, again.Entries);
    }

    [Fact]
    public async Task Promote_Container_BecomesALayerWithoutMountPoints()
    {
        string image = await LayerAsync(null, ("a", "1"));
        string id = await ContainerAsync(image);
        using (SnapshotRoot root = Driver.Open(id, writable: true))
        {
            Write(root, "b", "2");
        }

        var expected = await Driver.WriteDiffAsync(id, Stream.Null, None);
        string layer = ObjectId.New();
        Driver.Promote(id, layer);

        Assert.False(Driver.Exists(id));
        Assert.Equal(expected.DiffId, (await Driver.WriteDiffAsync(layer, Stream.Null, None)).DiffId);
        using SnapshotRoot promoted = Driver.Open(await ContainerAsync(layer), writable: false);
        Assert.Contains("a b", Tree(promoted));
    }

    [Fact]
    public async Task Chain_OfHundredLayers_OpensAndMounts()
    {
        string? top = null;
        for (int i = 0; i < 100; i++)
        {
            top = await LayerAsync(top, ($"f{i:d3}", "x"));
        }

        string id = await ContainerAsync(top!, init: false);
        using SnapshotRoot root = Driver.Open(id, writable: true);
        Assert.Equal(100, Tree(root).Split(' ').Length);
        Assert.All(Driver.GetMount(id).Lower, l => Assert.True(l.Length <= DataRoot.Length + "/overlay2/l/ABCDEFGH".Length));
    }

    [Fact]
    public async Task Mount_ByTheRuntime_ShowsImageAndTakesWrites()
    {
        string id = await ContainerAsync(await LayerAsync(null, ("etc/hello", "image")));
        SnapshotMount mount = Driver.GetMount(id);
        string point = Path.Combine(DataRoot, "point");
        Directory.CreateDirectory(point);
        if (mount.Type == "overlay")
        {
            MountCalls.Mount("overlay", point, "overlay", MountFlags.None, $"lowerdir={string.Join(':', mount.Lower)},upperdir={mount.Upper},workdir={mount.Work}").ThrowIfError("mount");
        }
        else
        {
            MountCalls.Mount(mount.Upper, point, null, MountFlags.Bind).ThrowIfError("mount");
        }

        try
        {
            Assert.Equal("image", File.ReadAllText(Path.Combine(point, "etc/hello")));
            File.WriteAllText(Path.Combine(point, "etc/live"), "w");
            Assert.Contains(Driver.Changes(id), c => c.Path == "/etc/live");
            using SnapshotRoot beside = Driver.Open(id, writable: false);
            Assert.Contains("etc/live", Tree(beside));
        }
        finally
        {
            MountCalls.Unmount(point).ThrowIfError("umount2");
        }
    }

    [Fact]
    public async Task Remove_TakesAwayAtOnce_AndDeletesBeside()
    {
        string id = await LayerAsync(null, ("a/b/c", "x"));
        Driver.Remove(id);
        Driver.Remove(id);
        Assert.False(Driver.Exists(id));
        await WaitForEmptyTrashAsync();
        Assert.Equal(ErrorKind.NotFound, Assert.Throws<WharfException>(() => Driver.Measure(id)).Kind);
    }

    [Fact]
    public async Task Recover_AfterACrash_KeepsOnlyWhatIsOwned()
    {
        string kept = await LayerAsync(null, ("a", "1")), lost = await LayerAsync(kept, ("b", "2"));
        string draft = ObjectId.New();
        await FillAsync(Driver.BeginLayer(draft, kept), ("half", "x"));
        Directory.CreateDirectory(Path.Combine(DataRoot, "trash", "left-over", "deep"));

        Driver = Create(Settings());
        Driver.Recover(id => id == kept);

        Assert.Equal([kept], Driver.List());
        Assert.False(Driver.Exists(lost));
        await WaitForEmptyTrashAsync();
        using SnapshotRoot root = Driver.Open(await ContainerAsync(kept), writable: true);
        Assert.Equal("1", Read(root, "a"));
        Assert.DoesNotContain(Directory.EnumerateDirectories(Path.Combine(DataRoot, Driver.Name)), p => p.Contains(draft, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Root_OfAnyContainer_IsOpenToItsUsers()
    {
        string id = await ContainerAsync(await LayerAsync(null, ("implied/f", "x")));
        using SnapshotRoot root = Driver.Open(id, writable: false);
        foreach (string path in new[] { ".", "implied", "etc", "dev", ".dockerenv" })
        {
            NameCalls.Status(root.Directory, path, AtFlags.SymlinkNoFollow, out FileStatus status).ThrowIfError("stat", path);
            Assert.Equal(0x1EDu, status.Permissions);
        }
    }

    [Fact]
    public async Task Measure_CountsTheBytesOfFiles()
    {
        string id = await LayerAsync(null, ("a/big", new string('x', 100_000)), ("b", "1"));
        Assert.Equal(100_001, Driver.Measure(id));
    }

    [Theory]
    [InlineData("size", "10G", "--storage-opt is ")]
    [InlineData("bogus", "1", "Unknown option bogus")]
    public void Container_StorageOption_IsRefusedByName(string key, string value, string text)
    {
        var options = new ContainerLayerOptions { StorageOptions = new Dictionary<string, string> { [key] = value } };
        var error = Assert.Throws<WharfException>(() => Driver.CreateContainer(ObjectId.New(), null, options));
        Assert.Equal(ErrorKind.InvalidArgument, error.Kind);
        Assert.Contains(text, error.Message);
        Assert.Empty(Driver.List());
    }

    [Theory]
    [InlineData("../../etc")]
    [InlineData("")]
    [InlineData("l")]
    [InlineData("init")]
    public void Anything_WithAnIdThatIsNone_IsRefused(string id)
    {
        Assert.Throws<WharfException>(() => Driver.Remove(id));
        Assert.Throws<WharfException>(() => Driver.BeginLayer(id, null));
        Assert.Throws<WharfException>(() => Driver.CreateContainer(id, null, ContainerLayerOptions.Default));
    }

    [Fact]
    public void Container_OfMissingLayer_IsRefusedAndLeavesNothing()
    {
        Assert.Equal(ErrorKind.NotFound, Assert.Throws<WharfException>(() => Driver.CreateContainer(ObjectId.New(), ObjectId.New(), ContainerLayerOptions.Default)).Kind);
        Assert.Empty(Driver.List());
    }

    [Fact]
    public async Task Open_LeavesNoTraceInTheMountTable()
    {
        string id = await ContainerAsync(await LayerAsync(await LayerAsync(null, ("a", "1")), ("b", "2")));
        using SnapshotRoot root = Driver.Open(id, writable: true);
        Assert.DoesNotContain(DataRoot + "/", await File.ReadAllTextAsync("/proc/self/mountinfo"));
        Assert.Equal("1", Read(root, "a"));
    }

    protected async Task<string> LayerAsync(string? parent, params (string Name, string Content)[] files)
    {
        string id = ObjectId.New();
        using var draft = Driver.BeginLayer(id, parent);
        await FillAsync(draft, files);
        draft.Commit();
        Assert.True(Driver.Exists(id));
        return id;
    }

    private Task<string> ContainerAsync(string? image, bool init = true)
    {
        string id = ObjectId.New();
        Driver.CreateContainer(id, image, ContainerLayerOptions.Default with { InitLayer = init });
        return Task.FromResult(id);
    }

    private async Task FillAsync(ILayerDraft draft, params (string Name, string Content)[] files)
    {
        var tar = new MemoryStream();
        var writer = new TarWriter(tar);
        foreach (var (name, content) in files)
        {
            await writer.WriteFileAsync(TarEntry.ForFile(name, 0), Encoding.UTF8.GetBytes(content), None);
        }

        await writer.FinishAsync(None);
        tar.Position = 0;
        await LayerApplier.ApplyAsync(tar, draft.Root, new LayerApplyOptions { Whiteouts = Driver.Whiteouts }, None);
    }

    private async Task WaitForEmptyTrashAsync()
    {
        for (int i = 0; Directory.EnumerateFileSystemEntries(Path.Combine(DataRoot, "trash")).Any(); i++)
        {
            Assert.True(i < 500, "the trash is not emptied");
            await Task.Delay(10);
        }
    }

    private string Read(string id, string path)
    {
        using SnapshotRoot root = Driver.Open(id, writable: false);
        return Read(root, path);
    }

    private static string Read(SnapshotRoot root, string path)
    {
        FileCalls.OpenAt(root.Directory, path, OpenFlags.ReadOnly, out var file).ThrowIfError("open", path);
        using var stream = new FileStream(file, FileAccess.Read);
        return new StreamReader(stream).ReadToEnd();
    }

    private static void Write(SnapshotRoot root, string path, string content)
    {
        FileCalls.OpenAt(root.Directory, path, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Truncate, out var file, 0x1A4).ThrowIfError("open", path);
        using var stream = new FileStream(file, FileAccess.Write);
        stream.Write(Encoding.UTF8.GetBytes(content));
    }

    private static void Remove(SnapshotRoot root, string name) =>
        Assert.Equal(Errno.None, Archive.Trees.TreeRemover.Remove(root.Directory, Encoding.UTF8.GetBytes(name)));

    private static string Tree(SnapshotRoot root)
    {
        var tar = new MemoryStream();
        TreeArchive.WriteAsync(root.Directory, tar, IdentityMap.None, None).Wait();
        tar.Position = 0;
        var names = new List<string>();
        using var reader = new TarReader(tar);
        while (reader.ReadEntryAsync(None).AsTask().Result is { } entry)
        {
            names.Add(entry.NameText);
        }

        return string.Join(' ', names);
    }

    /// <summary>Before the data root is removed.</summary>
    protected virtual void Unmount()
    {
    }

    public void Dispose()
    {
        Unmount();
        using var rm = Process.Start("/bin/rm", ["-rf", DataRoot]);
        rm.WaitForExit();
        GC.SuppressFinalize(this);
    }
}

public sealed class OverlayDriverTests : SnapshotDriverSuite
{
    protected override ISnapshotDriver Create(SnapshotSettings settings) => SnapshotDrivers.Open("overlay2", settings);
}

public sealed class VfsDriverTests : SnapshotDriverSuite
{
    protected override ISnapshotDriver Create(SnapshotSettings settings) => SnapshotDrivers.Open("vfs", settings);
}
