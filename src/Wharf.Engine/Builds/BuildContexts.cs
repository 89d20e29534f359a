using System.Text;
using Microsoft.Win32.SafeHandles;
using Wharf.Archive.Compression;
using Wharf.Archive.Tar;
using Wharf.Build.Attestations;
using Wharf.Build.Copying;
using Wharf.Build.Dockerfile;
using Wharf.Build.Execution;
using Wharf.Build.Sources;
using Wharf.Engine.Clients;
using Wharf.Linux;
using Wharf.Primitives;

namespace Wharf.Engine.Builds;

/// <summary>Brings the files of builds here: archives that clients send, repositories, files and archives by http.</summary>
/// <param name="folder">Where contexts live; it is swept when the daemon starts.</param>
/// <param name="folders">Opens those that stay with the client.</param>
/// <param name="sent">Keeps what clients send.</param>
internal sealed class BuildContexts(string folder, LocalContexts folders, SentContexts sent)
{
    /// <summary>Folder of a sent archive that holds named contexts, one folder each; no part of the build context itself.</summary>
    public const string NamedFolder = ".wharf-named-contexts";

    private const string OutsidePrefix = ".dockerfile.";
    private const int MaxDockerfileBytes = 32 << 20;
    private const int ProbeBytes = 512;

    /// <summary>Opens what an order asks for.</summary>
    /// <param name="order">The build.</param>
    /// <param name="ct">Ends it, and nothing is left.</param>
    /// <exception cref="WharfException">InvalidArgument: no archive, no Dockerfile in it, an address that is none.</exception>
    public async Task<BuildContext> OpenAsync(BuildOrder order, CancellationToken ct)
    {
        var context = New();
        try
        {
            string name = string.IsNullOrEmpty(order.Dockerfile) ? "Dockerfile" : order.Dockerfile;
            switch (order.RemoteContext)
            {
                case null or "" when order.Folder is { } path:
                    await ReadFolderAsync(context, order, path, name, ct);
                    break;
                case null or "":
                    await ReadSentAsync(context, order, name, ct);
                    break;
                case var address when GitSource.IsGit(address):
                    await CloneAsync(context, address, name, order.Request, ct);
                    break;
                case var address when HttpSource.IsUrl(address):
                    await DownloadAsync(context, address, name, ct);
                    break;
                default:
                    throw WharfException.Invalid($"remote context {order.RemoteContext} is neither a git repository nor an http address");
            }

            return context;
        }
        catch
        {
            context.Dispose();
            throw;
        }
    }

    /// <summary>Opens the contexts that the build names beside its own.</summary>
    /// <param name="order">
    /// Has name to address: docker-image://, a repository, http(s) of an archive, <c>sent</c> for a folder of the archive, <c>local:</c> and the path of a folder of the client's.
    /// </param>
    /// <param name="context">The build's own, which owns what is opened.</param>
    /// <param name="ct">Ends it.</param>
    public async Task<Dictionary<string, NamedContext>> OpenNamedAsync(BuildOrder order, BuildContext context, CancellationToken ct)
    {
        const string Image = "docker-image://", Stage = "target:", Local = "local:";
        var request = order.Request;
        var contexts = new Dictionary<string, NamedContext>(StringComparer.OrdinalIgnoreCase);
        foreach ((string name, string address) in order.NamedContexts)
        {
            if (address.StartsWith(Image, StringComparison.Ordinal))
            {
                contexts[name] = new NamedContext { Image = address[Image.Length..] };
            }
            else if (address == "sent")
            {
                contexts[name] = new NamedContext
                {
                    Files = (context.Sent?.Below($"{NamedFolder}/{name}")) ?? throw WharfException.Invalid($"the build context {name} was not sent along"),
                };
            }
            else if (address.StartsWith(Local, StringComparison.Ordinal) && order.Client is { } client)
            {
                var files = OpenFolder(context, client, address[Local.Length..]);
                contexts[name] = new NamedContext { Files = files.Without(files.ReadSmall(".dockerignore", MaxDockerfileBytes) is { } rules ? IgnorePatterns.Parse(Encoding.UTF8.GetString(rules)) : null) };
            }
            else if (GitSource.IsGit(address))
            {
                (var tree, _, var checkout) = await CheckOutAsync(context, address, request, ct);
                contexts[name] = new NamedContext { Files = tree(null), Identity = checkout.Commit, Time = _ => Task.FromResult<DateTimeOffset?>(checkout.Time) };
            }
            else if (HttpSource.IsUrl(address))
            {
                string path = context.NewPath();
                Directory.CreateDirectory(path);
                var file = await HttpSource.DownloadAsync(address, path, null, null, ct);
                await using var archive = File.OpenRead(file.Path);
                contexts[name] = new NamedContext { Files = await ReadAsync(context, archive, ct), Time = file.TimeAsync };
            }
            else
            {
                throw WharfException.Invalid(address.StartsWith(Stage, StringComparison.Ordinal)
                    ? $"the build context {name}={address} names a target of another build: bake files are built by their own command"
                    : $"unsupported build context {name}={address}: use docker-image://, a git repository or an http address of an archive");
            }
        }

        return contexts;
    }

    private BuildContext New()
    {
        string path = Path.Combine(folder, "context-" + Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return new BuildContext(path);
    }

    private static Task<ArchiveTree> ReadAsync(BuildContext context, Stream archive, CancellationToken ct) => ReadAsync(context, archive, context.NewPath(), null, ct);

    private static async Task<ArchiveTree> ReadAsync(BuildContext context, Stream archive, string path, KnownContents? known, CancellationToken ct)
    {
        var contents = context.Own(File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite));
        await using DecompressedStream plain = await Decompression.OpenAsync(archive, leaveOpen: true, ct);
        return await ArchiveTree.ReadAsync(plain.Content, contents, known, ct);
    }

    private async Task ReadSentAsync(BuildContext context, BuildOrder order, string name, CancellationToken ct)
    {
        using KnownContents? known = order.ContextBase is { } token ? sent.Take(token) : null;
        string path = context.NewPath();
        var tree = await ReadAsync(context, order.Context ?? Stream.Null, path, known, ct);
        if (order.ContextKey is { } key)
        {
            sent.Keep(key, path, tree);
        }

        TakeArchive(context, tree, name);
    }

    private static void TakeArchive(BuildContext context, ArchiveTree tree, string name)
    {
        string? Text(string path) => tree.ReadSmall(path, MaxDockerfileBytes) is { } bytes ? Encoding.UTF8.GetString(bytes) : null;

        context.Sent = tree;
        name = context.Take(name, Text);
        string? rules = Text(name + ".dockerignore") ?? Text(".dockerignore");
        context.Ignore = rules is null ? null : IgnorePatterns.Parse(rules);

        // Whoever packed the archive has left out what is ignored, but for the two files that the engine had to see.
        // A Dockerfile from elsewhere lies in the archive under a name of chance.
        List<string> hidden = [NamedFolder, .. name.StartsWith(OutsidePrefix, StringComparison.Ordinal) ? [name] : Array.Empty<string>(), .. new[] { name, name + ".dockerignore", ".dockerignore" }.Where(f => context.Ignore?.IsIgnored(PathPattern.Clean(f)) == true)];
        context.Files = tree.Without(IgnorePatterns.Of(hidden));
    }

    // The body has nothing but a Dockerfile from elsewhere, if there is one.
    private async Task ReadFolderAsync(BuildContext context, BuildOrder order, string path, string name, CancellationToken ct)
    {
        var client = order.Client ?? throw WharfException.Invalid("a folder in place needs a client on this machine");
        var tree = OpenFolder(context, client, path);
        var sent = order.Context is null ? null : await ReadAsync(context, order.Context, ct);
        string? Text(string file) => (sent?.ReadSmall(file, MaxDockerfileBytes) ?? tree.ReadSmall(file, MaxDockerfileBytes)) is { } bytes ? Encoding.UTF8.GetString(bytes) : null;

        name = context.Take(name, Text);
        string? rules = Text(name + ".dockerignore") ?? Text(".dockerignore");
        context.Ignore = rules is null ? null : IgnorePatterns.Parse(rules);
        context.Files = tree.Without(context.Ignore);
    }

    private LocalTree OpenFolder(BuildContext context, LocalClient client, string path)
    {
        var tree = folders.Open(path, client, f => context.Own(f));
        context.Folders.Add(tree);
        return tree;
    }

    private static async Task CloneAsync(BuildContext context, string address, string name, BuildRequest request, CancellationToken ct)
    {
        (var tree, var root, var checkout) = await CheckOutAsync(context, address, request, ct);
        context.Source = new BuildMaterial(SecretFilter.CleanAddress(address), checkout.Algorithm, checkout.Commit);
        context.Time = _ => Task.FromResult<DateTimeOffset?>(checkout.Time);
        string? Text(string path) => new TargetTree(root).ReadSmall(path, MaxDockerfileBytes) is { } bytes ? Encoding.UTF8.GetString(bytes) : null;

        name = context.Take(name, Text);
        string? rules = Text(name + ".dockerignore") ?? Text(".dockerignore");
        context.Ignore = rules is null ? null : IgnorePatterns.Parse(rules);
        context.Files = tree(context.Ignore);
    }

    private static async Task<(Func<IgnorePatterns?, SourceTree> Tree, SafeFileHandle Root, GitCheckout Checkout)> CheckOutAsync(BuildContext context, string address, BuildRequest request, CancellationToken ct)
    {
        var source = GitSource.Parse(address);
        if (request.Arguments.GetValueOrDefault("BUILDKIT_CONTEXT_KEEP_GIT_DIR") is "1" or "true")
        {
            source = source with { KeepGitDirectory = true };
        }

        var checkout = await GitCheckout.MakeAsync(source, context.NewPath(), request.Secrets, ct);
        FileCalls.Open(checkout.Path, OpenFlags.Path | OpenFlags.Directory | OpenFlags.CloseOnExec, out SafeFileHandle root).ThrowIfError("open", checkout.Path);
        context.Own(root);
        return (rules => new FolderTree(root, rules, keepOwners: false), root, checkout);
    }

    private static async Task DownloadAsync(BuildContext context, string address, string name, CancellationToken ct)
    {
        string path = context.NewPath();
        Directory.CreateDirectory(path);
        var file = await HttpSource.DownloadAsync(address, path, null, null, ct);
        context.Source = new BuildMaterial(SecretFilter.CleanAddress(address), "sha256", file.Sha256);
        context.Time = file.TimeAsync;
        await using var stream = File.OpenRead(file.Path);
        if (await IsArchiveAsync(stream, ct))
        {
            TakeArchive(context, await ReadAsync(context, stream, ct), name);
            return;
        }

        using var text = new StreamReader(stream);
        context.Dockerfile = await text.ReadToEndAsync(ct);
        context.DockerfileName = file.Name.Length == 0 ? "Dockerfile" : file.Name;
    }

    private static async Task<bool> IsArchiveAsync(FileStream file, CancellationToken ct)
    {
        byte[] head = new byte[ProbeBytes];
        int length = await file.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, ct);
        file.Position = 0;
        if (Decompression.Detect(head.AsSpan(0, Math.Min(length, Decompression.ProbeLength))) != CompressionKind.None)
        {
            return true;
        }

        try
        {
            using var reader = new TarReader(file);
            return await reader.ReadEntryAsync(ct) is not null;
        }
        catch (WharfException)
        {
            return false; // text: the Dockerfile itself
        }
        finally
        {
            file.Position = 0;
        }
    }
}
