using Microsoft.Win32.SafeHandles;
using Wharf.Build.Attestations;
using Wharf.Build.Copying;
using Wharf.Build.Dockerfile;
using Wharf.Build.Instructions;
using Wharf.Build.Sources;
using Wharf.Linux;
using Wharf.Primitives;

namespace Wharf.Build.Execution;

/// <summary>Turns the source words of COPY and ADD into things to copy: context paths and patterns, here-documents, downloads.</summary>
internal sealed class SourceResolver(BuildSession session, SourceTree? tree)
{
    /// <summary>The name of a download whose address has none, as BuildKit gives it.</summary>
    private const string Unnamed = "__unnamed__";

    public async Task<IReadOnlyList<CopySource>> ResolveAsync(CopyInstruction copy, IReadOnlyList<string> words,
        IReadOnlyList<(string Name, byte[] Content)> heredocs, string? checksum, IgnorePatterns? exclude, CancellationToken ct)
    {
        var sources = new List<CopySource>();
        foreach ((string name, byte[] content) in heredocs)
        {
            sources.Add(OfFile(await WriteAsync(name, content, ct), name));
        }

        foreach (string word in words)
        {
            if (!copy.IsAdd && HttpSource.IsUrl(word))
            {
                throw DockerfileError.About(WharfException.Invalid("COPY failed: source can't be a URL for COPY"), word);
            }

            if (copy.IsAdd && HttpSource.IsUrl(word))
            {
                sources.Add(await DownloadAsync(copy, word, checksum, ct));
            }
            else if (copy.IsAdd && GitSource.IsGit(word))
            {
                sources.Add(await CloneAsync(copy, word, checksum, ct));
            }
            else if (checksum is not null)
            {
                throw DockerfileError.About(WharfException.Invalid("checksum requires HTTP(S) or Git sources"), copy.Checksum!);
            }
            else
            {
                sources.AddRange((await FindAsync(copy, word, ct)).Where(s => s.Name.Length == 0 || exclude?.IsIgnored(s.Name) != true));
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

        var paths = tree.Match(word);
        if (paths.Count == 0 && PathPattern.HasWildcards(word))
        {
            return []; // a pattern may match nothing beside other sources
        }

        if (paths.Count == 0)
        {
            throw DockerfileError.About(WharfException.Invalid(
                copy.From is null
                    ? $"{copy.Keyword} failed: file not found in build context or excluded by .dockerignore: stat {word.TrimStart('/')}: file does not exist"
                    : $"{copy.Keyword} failed: stat {word}: file does not exist in {copy.From}"), word);
        }

        // Everything before the pivot is left out of the path that --parents keeps.
        int pivot = word.IndexOf("/./", StringComparison.Ordinal);
        int skipped = !copy.Parents || pivot < 0 ? 0 : PathPattern.Clean("/" + word[..pivot]).Split('/', StringSplitOptions.RemoveEmptyEntries).Length;

        var sources = new List<CopySource>();
        foreach (string path in paths)
        {
            var status = tree.Status(path, followLast: true) ?? throw WharfException.Invalid($"{copy.Keyword} failed: stat {path}: file does not exist");
            bool archive = copy is { IsAdd: true, Unpack: not false } && status.IsRegular && await ArchiveSource.IsArchiveAsync(tree, path, ct);
            sources.Add(new CopySource(tree, path, path[(path.LastIndexOf('/') + 1)..], status.IsDirectory, archive) { PlacedPath = string.Join('/', path.Split('/').Skip(skipped)) });
        }

        return sources;
    }

    private static void CheckDigest(string checksum, string written)
    {
        string problem = !checksum.Contains(':', StringComparison.Ordinal) ? "invalid checksum digest format"
            : !checksum.StartsWith("sha256:", StringComparison.Ordinal) ? "unsupported digest algorithm"
            : Digest.TryParse(checksum, out _) ? "" : "invalid checksum digest length";
        if (problem.Length > 0)
        {
            throw DockerfileError.About(WharfException.Invalid($"{problem} \"{checksum}\": use sha256:HEX"), written);
        }
    }

    private async Task<CopySource> DownloadAsync(CopyInstruction copy, string url, string? checksum, CancellationToken ct)
    {
        string folder = session.NewTemporaryPath();
        Directory.CreateDirectory(folder);
        if (checksum is not null)
        {
            CheckDigest(checksum, copy.Checksum!);
        }

        var file = await HttpSource.DownloadAsync(url, folder, checksum, SourceSecrets.HttpHeader(session.Request.Secrets, url), ct);
        session.Record.Add(new BuildMaterial(SecretFilter.CleanAddress(url), "sha256", file.Sha256));
        var source = OfFile(file.Path, file.Name.Length == 0 ? Unnamed : file.Name);
        return copy.Unpack == true ? source with { Unpack = await ArchiveSource.IsArchiveAsync(source.Tree, source.Path, ct) } : source;
    }

    private async Task<CopySource> CloneAsync(CopyInstruction copy, string address, string? checksum, CancellationToken ct)
    {
        string folder = session.NewTemporaryPath();
        var source = GitSource.Parse(address);
        source = (source with { KeepGitDirectory = source.KeepGitDirectory || copy.KeepGitDirectory, Checksum = checksum ?? source.Checksum }).Checked();
        var checkout = await GitCheckout.MakeAsync(source, folder, session.Request.Secrets, ct);
        session.Record.Add(new BuildMaterial(SecretFilter.CleanAddress(address), checkout.Algorithm, checkout.Commit));
        FileCalls.Open(checkout.Path, OpenFlags.Path | OpenFlags.Directory | OpenFlags.CloseOnExec, out SafeFileHandle root).ThrowIfError("open", checkout.Path);
        session.Own(root);
        return new CopySource(new FolderTree(root, null, keepOwners: false), "", "", IsDirectory: true, Unpack: false) { Identity = $"git {checkout.Commit} {source.Subfolder}{(source.KeepGitDirectory ? " with .git" : "")}" };
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

    private CopySource OfFile(string path, string name)
    {
        FileCalls.Open(Path.GetDirectoryName(path)!, OpenFlags.Path | OpenFlags.Directory | OpenFlags.CloseOnExec, out SafeFileHandle folder).ThrowIfError("open", path);
        session.Own(folder);
        return new CopySource(new FolderTree(folder, null, keepOwners: false), Path.GetFileName(path), name, IsDirectory: false, Unpack: false);
    }
}
