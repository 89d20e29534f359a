using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Images.Index;

/// <summary>An unpacked layer on top of its parents.</summary>
/// <param name="Chain">Digest of this and all layers below (OCI image specification, "Layer ChainID").</param>
/// <param name="Diff">Digest of the uncompressed tar.</param>
/// <param name="Parent">Chain below; empty at the bottom.</param>
/// <param name="Snapshot">Its id in the snapshot driver.</param>
/// <param name="Size">Bytes of its files.</param>
/// <param name="TarSize">Bytes of the uncompressed tar.</param>
/// <param name="Source">How its tar is had again without a blob.</param>
internal sealed record LayerRecord(Digest Chain, Digest Diff, Digest Parent, string Snapshot, long Size, long TarSize, TarSource Source);

/// <summary>Where a layer's tar comes from when no blob has it; the values are in the database.</summary>
internal enum TarSource
{
    /// <summary>Nowhere: a blob must be kept or fetched.</summary>
    Blob = 0,

    /// <summary>We wrote it ourselves: the driver's difference gives the same bytes again.</summary>
    Writer = 1,

    /// <summary>From the recipe that was written when it was unpacked, and the layer's files.</summary>
    Recipe = 2,
}

/// <summary>What lists and look-ups need of an image; the whole configuration is read when asked for.</summary>
internal sealed record ImageRecord
{
    public required Digest Id { get; init; }

    public Digest Parent { get; init; }

    /// <summary>Top of its layers; empty for an image without any.</summary>
    public Digest Chain { get; init; }

    /// <summary>The manifest it was pulled or loaded by; empty when it never had one.</summary>
    public Digest Manifest { get; init; }

    /// <summary>What the name pointed to in the registry: the manifest, or the index above it.</summary>
    public Descriptor? Target { get; init; }

    public DateTimeOffset? LastTagged { get; init; }

    public DateTimeOffset? Created { get; init; }

    public required Platform Platform { get; init; }

    public IReadOnlyDictionary<string, string>? Labels { get; init; }
}

/// <summary>A name of an image: a tag, or a repository digest.</summary>
internal readonly record struct NameKey(string Repository, string Tag, Digest Digest) : IComparable<NameKey>
{
    public bool IsTag => Digest.IsEmpty;

    public static NameKey Of(ImageReference reference) => !reference.Digest.IsEmpty
        ? new NameKey(reference.Name, "", reference.Digest)
        : new NameKey(reference.Name, reference.Tag ?? ImageReference.DefaultTag, default);

    public ImageReference ToReference() =>
        ImageReference.Parse(Repository) with { Tag = IsTag ? Tag : null, Digest = Digest };

    public string Familiar => ToReference().Familiar;

    public int CompareTo(NameKey other)
    {
        int order = string.CompareOrdinal(Repository, other.Repository);
        order = order != 0 ? order : string.CompareOrdinal(Tag, other.Tag);
        return order != 0 ? order : string.CompareOrdinal(Digest.ToString(), other.Digest.ToString());
    }
}

/// <summary>The writable layer of a container.</summary>
/// <param name="Container">Its id.</param>
/// <param name="Image">What it was made from; empty for an empty root.</param>
/// <param name="Chain">The layers below it.</param>
/// <param name="Bound">The bytes it may have; 0 for no bound.</param>
internal sealed record ContainerRecord(string Container, Digest Image, Digest Chain, long Bound);

/// <summary>A form in which a layer travels.</summary>
internal sealed record LayerBlob(Digest Diff, Digest Digest, string MediaType, long Size);
