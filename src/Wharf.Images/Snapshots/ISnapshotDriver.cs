using Wharf.Archive.Layers;

namespace Wharf.Images.Snapshots;

/// <summary>
/// Keeps the unpacked layers of images and the writable layers of containers below DATAROOT/NAME. Ids are chosen by the caller
/// (64 hexadecimal digits), who records an id in the index *before* asking for it here and forgets it *after* <see cref="Remove"/>;
/// what the index does not know is swept at start. Layers form chains by parent; a layer is read-only once committed.
/// All members may be called from any thread for different ids; calls for one id are the caller's to order.
/// </summary>
public interface ISnapshotDriver
{
    /// <summary>"overlay2", "vfs", "btrfs": the directory below the data root and the name in <c>docker info</c>.</summary>
    string Name { get; }

    /// <summary>How <see cref="ILayerDraft.Root"/> wants deletions; pass it to the layer applier.</summary>
    WhiteoutStyle Whiteouts { get; }

    /// <summary>True when a draft does not need its parent until commit, so layers of one image may be unpacked at once.</summary>
    bool IndependentLayers { get; }

    /// <summary>The writable layer of a container can be bounded (<c>--storage-opt size=</c>).</summary>
    bool HasQuotas => false;

    /// <summary>The bytes that a container with these options may write; 0 for no bound.</summary>
    /// <exception cref="Primitives.WharfException">InvalidArgument: an unknown or unsupported storage option, by name.</exception>
    long BoundOf(ContainerLayerOptions options);

    /// <summary>The driver's lines in <c>docker info</c>.</summary>
    IReadOnlyList<KeyValuePair<string, string>> Status { get; }

    bool Exists(string id);

    /// <summary>A directory to unpack a layer into. For drivers without <see cref="IndependentLayers"/> the parent must be committed.</summary>
    ILayerDraft BeginLayer(string id, string? parentId);

    /// <summary>The writable layer of a container over a committed layer (null for an empty root).</summary>
    /// <exception cref="Primitives.WharfException">InvalidArgument: an unknown or unsupported storage option, by name.</exception>
    void CreateContainer(string id, string? topLayerId, ContainerLayerOptions options);

    /// <summary>What the runtime mounts as the container's root.</summary>
    SnapshotMount GetMount(string id);

    /// <summary>
    /// The root file system of a layer or of a container that does not run, as a directory handle; nothing appears in any mount table.
    /// A running container's root is written through its own process instead (two writable mounts of one overlay are undefined);
    /// reading it here is safe and shows the image's and the container's own files, without volumes and other mounts.
    /// </summary>
    SnapshotRoot Open(string id, bool writable);

    /// <summary>Paths that differ from the parent, sorted as <c>docker diff</c> prints them.</summary>
    IReadOnlyList<FileChange> Changes(string id);

    /// <summary>Writes the difference to the parent as an uncompressed layer, whiteouts included.</summary>
    Task<LayerApplyResult> WriteDiffAsync(string id, Stream output, CancellationToken ct);

    /// <summary>The recipe of the layer's tar; null when none was written.</summary>
    Microsoft.Win32.SafeHandles.SafeFileHandle? OpenRecipe(string id);

    /// <summary>The directory that a layer was unpacked to: what its recipe speaks of.</summary>
    Microsoft.Win32.SafeHandles.SafeFileHandle OpenFiles(string id);

    /// <summary>Makes again what a loss of power took from a container's directory, without touching what is there.</summary>
    /// <param name="id">The container.</param>
    /// <param name="topLayerId">The layer below it.</param>
    /// <param name="bound">What <see cref="BoundOf"/> said when it was created.</param>
    /// <returns>True when something was missing.</returns>
    bool MendContainer(string id, string? topLayerId, long bound);

    /// <summary>Makes a stopped container's writable layer the committed layer <paramref name="layerId"/> without copying; the container layer is gone.</summary>
    void Promote(string containerId, string layerId);

    /// <summary>Bytes in the files of this layer alone (<see cref="Wharf.Linux.TreeSize"/>), by looking.</summary>
    long Measure(string id);

    /// <summary>Removes by rename to DATAROOT/trash; deletion goes on beside. Unknown ids are no error.</summary>
    void Remove(string id);

    /// <summary>
    /// Flushes the file system below (syncfs(2)). Layers are not flushed one by one: call this once, before what stands on them (an
    /// image, a container) is recorded as done.
    /// </summary>
    void Sync();

    IReadOnlyList<string> List();

    /// <summary>At start: removes drafts and every id that <paramref name="isOwned"/> denies; mends what a crash left half done.</summary>
    void Recover(Func<string, bool> isOwned);
}

/// <summary>A layer being unpacked. Disposing without <see cref="Commit"/> removes it.</summary>
public interface ILayerDraft : IDisposable
{
    string Id { get; }

    /// <summary>The directory to unpack into.</summary>
    Microsoft.Win32.SafeHandles.SafeFileHandle Root { get; }

    /// <summary>Absolute path of <see cref="Root"/>, for messages.</summary>
    string Path { get; }

    /// <summary>The directory for the recipe of the layer's tar, to be made by whoever wants one: it goes with the layer.</summary>
    string RecipePath { get; }

    /// <summary>Makes the layer visible under its id. The parent given at the start must be committed by now.</summary>
    void Commit();

    /// <summary>The same under another id and, for drivers with <see cref="ISnapshotDriver.IndependentLayers"/>, on another parent.</summary>
    void CommitAs(string id, string? parentId);
}
