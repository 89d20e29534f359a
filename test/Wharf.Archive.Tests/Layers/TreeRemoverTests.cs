using Wharf.Archive.Trees;
using Wharf.Linux;

namespace Wharf.Archive.Tests.Layers;

public sealed class TreeRemoverTests : IDisposable
{
    private readonly Scratch _scratch = new();

    [Fact]
    [Trait("attack", "tar-bombs")]
    public void Remove_TreeDeeperThanAnyPath_Goes()
    {
        _scratch.Shell("mkdir -p top outside; touch outside/safe; ln -s ../outside top/link");
        using (var top = _scratch.Open("top"))
        {
            var at = top;
            for (int i = 0; i < 3000; i++)
            {
                NameCalls.MakeDirectory(at, "d", 0x1ED).ThrowIfError("mkdir");
                NameCalls.MakeNode(at, "f", FileType.Regular, 0).ThrowIfError("mknod");
                FileCalls.OpenAt(at, "d", OpenFlags.Directory, out var next).ThrowIfError("open");
                if (at != top)
                {
                    at.Dispose();
                }

                at = next;
            }

            at.Dispose();
        }

        using var root = _scratch.Open();
        Assert.Equal(Errno.None, TreeRemover.Remove(root, "top"u8));
        Assert.Equal(Errno.None, TreeRemover.Remove(root, "top"u8));
        Assert.Equal("outside\nsafe\n", _scratch.Shell("ls -A; ls outside"));
    }

    public void Dispose() => _scratch.Dispose();
}
