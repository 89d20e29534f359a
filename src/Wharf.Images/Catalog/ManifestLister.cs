using Wharf.Images.Content;
using Wharf.Images.Index;
using Wharf.Images.Manifests;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Images.Catalog;

/// <summary>What the manifests of an image are: those of its index where it came by one, else its own.</summary>
internal static class ManifestLister
{
    public static IReadOnlyList<ImageManifestDetails> Of(IndexState state, ImageRecord image, DocumentStore documents, BlobStore blobs, IReadOnlyList<ImageUse> uses)
    {
        if (image.Target is not { } target || image.Manifest.IsEmpty)
        {
            return [];
        }

        IEnumerable<Descriptor> descriptors = [target];
        if (MediaTypes.IsIndex(target.MediaType) && documents.Find(target.Digest) is { } index)
        {
            descriptors = OciImageJson.ReadIndex(index.Content.Span).Manifests;
        }

        return [.. descriptors.Select(d => Describe(state, image, documents, blobs, uses, d))];
    }

    private static ImageManifestDetails Describe(IndexState state, ImageRecord image, DocumentStore documents, BlobStore blobs, IReadOnlyList<ImageUse> uses, Descriptor descriptor)
    {
        ImageDocument? document = documents.Find(descriptor.Digest);
        ImageRecord? owner = descriptor.Digest == image.Manifest ? image : state.Images.Values.FirstOrDefault(i => i.Manifest == descriptor.Digest);
        long content = 0;
        if (document is not null && owner is not null)
        {
            ImageManifest manifest = OciImageJson.ReadManifest(document.Content.Span);

            // Blobs that were dropped, since they can be made again, take no room.
            content = descriptor.Size + manifest.Config.Size + manifest.Layers.Where(l => blobs.Exists(l.Digest)).Sum(l => l.Size);
        }

        return new ImageManifestDetails
        {
            Descriptor = descriptor,
            Kind = descriptor.IsAttestation ? "attestation" : MediaTypes.IsManifest(descriptor.MediaType) ? "image" : "unknown",
            Available = owner is not null,
            ContentSize = content,
            UnpackedSize = owner is null ? 0 : state.SizeOf(owner.Chain),
            Platform = descriptor.Platform ?? owner?.Platform,
            AttestationFor = descriptor.IsAttestation && descriptor.Annotations!.TryGetValue(Composition.ReferenceDigest, out string? subject) && Digest.TryParse(subject, out Digest d) ? d : default,
            Containers = owner is null ? [] : [.. uses.Where(u => u.ImageId == owner.Id).Select(u => u.ContainerId)],
        };
    }
}
