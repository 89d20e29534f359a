using Microsoft.Win32.SafeHandles;
using Wharf.Build.Copying;
using Wharf.Build.Instructions;
using Wharf.Build.Sources;
using Wharf.Linux;
using Wharf.Primitives;

namespace Wharf.Build.Execution;

/// <summary>Turns the source words of COPY and ADD into things to copy: context paths and patterns, here-documents, downloads.</summary>
internal sealed class SourceResolver(BuildSession session, SourceTree? tree)
{
    public async Task<IReadOnlyList<CopySource>> ResolveAsync(CopyInstruction copy, IReadOnlyList<string> words,
        IReadOnlyList<(string Name, byte[] Content)> heredocs, CancellationToken ct)
    {
        var sources = new List<CopySource>();
        foreach ((string name, byte[] content) in heredocs)
        {
            sources.Add(OfFile(await WriteAsync(name, content, ct), name));
        }

        foreach (string word in words)
        {
            if (copy.IsAdd && HttpSource.IsUrl(word))
            {
                sources.Add(await DownloadAsync(copy, word, ct));
            }
            else if (copy.IsAdd && GitSource.IsGit(word))
            {
                throw WharfException.Unsupported($"ADD of a git repository ({word}) is not supported yet: clone it before the build, or use it as the build context");
            }
            else
            {
                sources.AddRange(await FindAsync(copy, word, ct));
            }
        }

        return sources;
    }

    private async Task<IEnumerable<CopySource>> FindAsync(CopyInstruction copy, string word, CancellationToken ct)
    {
        if (tree is null)
        {
            throw WharfException.Invalid($"{copy.Keyword} failed: there is no build context (the Dockerfile came from standard input)");
        }

        if (copy.From is null && PathPattern.Clean(word).StartsWith("..", StringComparison.Ordinal))
        {
            throw WharfException.Invalid($"{copy.Keyword} failed: forbidden path outside the build context: {word} ()");
        }

        var paths = tree.Match(word);
        if (paths.Count == 0)
        {
            throw WharfException.Invalid(PathPattern.HasWildcards(word)
                ? $"{copy.Keyword} failed: no source files were specified: nothing matches {word}"
                : copy.From is null
                    ? $"{copy.Keyword} failed: file not found in build context or excluded by .dockerignore: stat {word.TrimStart('/')}: file does not exist"
                    : $"{copy.Keyword} failed: stat {word}: file does not exist in {copy.From}");
        }

        var sources = new List<CopySource>();
        foreach (string path in paths)
        {
            var status = tree.Status(path, followLast: true) ?? throw WharfException.Invalid($"{copy.Keyword} failed: stat {path}: file does not exist");
            bool archive = copy is { IsAdd: true, Unpack: not false } && status.IsRegular && await ArchiveSource.IsArchiveAsync(tree, path, ct);
            sources.Add(new CopySource(tree, path, path[(path.LastIndexOf('/') + 1)..], status.IsDirectory, archive));
        }

        return sources;
    }

    private async Task<CopySource> DownloadAsync(CopyInstruction copy, string url, CancellationToken ct)
    {
        string folder = session.NewTemporaryPath();
        Directory.CreateDirectory(folder);
        string name = await HttpSource.DownloadAsync(url, folder, copy.Checksum, ct);
        if (name.Length == 0 && copy.Destination.EndsWith('/'))
        {
            throw WharfException.Invalid($"cannot determine filename for source {url}: the destination must then not end with a /");
        }

        string file = name.Length == 0 ? "download" : name;
        var source = OfFile(Path.Combine(folder, file), file);
        return copy.Unpack == true ? source with { Unpack = await ArchiveSource.IsArchiveAsync(source.Tree, source.Path, ct) } : source;
    }

    private async Task<string> WriteAsync(string name, byte[] content, CancellationToken ct)
    {
        if (name.Contains('/') || name is "." or "..")
        {
            throw WharfException.Invalid($"a here-document's name is a file name here and cannot be {name}");
        }

        string folder = session.NewTemporaryPath();
        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, name);
        await File.WriteAllBytesAsync(path, content, ct);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        return path;
    }

    private static CopySource OfFile(string path, string name)
    {
        FileCalls.Open(Path.GetDirectoryName(path)!, OpenFlags.Path | OpenFlags.Directory | OpenFlags.CloseOnExec, out SafeFileHandle folder).ThrowIfError("open", path);
        return new CopySource(new SourceTree(folder, null, keepOwners: false), Path.GetFileName(path), name, IsDirectory: false, Unpack: false);
    }
}
