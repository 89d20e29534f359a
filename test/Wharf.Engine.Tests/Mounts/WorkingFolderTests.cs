using Microsoft.Win32.SafeHandles;
using Wharf.Engine.Mounts;
using Wharf.Linux;
using Wharf.Primitives;

namespace Wharf.Engine.Tests.Mounts;

public sealed class WorkingFolderTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("wharf-working-").FullName;

    [Theory]
    [InlineData("/new", "new")]
    [InlineData("/new/deep/er", "new/deep/er")]
    [InlineData("/there/deep", "there/deep")]
    [InlineData("/there", "there")]
    [InlineData("/link/deep", "there/deep")]
    [InlineData("/out/deep", "there/deep")]
    public void Missing_IsMadeWithinTheRoot(string path, string made)
    {
        Directory.CreateDirectory(Path.Combine(_root, "there"));
        File.CreateSymbolicLink(Path.Combine(_root, "link"), "there");
        File.CreateSymbolicLink(Path.Combine(_root, "out"), "/../../there");
        Make(path);
        Assert.True(Directory.Exists(Path.Combine(_root, made)));
        Make(path);
    }

    [Theory]
    [InlineData("/file")]
    [InlineData("/file/below")]
    [InlineData("/dangling")]
    public void NoDirectory_IsRefused(string path)
    {
        File.WriteAllText(Path.Combine(_root, "file"), "");
        File.CreateSymbolicLink(Path.Combine(_root, "dangling"), "nowhere");
        var error = Assert.Throws<WharfException>(() => Make(path));
        Assert.Equal($"Cannot mkdir: {path} is not a directory", error.Message);
        Assert.Equal(ErrorKind.InvalidArgument, error.Kind);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private void Make(string path)
    {
        FileCalls.Open(_root, OpenFlags.Directory | OpenFlags.CloseOnExec, out SafeFileHandle root).ThrowIfError("open", _root);
        using (root)
        {
            WorkingFolder.Make(root, path);
        }
    }
}
