using Microsoft.Win32.SafeHandles;
using Wharf.Engine.Launch;
using Wharf.Linux;
using Wharf.Primitives;

namespace Wharf.Engine.Tests.Launch;

public sealed class UserResolverTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("wharf-users-").FullName;
    private readonly SafeFileHandle _handle;

    public UserResolverTests()
    {
        Directory.CreateDirectory(Path.Combine(_root, "etc"));
        Write("passwd", "root:x:0:0:root:/root:/bin/sh\nbroken line\nweb:x:1000:100:Web:/home/web:/bin/sh\nnohome:x:5:6\n");
        Write("group", "root:x:0:\nusers:x:100:\naudio:x:63:web,other\nvideo:x:39:other,web\n");
        FileCalls.Open(_root, OpenFlags.Directory | OpenFlags.Path | OpenFlags.CloseOnExec, out _handle).ThrowIfError("open", _root);
    }

    public void Dispose()
    {
        _handle.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [Theory]
    [InlineData("", 0, 0, "0", "/root")]
    [InlineData("web", 1000, 100, "100,63,39", "/home/web")]
    [InlineData("1000", 1000, 100, "100,63,39", "/home/web")]
    [InlineData("web:audio", 1000, 63, "63", "/home/web")]
    [InlineData("4242", 4242, 0, "0", "/")]
    [InlineData("4242:4243", 4242, 4243, "4243", "/")]
    [InlineData("nohome", 5, 6, "6", "/")]
    public void Resolve_NamesAndNumbers_ByTheContainersFiles(string user, int uid, int gid, string groups, string home)
    {
        ResolvedUser resolved = UserResolver.Resolve(_handle, user, []);
        Assert.Equal(((uint)uid, (uint)gid, home), (resolved.Uid, resolved.Gid, resolved.Home));
        Assert.Equal(groups, string.Join(',', resolved.Groups));
    }

    [Theory]
    [InlineData("nobody-here", "unable to find user nobody-here: no matching entries in passwd file")]
    [InlineData("web:nogroup", "unable to find group nogroup: no matching entries in group file")]
    [InlineData("4294967295", "uids and gids must be in range 0-2147483647")]
    [InlineData("-1", "uids and gids must be in range 0-2147483647")]
    [InlineData("0:4294967295", "uids and gids must be in range 0-2147483647")]
    public void Resolve_WhatIsNoUser_IsRefusedInDockersWords(string user, string text) =>
        Assert.Equal(text, Assert.Throws<WharfException>(() => UserResolver.Resolve(_handle, user, [])).Message);

    [Fact]
    public void Resolve_ExtraGroups_AreAdded() =>
        Assert.Equal([100u, 63u, 39u, 77u], UserResolver.Resolve(_handle, "web", ["video", "77"]).Groups);

    [Fact]
    public void Resolve_NumbersInTheFileOutOfRange_AreRefused()
    {
        Write("passwd", "evil:x:4294967295:0::/:/bin/sh\n");
        Assert.Throws<WharfException>(() => UserResolver.Resolve(_handle, "evil", []));
    }

    [Fact]
    public void Resolve_FileThatLeadsOutside_StaysWithinTheRoot()
    {
        File.Delete(Path.Combine(_root, "etc/passwd"));
        File.CreateSymbolicLink(Path.Combine(_root, "etc/passwd"), "/../../../../../../etc/hostname");
        Assert.Equal("unable to find user daemon: no matching entries in passwd file", Assert.Throws<WharfException>(() => UserResolver.Resolve(_handle, "daemon", [])).Message);
    }

    [Fact]
    public void Resolve_DeviceInsteadOfAFile_IsNotOpened()
    {
        File.Delete(Path.Combine(_root, "etc/passwd"));
        NameCalls.MakeNode(FileCalls.CurrentDirectory, Path.Combine(_root, "etc/passwd"), FileType.Fifo | 0x1FF, 0).ThrowIfError("mknod");
        Assert.Equal(0u, UserResolver.Resolve(_handle, "", []).Uid);
    }

    [Fact]
    public void Resolve_HugeFile_IsRefused()
    {
        using (FileStream file = File.OpenWrite(Path.Combine(_root, "etc/passwd")))
        {
            file.SetLength(1L << 40);
        }

        Assert.Contains("larger than 8 MB", Assert.Throws<WharfException>(() => UserResolver.Resolve(_handle, "web", [])).Message, StringComparison.Ordinal);
    }

    private void Write(string name, string content) => File.WriteAllText(Path.Combine(_root, "etc", name), content);
}
