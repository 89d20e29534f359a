using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Images.Catalog;

/// <summary>All that is known of one image.</summary>
public sealed record ImageDetails
{
    public required Digest Id { get; init; }

    public required ImageConfig Config { get; init; }

    /// <summary>The configuration's bytes, whose sha256 is <see cref="Id"/>.</summary>
    public required ReadOnlyMemory<byte> RawConfig { get; init; }

    /// <summary>The image this one was built or committed from, when that is here.</summary>
    public Digest Parent { get; init; }

    /// <summary>Familiar <c>name:tag</c>, sorted.</summary>
    public required IReadOnlyList<string> RepoTags { get; init; }

    /// <summary>Familiar <c>name@digest</c>, sorted.</summary>
    public required IReadOnlyList<string> RepoDigests { get; init; }

    /// <summary>Sum of the unpacked layers, in bytes.</summary>
    public long Size { get; init; }

    /// <summary>Bottom first.</summary>
    public required IReadOnlyList<ImageLayerDetails> Layers { get; init; }

    public DateTimeOffset? Created { get; init; }

    public DateTimeOffset? LastTagged { get; init; }

    /// <summary>What the name resolved to in the registry (index or manifest), when the image came from one.</summary>
    public Descriptor? Target { get; init; }

    /// <summary>Manifests known of this image: all those of the index when it has one.</summary>
    public IReadOnlyList<ImageManifestDetails> Manifests { get; init; } = [];

    public ImageOrigin Origin { get; init; } = ImageOrigin.Unknown;

    /// <summary>Name of the snapshot driver: overlay2, vfs, btrfs.</summary>
    public required string DriverName { get; init; }

    /// <summary>LowerDir, UpperDir, MergedDir, WorkDir for overlay2.</summary>
    public required IReadOnlyDictionary<string, string> DriverData { get; init; }
}

/// <param name="DiffId">Digest of the uncompressed tar.</param>
/// <param name="ChainId">Digest of this and all layers below.</param>
/// <param name="Size">Unpacked bytes.</param>
public sealed record ImageLayerDetails(Digest DiffId, Digest ChainId, long Size);

/// <summary>One manifest of an image: what Docker's <c>Manifests</c> of list and inspect shows.</summary>
public sealed record ImageManifestDetails
{
    public required Descriptor Descriptor { get; init; }

    /// <summary>image, attestation or unknown.</summary>
    public required string Kind { get; init; }

    /// <summary>All its content is here.</summary>
    public bool Available { get; init; }

    /// <summary>Bytes of its blobs that are here.</summary>
    public long ContentSize { get; init; }

    public long UnpackedSize { get; init; }

    public Platform? Platform { get; init; }

    /// <summary>For an attestation: the manifest it speaks of.</summary>
    public Digest AttestationFor { get; init; }

    /// <summary>Containers that use it.</summary>
    public IReadOnlyList<string> Containers { get; init; } = [];
}

/// <summary>Where an image came from, by what was seen here and not by what it is called now.</summary>
/// <param name="Repositories">It was pulled from, or pushed to.</param>
/// <param name="SignedAs">Those of them for which a signature satisfied the trust policy.</param>
public sealed record ImageOrigin(IReadOnlyList<string> Repositories, IReadOnlyList<string> SignedAs)
{
    public static readonly ImageOrigin Unknown = new([], []);
}

/// <summary>One line of <c>history</c>.</summary>
public sealed record ImageHistoryItem
{
    /// <summary>Empty for steps made elsewhere: people see <c>&lt;missing&gt;</c>.</summary>
    public Digest Id { get; init; }

    public DateTimeOffset? Created { get; init; }

    public string CreatedBy { get; init; } = "";

    public string Comment { get; init; } = "";

    public IReadOnlyList<string> Tags { get; init; } = [];

    public long Size { get; init; }
}
