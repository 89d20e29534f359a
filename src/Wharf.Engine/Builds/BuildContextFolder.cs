using System.Text;
using Microsoft.Win32.SafeHandles;
using Wharf.Archive.Compression;
using Wharf.Archive.Layers;
using Wharf.Build.Copying;
using Wharf.Linux;
using Wharf.Primitives;

namespace Wharf.Engine.Builds;

/// <summary>A build context on disk, for one build: unpacked from what the client sent, gone when disposed.</summary>
internal sealed class BuildContextFolder : IDisposable
{
    private const int MaxDockerfileBytes = 32 << 20;
    private readonly string _path;
    private readonly SafeFileHandle _root;

    private BuildContextFolder(string path)
    {
        _path = path;
        Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        FileCalls.Open(path, OpenFlags.ReadOnly | OpenFlags.Directory | OpenFlags.CloseOnExec, out _root).ThrowIfError("open", path);
    }

    /// <param name="folder">Where contexts live; it is swept when the daemon starts.</param>
    /// <param name="archive">A tar in any compression.</param>
    /// <param name="ct">Ends it, and nothing is left.</param>
    public static async Task<BuildContextFolder> UnpackAsync(string folder, Stream archive, CancellationToken ct)
    {
        var context = new BuildContextFolder(Path.Combine(folder, "context-" + Guid.NewGuid().ToString("N")));
        try
        {
            await using DecompressedStream plain = await Decompression.OpenAsync(archive, leaveOpen: true, ct);
            await LayerApplier.ApplyAsync(plain.Content, context._root, new LayerApplyOptions { Whiteouts = WhiteoutStyle.Keep }, ct);
            return context;
        }
        catch
        {
            context.Dispose();
            throw;
        }
    }

    /// <summary>The text of the Dockerfile.</summary>
    /// <exception cref="WharfException">InvalidArgument: not there, or not inside the context.</exception>
    public string ReadDockerfile(string name) => Read(name)
        ?? throw WharfException.Invalid($"Cannot locate specified Dockerfile: {name}");

    /// <summary>The context to copy from, without what NAME.dockerignore, or else .dockerignore, leaves out.</summary>
    public SourceTree Open(string dockerfile)
    {
        string? rules = Read(dockerfile + ".dockerignore") ?? Read(".dockerignore");
        return new SourceTree(_root, rules is null ? null : IgnorePatterns.Parse(rules), keepOwners: false);
    }

    public void Dispose()
    {
        _root.Dispose();
        Directory.Delete(_path, recursive: true);
    }

    private string? Read(string name) =>
        new TargetTree(_root).ReadSmall(name, MaxDockerfileBytes) is { } content ? Encoding.UTF8.GetString(content) : null;
}
