using Wharf.Archive.Layers;

namespace Wharf.Images.Snapshots;

/// <summary>Where drivers keep things and how they report background trouble.</summary>
/// <param name="DataRoot">The engine's data root; the driver owns DATAROOT/NAME, all share DATAROOT/trash.</param>
/// <param name="Owners">userns-remap, or the empty map.</param>
public sealed record SnapshotSettings(string DataRoot, IdentityMap Owners)
{
    /// <summary>Told of a deletion in the background that failed: path and reason.</summary>
    public Action<string, Exception>? DeletionFailed { get; init; }

    /// <summary>Bytes that the writable layer of a container may have where nothing else is asked for (<c>overlay2.size</c>); 0 for no bound.</summary>
    public long ContainerSize { get; init; }
}
