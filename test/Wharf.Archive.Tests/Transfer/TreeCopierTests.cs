using Wharf.Archive.Transfer;

namespace Wharf.Archive.Tests.Transfer;

public sealed class TreeCopierTests : IDisposable
{
    private readonly Scratch _scratch = new();

    [Fact]
    public void Copy_Tree_KeepsOwnersModesTimesAttributesAndLinks()
    {
        _scratch.Shell("""
            mkdir -p root/data/sub target; chown 5:6 root/data; chmod 1750 root/data; chmod 2711 root/data/sub
            head -c 300000 /dev/urandom > root/data/big; chown 7:8 root/data/big; chmod 4755 root/data/big
            ln root/data/big root/data/sub/hard; ln -s /etc/passwd root/data/soft; mkfifo root/data/fifo; mknod root/data/dev c 1 7; : > root/data/empty
            touch -hd @1234567890.25 root/data/soft root/data/big root/data/sub root/data
            """);
        Assert.Equal(Linux.Errno.None, Linux.ExtendedAttributes.Set(_scratch["root/data/big"], "user.note", [1, 0, 2]));
        using var root = _scratch.Open("root");
        using var target = _scratch.Open("target");

        Assert.True(TreeCopier.Copy(root, "/data", target, Archives.None));

        const string Describe = "find . -printf '%P %y %m %U %G %n %l %T@\\n' | sort; sha256sum big sub/hard; stat -c '%t:%T' dev";
        Assert.Equal(_scratch.Shell($"cd root/data; {Describe}"), _scratch.Shell($"cd target; {Describe}"));
        Linux.ExtendedAttributes.Get(_scratch["target/big"], "user.note", out byte[] note);
        Assert.Equal([1, 0, 2], note);
    }

    [Theory]
    [InlineData("/missing")]
    [InlineData("/file")]
    [InlineData("/out")]
    [InlineData("/../../etc")]
    public void Copy_NoDirectoryWithinTheRoot_CopiesNothing(string path)
    {
        _scratch.Shell("mkdir root target outside; touch root/file outside/secret; ln -s $PWD/outside root/out");
        using var root = _scratch.Open("root");
        using var target = _scratch.Open("target");
        Assert.False(TreeCopier.Copy(root, path, target, Archives.None));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_scratch["target"]));
    }

    public void Dispose() => _scratch.Dispose();
}
