using Wharf.Api.Containers;
using Wharf.Archive.Transfer;
using Wharf.Build.Execution;
using Wharf.Engine.Containers;
using Wharf.Engine.Containers.Lifecycle;
using Wharf.Engine.Launch;
using Wharf.Images.Catalog;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Engine.Files;

/// <summary>The files of containers: changes, exports, copies in and out, commits.</summary>
internal sealed class ContainerFilesService(EngineCore core, ContainerPauser pauser) : IContainerFiles
{
    private readonly ContainerRoots _roots = new(core);

    public Task<List<FilesystemChange>> ChangesAsync(string containerNameOrId, CancellationToken ct) => core.Metrics.Changes.TimeAsync(() => CompareAsync(containerNameOrId, ct));

    private async Task<List<FilesystemChange>> CompareAsync(string containerNameOrId, CancellationToken ct)
    {
        Container container = core.Containers.Get(containerNameOrId);
        var changes = await core.Images.DiffContainerAsync(container.Id, ct);
        return [.. changes.Select(c => new FilesystemChange { Path = c.Path, Kind = (long)c.Kind })];
    }

    public async Task ExportAsync(string containerNameOrId, Stream output, CancellationToken ct)
    {
        Container container = core.Containers.Get(containerNameOrId);

        // Never through the process: an export holds the container's own files, not its volumes and pseudo file systems.
        using var root = core.Images.OpenContainerRootfs(container.Id, readOnly: true);
        await core.Images.ExportContainerAsync(root, output, ct);
        core.Events.Raise(container.Current, "export");
    }

    public async Task<PathStat> StatAsync(string containerNameOrId, string path, CancellationToken ct)
    {
        Container container = core.Containers.Get(containerNameOrId);
        using var opened = await _roots.OpenAsync(container, path, writable: false, ct);
        return Stat(containerNameOrId, opened, path);
    }

    public async Task<ArchiveReader> ReadAsync(string containerNameOrId, string path, CancellationToken ct)
    {
        Container container = core.Containers.Get(containerNameOrId);
        var opened = await _roots.OpenAsync(container, path, writable: false, ct);
        try
        {
            PathStat stat = Stat(containerNameOrId, opened, path);
            core.Events.Raise(container.Current, "archive-path");
            return new ArchiveReader(stat, async (output, token) =>
            {
                using (opened)
                {
                    await ContainerFiles.PackAsync(opened.Root, opened.Path, opened.Name, output, token);
                }
            });
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    public async Task WriteAsync(string containerNameOrId, string path, Stream tar, ArchiveWriteOptions options, CancellationToken ct)
    {
        Container container = core.Containers.Get(containerNameOrId);
        using var opened = await _roots.OpenAsync(container, path, writable: true, ct);
        Stat(containerNameOrId, opened, path);
        if (opened.ReadOnly)
        {
            throw WharfException.Forbidden("container rootfs is marked read-only");
        }

        var extract = new ExtractOptions { NoOverwriteDirNonDir = options.NoOverwriteDirNonDir };
        if (options.OwnedByUser && !string.IsNullOrEmpty(container.Current.Config.User))
        {
            using var root = await _roots.OpenAsync(container, "/", writable: false, ct);
            ResolvedUser user = UserResolver.Resolve(root.Root, container.Current.Config.User, []);
            extract = extract with { CopyOwners = false, UserId = user.Uid, GroupId = user.Gid };
        }

        await ContainerFiles.ExtractAsync(opened.Root, opened.Path, tar, extract, ct);
        container.FilesTouched = true;
        core.Events.Raise(container.Current, "extract-to-dir");
    }

    public Task<string> CommitAsync(CommitOptions options, CancellationToken ct) => core.Metrics.Commit.TimeAsync(() => KeepAsync(options, ct));

    private async Task<string> KeepAsync(CommitOptions options, CancellationToken ct)
    {
        Container container = core.Containers.Get(options.Container);
        ImageReference? tag = options.Reference is { Length: > 0 } name ? ImageReference.Parse(name).WithDefaultTag() : null;
        ContainerRecord record = container.Current;
        ImageConfig below = Digest.TryParse(record.Definition.ImageId, out var image)
            ? core.Images.Config(image)
            : new ImageConfig { Os = "linux", Architecture = Platform.Host.Architecture };
        RunConfig config = ConfigChanges.Apply(CommittedConfig.Of(record.Config, options.Config), options.Changes);
        bool paused = options.Pause && record.State.Status == RunStatus.Running;
        if (paused)
        {
            paused = await TryPauseAsync(container, ct);
        }

        try
        {
            Digest id = await core.Images.CommitAsync(new ContainerCommit
            {
                ContainerId = container.Id,
                Config = below with { Config = config, Author = options.Author, Comment = options.Comment, Container = container.Id, Created = Rfc3339.Format(core.Now) },
                CreatedBy = string.Join(' ', (record.Config.Entrypoint ?? []).Concat(record.Config.Cmd ?? [])),
                Comment = options.Comment ?? "",
                Author = options.Author ?? "",
                Tag = tag,
            }, ct);
            core.Events.Raise(record, "commit", ("comment", options.Comment ?? ""), ("imageID", id.ToString()), ("imageRef", tag?.Familiar ?? ""));
            return id.ToString();
        }
        finally
        {
            if (paused)
            {
                // it may have ended meanwhile, or somebody else has thawed it
                await pauser.TryUnpauseAsync(container, CancellationToken.None);
            }
        }
    }

    // A container that ends in this moment needs no pause, and one that somebody has just paused is.
    private async Task<bool> TryPauseAsync(Container container, CancellationToken ct)
    {
        try
        {
            await pauser.PauseAsync(container, ct);
            return true;
        }
        catch (WharfException e) when (e.Kind == ErrorKind.Conflict)
        {
            return false;
        }
    }

    private static PathStat Stat(string container, OpenedRoot opened, string path)
    {
        try
        {
            PathStatus status = ContainerFiles.Stat(opened.Root, opened.Path);
            return new PathStat(opened.Name ?? status.Name, status.Size, status.Mode, status.ModificationTime, status.LinkTarget.Length == 0 ? "" : opened.Prefix + status.LinkTarget);
        }
        catch (WharfException e) when (e.Kind == ErrorKind.NotFound)
        {
            throw WharfException.NotFound($"Could not find the file {path} in container {container}");
        }
    }
}
