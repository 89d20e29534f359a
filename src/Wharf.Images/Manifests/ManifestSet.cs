using Wharf.Images.Catalog;
using Wharf.Images.Index;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Images.Manifests;

/// <summary>The documents by which an image is written down: its manifest, and an index above it when there is something to say about the manifest.</summary>
internal sealed record ManifestSet
{
    public required ImageDocument Manifest { get; init; }

    /// <summary>Null for an image of which nothing more is said.</summary>
    public ImageDocument? Index { get; init; }

    /// <summary>What the index attests.</summary>
    public IReadOnlyList<ImageDocument> Attestations { get; init; } = [];

    /// <summary>Configurations and statements of the attestations.</summary>
    public IReadOnlyList<ImageDocument> Blobs { get; init; } = [];

    /// <summary>What a name of the image points to.</summary>
    public ImageDocument Top => Index ?? Manifest;

    public Descriptor Target => DescriptorOf(Top);

    public IReadOnlyList<ImageDocument> Documents => [.. new[] { Manifest, Index }.OfType<ImageDocument>().Concat(Attestations).Concat(Blobs)];

    public static Descriptor DescriptorOf(ImageDocument document) =>
        new() { MediaType = document.MediaType, Digest = document.Digest, Size = document.Content.Length };

    /// <summary>The documents an image came by or was given; null when it never had any. Of an index for several platforms only this one's part.</summary>
    public static ManifestSet? Read(ImageRecord image, DocumentStore documents)
    {
        if (image.Manifest.IsEmpty || documents.Find(image.Manifest) is not { } manifest)
        {
            return null;
        }

        var alone = new ManifestSet { Manifest = manifest };
        if (image.Target is not { } target || !MediaTypes.IsIndex(target.MediaType) || documents.Find(target.Digest) is not { } top)
        {
            return alone;
        }

        ImageIndex index = OciImageJson.ReadIndex(top.Content.Span);
        if (index.Manifests.FirstOrDefault(m => m.Digest == image.Manifest) is not { } entry)
        {
            return alone;
        }

        var entries = new List<Descriptor> { entry };
        var attestations = new List<ImageDocument>();
        var blobs = new List<ImageDocument>();
        foreach (Descriptor attested in AttestationReader.EntriesFor(index, image.Manifest))
        {
            if (documents.Find(attested.Digest) is { } attestation && AllBlobs(attestation, documents) is { } found)
            {
                entries.Add(attested);
                attestations.Add(attestation);
                blobs.AddRange(found);
            }
        }

        // An index that says nothing but where the manifest is need not travel with it.
        bool isWhole = entries.Count == index.Manifests.Count;
        return attestations.Count == 0 && (!isWhole || (index.Annotations is null && entry.Annotations is null)) ? alone : alone with
        {
            Index = isWhole ? top : Composition.Document(index with { Manifests = entries }, top.MediaType),
            Attestations = attestations,
            Blobs = [.. blobs.DistinctBy(b => b.Digest)],
        };
    }

    private static List<ImageDocument>? AllBlobs(ImageDocument attestation, DocumentStore documents)
    {
        ImageManifest manifest = OciImageJson.ReadManifest(attestation.Content.Span);
        var found = new List<ImageDocument>();
        foreach (Descriptor blob in manifest.Layers.Prepend(manifest.Config))
        {
            if (documents.Find(blob.Digest) is not { } document)
            {
                return null;
            }

            found.Add(document);
        }

        return found;
    }
}
