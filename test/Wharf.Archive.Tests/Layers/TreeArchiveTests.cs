using Wharf.Archive.Layers;
using Wharf.Linux;
using Wharf.Primitives;

namespace Wharf.Archive.Tests.Layers;

/// <summary>Whole trees as archives, judged by GNU tar. Folders are full enough to be read ahead, and hold what must not be.</summary>
public sealed class TreeArchiveTests : IDisposable
{
    private const string Listing = "find . -mindepth 1 -printf '%P %y %m %U:%G %s %n %T@ %l\\n' | sed 's/\\.0*\\( [^ ]*\\)$/\\1/; s/ d \\(.*\\) [0-9]* \\([0-9]*\\) \\([0-9]*\\) $/ d \\1 \\3/' | sort";

    private readonly Scratch _scratch = new();

    [Fact]
    public async Task Write_FoldersOfManyKindsOfFiles_IsReadByGnuTarAsTheyWere()
    {
        _scratch.Shell("""
            mkdir -p in/a/b/c out
            for d in a a/b a/b/c; do
                for i in $(seq 70); do printf "%${i}d" $i >in/$d/file$i; done
                : >in/$d/empty; head -c 16384 /dev/zero >in/$d/just; head -c 16385 /dev/zero >in/$d/above
                ln -s file1 in/$d/link; mkfifo in/$d/fifo; mknod in/$d/null c 1 3
                chmod 4711 in/$d/file7; chown 33:44 in/$d/file8
            done
            ln in/a/file5 in/a/b/hard; ln in/a/file5 in/a/hard
            find in -exec touch -h -d @1500000000 {} +
            """);
        ExtendedAttributes.Set(_scratch["in/a/b/c/file9"], "user.x", "y"u8).ThrowIfError("setxattr", "file9");

        using (var root = _scratch.Open("in"))
        await using (var archive = File.Create(_scratch["a.tar"]))
        {
            LayerApplyResult written = await TreeArchive.WriteAsync(root, archive, IdentityMap.None, CancellationToken.None);
            Assert.Equal(3 + 3 * (70 + 3 + 3) + 2, written.Entries);
        }

        _scratch.Shell("tar --xattrs --xattrs-include='user.*' -xpf a.tar -C out");
        Assert.Equal(_scratch.Shell("cd in; " + Listing), _scratch.Shell("cd out; " + Listing));
        Assert.Equal("", _scratch.Shell("diff -r --no-dereference -x fifo -x null in out"));
        ExtendedAttributes.Get(_scratch["out/a/b/c/file9"], "user.x", out byte[] value).ThrowIfError("getxattr", "file9");
        Assert.Equal("y"u8, value);
    }

    public void Dispose() => _scratch.Dispose();
}
