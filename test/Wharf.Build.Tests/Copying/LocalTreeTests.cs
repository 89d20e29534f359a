using System.Security.Cryptography;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Wharf.Build.Copying;
using Wharf.Linux;
using Wharf.Primitives;

namespace Wharf.Build.Tests.Copying;

/// <summary>Contexts that are read in place: what was hashed is what is copied, and nothing is hashed twice.</summary>
public sealed class LocalTreeTests : IDisposable
{
    private const uint Stranger = 54321;
    private readonly string _folder = Directory.CreateTempSubdirectory("wharf-local-").FullName;
    private readonly Clock _clock = new();
    private readonly byte[] _buffer = new byte[1 << 17];

    public LocalTreeTests()
    {
        Directory.CreateDirectory(Source);
        Directory.CreateDirectory(Target);
        File.SetUnixFileMode(_folder, (UnixFileMode)0b111_101_101);
    }

    private string Source => Path.Combine(_folder, "source");

    private string Target => Path.Combine(_folder, "target");

    private string IndexPath => Path.Combine(_folder, "index", "one");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Copy_FileChangedAfterItsHash_IsRefused()
    {
        Write("a", "one");
        using var root = Open(Source);
        var tree = Tree(root);
        Key(tree);
        Write("a", "two");
        var error = Assert.Throws<WharfException>(() => Copy(tree));
        Assert.Equal(ErrorKind.Conflict, error.Kind);
        Assert.Contains("a was changed while the build read it", error.Message);
    }

    [Fact]
    public void Copy_FileWrittenAgainWithTheSameBytes_IsNoChange()
    {
        Write("a", "one");
        using var root = Open(Source);
        var tree = Tree(root);
        Key(tree);
        Write("a", "one");
        Copy(tree);
        Assert.Equal("one", File.ReadAllText(Path.Combine(Target, "a")));
    }

    [Fact]
    public void Copy_FilesAddedAndTakenAwayAfterTheKey_FollowTheKey()
    {
        Write("a", "one");
        Write("b", "two");
        using var root = Open(Source);
        var tree = Tree(root);
        var key = Key(tree);
        Write("late", "x");
        Assert.Equal(key, Key(tree));
        Copy(tree);
        Assert.Equal(["a", "b"], Directory.GetFiles(Target).Select(f => Path.GetFileName(f)!).Order());
        File.Delete(Path.Combine(Source, "a"));
        Assert.Throws<WharfException>(() => Copy(tree));
    }

    [Fact]
    public void Index_UnchangedFile_IsNotReadAgain()
    {
        Write("a", "one");
        _clock.Later(10);
        byte[] first = HashOnce("a");
        var index = Index();
        var stamp = StampOf("a");
        Assert.Equal(first, index.Find(stamp));
        Assert.Equal(first, SHA256.HashData("one"u8));
        Assert.Null(index.Find(stamp with { Changed = stamp.Changed + 1 }));
        Assert.Null(index.Find(stamp with { Size = stamp.Size + 1 }));
        Assert.Null(index.Find(stamp with { Modified = stamp.Modified - 1 }));
    }

    [Fact]
    public void Index_FileYoungerThanTheClockTicks_IsNotTrusted()
    {
        Write("a", "one");
        HashOnce("a");
        Assert.Null(Index().Find(StampOf("a")));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(40)]
    [InlineData(-1)]
    public void Index_Damaged_IsAsNone(int at)
    {
        Write("a", "one");
        _clock.Later(10);
        HashOnce("a");
        byte[] bytes = File.ReadAllBytes(IndexPath);
        bytes[at < 0 ? bytes.Length + at : at] ^= 1;
        File.WriteAllBytes(IndexPath, bytes);
        Assert.Null(Index().Find(StampOf("a")));
        File.WriteAllBytes(IndexPath, bytes[..10]);
        Assert.Null(Index().Find(StampOf("a")));
    }

    [Fact]
    public void Identity_FileOfAnother_CannotBeReadByItsReader()
    {
        Write("own", "mine");
        Write("other", "secret");
        File.SetUnixFileMode(Path.Combine(Source, "other"), UnixFileMode.UserRead);
        using var root = Open(Source);
        var tree = new LocalTree(root, null, new FileIdentity(Stranger, Stranger, []), Index());
        Assert.Equal(SHA256.HashData("mine"u8), tree.Hash("own", _buffer, CancellationToken.None));
        var error = Assert.Throws<WharfException>(() => tree.Hash("other", _buffer, CancellationToken.None));
        Assert.Contains("permission denied", error.Message);

        // and the thread is its own again
        Assert.Equal("secret", File.ReadAllText(Path.Combine(Source, "other")));
    }

    [Fact]
    public void Identity_Group_OpensWhatTheGroupMayRead()
    {
        const uint Group = 54999;
        Write("shared", "x");
        string path = Path.Combine(Source, "shared");
        NameCalls.ChangeOwner(FileCalls.CurrentDirectory, path, 0, Group, AtFlags.None).ThrowIfError("chown", path);
        File.SetUnixFileMode(path, UnixFileMode.GroupRead);
        using var root = Open(Source);
        Assert.Throws<WharfException>(() => new LocalTree(root, null, new FileIdentity(Stranger, Stranger, []), Index()).Hash("shared", _buffer, CancellationToken.None));
        new LocalTree(root, null, new FileIdentity(Stranger, Stranger, [Group]), Index()).Hash("shared", _buffer, CancellationToken.None);
    }

    [Fact]
    public void Devices_AreNotSeen()
    {
        Write("a", "one");
        Assert.Equal(Errno.None, NameCalls.MakeNode(FileCalls.CurrentDirectory, Path.Combine(Source, "null"), FileType.CharacterDevice | 0x1B6, DeviceNumber.Make(1, 3)));
        using var root = Open(Source);
        Assert.Equal(["a"], Tree(root).List(""));
        Assert.Null(Tree(root).Status("null", followLast: false));
    }

    [Fact]
    public void Links_LeadNowhereElse()
    {
        File.CreateSymbolicLink(Path.Combine(Source, "out"), "/etc/passwd");
        using var root = Open(Source);
        Assert.Null(Tree(root).Status("out", followLast: true));
        Assert.Equal("/etc/passwd", Encoding.UTF8.GetString(Tree(root).ReadLink("out")));
    }

    private static SafeFileHandle Open(string path)
    {
        FileCalls.Open(path, OpenFlags.ReadOnly | OpenFlags.Directory, out var handle).ThrowIfError("open", path);
        return handle;
    }

    private void Write(string name, string content) => File.WriteAllText(Path.Combine(Source, name), content);

    private FileStamp StampOf(string name)
    {
        NameCalls.Status(FileCalls.CurrentDirectory, Path.Combine(Source, name), AtFlags.None, out var status).ThrowIfError("statx", name);
        return FileStamp.Of(status);
    }

    private ContentIndex Index()
    {
        NameCalls.Status(FileCalls.CurrentDirectory, Source, AtFlags.None, out var status).ThrowIfError("statx", Source);
        return ContentIndex.Open(IndexPath, _clock, status.Device);
    }

    private LocalTree Tree(SafeFileHandle root) => new(root, null, null, Index());

    private byte[] HashOnce(string name)
    {
        using var root = Open(Source);
        var tree = Tree(root);
        byte[] digest = tree.Hash(name, _buffer, CancellationToken.None);
        tree.SaveIndex();
        return digest;
    }

    private static Digest Key(SourceTree tree)
    {
        using var key = new ContentKey();
        key.Add(new CopyItem(tree, "", "/"), new CopyLook(), CancellationToken.None);
        return key.Finish();
    }

    private void Copy(SourceTree tree)
    {
        using var target = Open(Target);
        TreeCopy.Copy(new CopyItem(tree, "", "/"), new TargetTree(target), new CopyLook(), CancellationToken.None);
    }

    private sealed class Clock : TimeProvider
    {
        private TimeSpan _ahead;

        public void Later(int seconds) => _ahead += TimeSpan.FromSeconds(seconds);

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UtcNow + _ahead;
    }
}
