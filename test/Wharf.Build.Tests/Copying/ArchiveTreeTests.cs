using System.Formats.Tar;
using System.Text;
using Wharf.Build.Copying;
using Wharf.Primitives;

namespace Wharf.Build.Tests.Copying;

public sealed class ArchiveTreeTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wharf-tree-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<ArchiveTree> ReadAsync(params TarEntry[] entries)
    {
        var memory = new MemoryStream();
        await using (var writer = new TarWriter(memory, TarEntryFormat.Pax, leaveOpen: true))
        {
            foreach (var entry in entries)
            {
                await writer.WriteEntryAsync(entry, TestContext.Current.CancellationToken);
            }
        }

        memory.Position = 0;
        var contents = File.OpenHandle(Path.Combine(_folder, Guid.NewGuid().ToString("N")), FileMode.CreateNew, FileAccess.ReadWrite);
        return await ArchiveTree.ReadAsync(memory, contents, null, TestContext.Current.CancellationToken);
    }

    private static PaxTarEntry Text(string name, string text) =>
        new(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)), Mode = UnixFileMode.UserRead };

    private static PaxTarEntry Link(TarEntryType type, string name, string target) => new(type, name) { LinkName = target };

    private static string Read(SourceTree tree, string path)
    {
        using var data = tree.OpenData(path);
        return new StreamReader(data.AsStream()).ReadToEnd();
    }

    [Fact]
    public async Task Links_AreFollowedWithinTheTree()
    {
        var tree = await ReadAsync(Text("a/f", "one"), Link(TarEntryType.SymbolicLink, "l", "a"), Link(TarEntryType.SymbolicLink, "a/up", "../../../g"), Text("g", "two"),
            Link(TarEntryType.SymbolicLink, "abs", "/a/f"), Link(TarEntryType.HardLink, "hard", "a/f"), Link(TarEntryType.SymbolicLink, "loop", "loop"));
        Assert.Equal("one", Read(tree, "l/f"));
        Assert.Equal("two", Read(tree, "a/up"));
        Assert.Equal("one", Read(tree, "abs"));
        Assert.Equal("one", Read(tree, "hard"));
        Assert.Null(tree.Status("../etc/passwd", followLast: true));
        Assert.Contains("too many levels", Assert.Throws<WharfException>(() => tree.Status("loop", followLast: true)).Message);
    }

    [Fact]
    public async Task Patterns_MatchSortedAndIgnoredOnesAreGone()
    {
        var tree = (await ReadAsync(Text("b.txt", "b"), Text("a.txt", "a"), Text("d/x.txt", "x"), Text("d/skip", "s"), Text("e/skip", "s"))).Without(IgnorePatterns.Parse("b.txt\n**/skip\n"));
        Assert.Equal(["a.txt"], tree.Match("*.txt"));
        Assert.Equal(["a.txt", "d/x.txt"], tree.Match("**/*.txt"));
        Assert.Equal(["x.txt"], tree.List("d"));
        Assert.Empty(tree.Match("b.txt"));
    }

    [Fact]
    public async Task Key_IsOfContentAndModeAndNotOfTime()
    {
        static string Key(SourceTree tree)
        {
            using var key = new ContentKey();
            key.Add(new CopyItem(tree, "", "/"), new CopyLook(), CancellationToken.None);
            return key.Finish().Encoded;
        }

        string one = Key(await ReadAsync(Text("f", "x")));
        var later = Text("f", "x");
        later.ModificationTime = DateTimeOffset.UnixEpoch;
        Assert.Equal(one, Key(await ReadAsync(later)));
        Assert.NotEqual(one, Key(await ReadAsync(Text("f", "y"))));
        var executable = Text("f", "x");
        executable.Mode |= UnixFileMode.UserExecute;
        Assert.NotEqual(one, Key(await ReadAsync(executable)));
    }

    [Fact]
    public async Task Archive_AndFolder_HaveTheSameKey()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "c", "d"));
        File.WriteAllText(Path.Combine(_folder, "c", "d", "f"), "x");
        File.SetUnixFileMode(Path.Combine(_folder, "c", "d", "f"), UnixFileMode.UserRead);
        File.SetUnixFileMode(Path.Combine(_folder, "c", "d"), (UnixFileMode)0b111_101_101);
        Wharf.Linux.FileCalls.Open(Path.Combine(_folder, "c"), Wharf.Linux.OpenFlags.Path, out var root);
        using var fromFolder = new ContentKey();
        fromFolder.Add(new CopyItem(new FolderTree(root, null, keepOwners: false), "d", "/"), new CopyLook(), CancellationToken.None);
        using var fromArchive = new ContentKey();
        fromArchive.Add(new CopyItem(await ReadAsync(Text("d/f", "x")), "d", "/"), new CopyLook(), CancellationToken.None);
        Assert.Equal(fromFolder.Finish(), fromArchive.Finish());
    }

    [Theory]
    [InlineData("../f")]
    [InlineData("a/../../f")]
    public async Task MemberOutside_IsInTheRoot(string name) => Assert.Equal(["f"], (await ReadAsync(Text(name, "x"))).Match("*"));
}
