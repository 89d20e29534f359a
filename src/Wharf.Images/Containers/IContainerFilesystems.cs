using Microsoft.Win32.SafeHandles;
using Wharf.Primitives;

namespace Wharf.Images.Containers;

/// <summary>The writable root file systems of containers, each on top of an image's layers.</summary>
public interface IContainerFilesystems
{
    /// <summary>
    /// Makes the writable layer for a new container. The image cannot be collected from then on. It is durable with whatever the caller writes
    /// durably to the state database next: its own record of the container.
    /// </summary>
    /// <param name="containerId">Full id.</param>
    /// <param name="imageId">Empty for no image (scratch in a build).</param>
    /// <param name="storageOptions">Per container (<c>--storage-opt</c>); one that the driver cannot do is refused.</param>
    /// <param name="ct">Cancels and undoes.</param>
    Task<ContainerRootfs> PrepareContainerAsync(string containerId, Digest imageId, IReadOnlyDictionary<string, string> storageOptions, CancellationToken ct);

    /// <summary>The same for a root that only files are copied into: without the mount points that the first process of a container needs.</summary>
    Task PrepareWorkspaceAsync(string workspaceId, Digest imageId, CancellationToken ct);

    /// <summary>How to mount it.</summary>
    /// <exception cref="WharfException">NotFound.</exception>
    ContainerRootfs ContainerRootfs(string containerId);

    /// <summary>
    /// A descriptor of the root of a container that does not run, in a detached mount that ends with the handle; resolve below it with
    /// RESOLVE_IN_ROOT. For a running container use its own mount namespace (<c>/proc/PID/root</c>) instead: two overlays on one upper
    /// directory are undefined.
    /// </summary>
    SafeFileHandle OpenContainerRootfs(string containerId, bool readOnly);

    /// <summary>What changed against the image, sorted by path.</summary>
    Task<IReadOnlyList<ContainerChange>> DiffContainerAsync(string containerId, CancellationToken ct);

    Task<ContainerSize> ContainerSizeAsync(string containerId, CancellationToken ct);

    /// <summary>Writes the whole root file system as an uncompressed tar (export).</summary>
    /// <param name="root">The root to read: from <see cref="OpenContainerRootfs"/>, or of the running container.</param>
    Task ExportContainerAsync(SafeFileHandle root, Stream output, CancellationToken ct);

    /// <summary>Forgets the writable layer and frees its files in the background; a missing one is no error.</summary>
    Task RemoveContainerAsync(string containerId, CancellationToken ct);

    /// <summary>At start: removes the writable layers of containers that nobody has a record of any more. Returns how many.</summary>
    Task<int> SweepContainersAsync(Func<string, bool> isOwned, CancellationToken ct);
}

/// <summary>A root file system, by absolute host paths.</summary>
public sealed record ContainerRootfs
{
    /// <summary>"overlay", or "bind" when <see cref="Upper"/> alone is the whole root (vfs, btrfs).</summary>
    public required string Type { get; init; }

    /// <summary>Topmost first; empty for bind.</summary>
    public IReadOnlyList<string> Lower { get; init; } = [];

    public required string Upper { get; init; }

    public string? Work { get; init; }

    /// <summary>Name of the driver, and the data that inspect shows (LowerDir, UpperDir, MergedDir, WorkDir).</summary>
    public required string DriverName { get; init; }

    public required IReadOnlyDictionary<string, string> DriverData { get; init; }
}

/// <param name="Path">Absolute inside the container.</param>
public sealed record ContainerChange(string Path, ContainerChangeKind Kind);

/// <summary>Values as on the wire.</summary>
public enum ContainerChangeKind
{
    Modified = 0,
    Added = 1,
    Deleted = 2,
}

/// <param name="Writable">Bytes the container wrote (SizeRw).</param>
/// <param name="Total">Those and the image's (SizeRootFs).</param>
public sealed record ContainerSize(long Writable, long Total);
