using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Images.Catalog;

/// <summary>What to list.</summary>
public sealed record ImageListQuery
{
    /// <summary>Intermediate images of classic builds too.</summary>
    public bool All { get; init; }

    /// <summary>dangling, label, before, since, reference, until; each with its values. An unknown one is refused.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Filters { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>Compute <see cref="ImageListEntry.SharedSize"/>.</summary>
    public bool SharedSize { get; init; }

    /// <summary>Fill <see cref="ImageListEntry.Manifests"/>.</summary>
    public bool Manifests { get; init; }

    /// <summary>Fill <see cref="ImageListEntry.Origin"/>.</summary>
    public bool Origins { get; init; }

    /// <summary>Count containers per image.</summary>
    public bool CountContainers { get; init; }
}

/// <summary>One image of a list, newest first.</summary>
public sealed record ImageListEntry
{
    public required Digest Id { get; init; }

    public Digest Parent { get; init; }

    public required IReadOnlyList<string> RepoTags { get; init; }

    public required IReadOnlyList<string> RepoDigests { get; init; }

    public DateTimeOffset Created { get; init; }

    /// <summary>Sum of the unpacked layers, in bytes.</summary>
    public long Size { get; init; }

    /// <summary>Bytes of layers that other images have too; -1 when not computed.</summary>
    public long SharedSize { get; init; } = -1;

    /// <summary>Containers that use it; -1 when not counted.</summary>
    public long Containers { get; init; } = -1;

    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    public Descriptor? Target { get; init; }

    public IReadOnlyList<ImageManifestDetails>? Manifests { get; init; }

    public ImageOrigin Origin { get; init; } = ImageOrigin.Unknown;
}
