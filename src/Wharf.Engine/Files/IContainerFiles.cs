using Wharf.Api.Containers;
using Wharf.Primitives;

namespace Wharf.Engine.Files;

/// <summary>The files of containers, running or not: changes, whole exports, copies in and out, and commits.</summary>
public interface IContainerFiles
{
    /// <summary>What differs from the image: Kind 0 modified, 1 added, 2 deleted.</summary>
    Task<List<FilesystemChange>> ChangesAsync(string containerNameOrId, CancellationToken ct);

    /// <summary>Writes the container's root as a plain tar. NotFound is thrown before the first byte.</summary>
    Task ExportAsync(string containerNameOrId, Stream output, CancellationToken ct);

    /// <exception cref="WharfException">NotFound "Could not find the file X in container Y".</exception>
    Task<PathStat> StatAsync(string containerNameOrId, string path, CancellationToken ct);

    /// <summary>Opens a file or folder for copying out; its stat first, then a tar stream by <see cref="ArchiveReader.CopyToAsync"/>.</summary>
    Task<ArchiveReader> ReadAsync(string containerNameOrId, string path, CancellationToken ct);

    /// <summary>Unpacks a tar (plain, gzip, bzip2, xz or zstd) into an existing folder of the container.</summary>
    Task WriteAsync(string containerNameOrId, string path, Stream tar, ArchiveWriteOptions options, CancellationToken ct);

    /// <summary>Makes an image of the container; returns the image's id with its algorithm.</summary>
    Task<string> CommitAsync(CommitOptions options, CancellationToken ct);
}

/// <summary>What X-Docker-Container-Path-Stat says, in Go's names and Go's mode bits.</summary>
public sealed record PathStat(string Name, long Size, uint Mode, DateTimeOffset ModifiedAt, string LinkTarget);

/// <summary>A file or folder on its way out.</summary>
public sealed record ArchiveReader(PathStat Stat, Func<Stream, CancellationToken, Task> CopyToAsync);

/// <param name="NoOverwriteDirNonDir">Refuse to replace a folder by a file and the other way round.</param>
/// <param name="OwnedByUser">Everything belongs to the container's user (copyUIDGID), instead of keeping the archive's numeric owners.</param>
public sealed record ArchiveWriteOptions(bool NoOverwriteDirNonDir = false, bool OwnedByUser = false);

/// <summary>The query and body of <c>POST /commit</c>.</summary>
public sealed record CommitOptions
{
    public required string Container { get; init; }

    /// <summary>Name and tag of the new image; null for none.</summary>
    public string? Reference { get; init; }

    public string? Author { get; init; }

    public string? Comment { get; init; }

    /// <summary>Pause the container meanwhile.</summary>
    public bool Pause { get; init; } = true;

    /// <summary>Dockerfile instructions to apply: CMD, ENTRYPOINT, ENV, EXPOSE, LABEL, ONBUILD, USER, VOLUME, WORKDIR, HEALTHCHECK, STOPSIGNAL.</summary>
    public IReadOnlyList<string> Changes { get; init; } = [];

    /// <summary>A configuration to merge over the container's; null for none.</summary>
    public ContainerConfig? Config { get; init; }
}
