using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Images.Catalog;

/// <summary>One line of a removal; exactly one of the two is set.</summary>
public sealed record ImageDeletion(string? Untagged, string? Deleted);

/// <param name="Deleted">What was removed.</param>
/// <param name="SpaceReclaimed">Bytes freed on disk.</param>
public sealed record ImagePruneReport(IReadOnlyList<ImageDeletion> Deleted, long SpaceReclaimed);

/// <summary>An image to be made without a container.</summary>
public sealed record ImageCreation
{
    /// <summary>The image below, whose layers and history are kept; empty for scratch.</summary>
    public Digest Parent { get; init; }

    /// <summary>The new configuration. Its RootFs and History are ignored: they come from the parent, the layers and <see cref="History"/>.</summary>
    public required ImageConfig Config { get; init; }

    /// <summary>History of the new steps, oldest first: as many without EmptyLayer as there are layers.</summary>
    public required IReadOnlyList<HistoryEntry> History { get; init; }

    /// <summary>Uncompressed or compressed tars, bottom first; read to the end, not disposed.</summary>
    public IReadOnlyList<Stream> Layers { get; init; } = [];

    /// <summary>Diff ids of layers that some image here already has on the same layers below; they come on top of <see cref="Layers"/>.</summary>
    public IReadOnlyList<Digest> KnownLayers { get; init; } = [];

    public IReadOnlyList<ImageReference> Tags { get; init; } = [];

    /// <summary>Remember the parent's id (classic builds, commits), so that history and removal know it.</summary>
    public bool KeepParent { get; init; } = true;

    /// <summary>A step on the way to another image: it need not be on disk when the call returns, but will be a moment later, or as soon as it gets a name.</summary>
    public bool IsProvisional { get; init; }
}

/// <summary>A commit of a container's changes.</summary>
public sealed record ContainerCommit
{
    public required string ContainerId { get; init; }

    /// <summary>The whole new configuration (run configuration merged with changes); RootFs and History are ignored, as in <see cref="ImageCreation"/>.</summary>
    public required ImageConfig Config { get; init; }

    /// <summary>What the new history line says was run.</summary>
    public string CreatedBy { get; init; } = "";

    public string Comment { get; init; } = "";

    public string Author { get; init; } = "";

    public ImageReference? Tag { get; init; }

    /// <summary>The container has no further use: its files become the layer without a copy, and it has no root file system afterwards (builds).</summary>
    public bool Consume { get; init; }

    /// <summary>See <see cref="ImageCreation.IsProvisional"/>.</summary>
    public bool IsProvisional { get; init; }
}
