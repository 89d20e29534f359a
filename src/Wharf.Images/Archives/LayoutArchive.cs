using Wharf.Images.Catalog;
using Wharf.Images.Index;
using Wharf.Images.Transfers;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Images.Archives;

/// <summary>An archive in the OCI image layout: <c>index.json</c> and <c>blobs/ALGORITHM/HEX</c>.</summary>
internal static class LayoutArchive
{
    private const int MaxIndexDepth = 4;

    public static IReadOnlyList<ArchivedImage> Read(ArchiveSpool spool, IReadOnlyList<Platform> platforms)
    {
        ImageIndex top = OciImageJson.ReadIndex(spool.Document(ImageLayout.IndexFileName));
        var images = new List<ArchivedImage>();
        foreach (Descriptor root in (top.Manifests ?? []).Where(m => m is { IsAttestation: false }))
        {
            ImageDocument document = Document(spool, root);
            IReadOnlyList<ImageReference> tags = TagsOf(root);
            List<ImageDocument> path = [document];
            if (MediaTypes.IsIndex(root.MediaType))
            {
                IReadOnlyList<Platform> wanted = platforms.Count > 0 ? platforms : [Platform.Host];
                foreach (Platform platform in wanted)
                {
                    if (Choose(spool, document, platform, path, 0) is { } chosen)
                    {
                        // One name cannot stand for several images; the first platform asked for has it.
                        images.Add(Image(spool, chosen, root, path, images.Count == 0 || wanted.Count == 1 ? tags : []));
                    }
                    else
                    {
                        throw WharfException.NotFound($"no match for platform {platform} in the archive");
                    }
                }
            }
            else if (MediaTypes.IsManifest(root.MediaType))
            {
                ArchivedImage image = Image(spool, document, root, path, tags);
                if (platforms.Count == 0 || platforms.Any(p => p.Accepts(image.Config.Platform)))
                {
                    images.Add(image);
                }
            }
        }

        return images.Count > 0 ? images : throw WharfException.NotFound("the archive has no image" + (platforms.Count > 0 ? $" for {string.Join(", ", platforms)}" : ""));
    }

    /// <summary>
    /// The documents of a layout that is there besides a manifest.json, by the digest of the configuration: the manifest first, then the index
    /// that names it and what that attests, when there is one.
    /// </summary>
    public static Dictionary<Digest, IReadOnlyList<ImageDocument>> DocumentsByConfig(ArchiveSpool spool)
    {
        var found = new Dictionary<Digest, IReadOnlyList<ImageDocument>>();
        if (spool.Document(ImageLayout.IndexFileName) is not { } raw)
        {
            return found;
        }

        foreach (Descriptor descriptor in (OciImageJson.ReadIndex(raw).Manifests ?? []).Where(m => m is { IsAttestation: false } && spool.Contains(BlobName(m.Digest))))
        {
            ImageDocument document = Document(spool, descriptor);
            ImageDocument? index = MediaTypes.IsIndex(document.MediaType) ? document : null;
            IEnumerable<Descriptor> entries = index is null ? [descriptor]
                : ManifestDocument.ReadIndex(index.Content, index.MediaType).Manifests.Where(m => m is { IsAttestation: false } && spool.Contains(BlobName(m.Digest)));
            foreach (Descriptor entry in entries.Where(e => MediaTypes.IsManifest(e.MediaType)))
            {
                ImageDocument manifest = Document(spool, entry);
                found[ManifestDocument.ReadManifest(manifest.Content, manifest.MediaType).Config.Digest] = index is null ? [manifest] : [manifest, index, .. Attested(spool, index, manifest.Digest)];
            }
        }

        return found;
    }

    /// <summary>Which blob stands for which layer; only what is in the archive with the size that is said counts.</summary>
    public static IReadOnlyList<LayerBlob> LayerBlobs(ArchiveSpool spool, ImageManifest manifest, ImageConfig config) =>
    [
        .. manifest.Layers.Zip(config.RootFs!.DiffIds ?? [], (layer, diff) => new LayerBlob(diff, layer.Digest, layer.MediaType, layer.Size))
            .Where(b => spool.Describe(BlobName(b.Digest)) is { } actual && actual.Digest == b.Digest && actual.Size == b.Size),
    ];

    public static string BlobName(Digest digest) => $"blobs/{digest.Algorithm}/{digest.Encoded}";

    private static ArchivedImage Image(ArchiveSpool spool, ImageDocument document, Descriptor root, List<ImageDocument> path, IReadOnlyList<ImageReference> tags)
    {
        ImageManifest manifest = ManifestDocument.ReadManifest(document.Content, document.MediaType);
        byte[] rawConfig = Document(spool, manifest.Config).Content.ToArray();
        ImageConfig config = ArchivedImage.ReadConfig(rawConfig, manifest.Layers.Count);
        var layers = new List<string>();
        foreach (Descriptor layer in manifest.Layers)
        {
            if (spool.Describe(BlobName(layer.Digest)) is not { } actual)
            {
                throw WharfException.Invalid($"invalid archive: the layer {layer.Digest} is not in it");
            }

            if (actual.Digest != layer.Digest || actual.Size != layer.Size)
            {
                throw WharfException.DataLoss($"invalid archive: the member for {layer.Digest} ({layer.Size} bytes) is {actual.Digest} ({actual.Size} bytes)");
            }

            layers.Add(BlobName(layer.Digest));
        }

        return new ArchivedImage
        {
            RawConfig = rawConfig,
            Config = config,
            Layers = layers,
            Tags = tags,
            Manifest = document,
            Target = new Descriptor { MediaType = root.MediaType, Digest = root.Digest, Size = root.Size },
            Documents = [.. path.Append(document).Concat(path.Where(d => MediaTypes.IsIndex(d.MediaType)).SelectMany(i => Attested(spool, i, document.Digest))).DistinctBy(d => d.Digest)],
            LayerBlobs = LayerBlobs(spool, manifest, config),
        };
    }

    /// <summary>What an index states about one of its manifests, as far as it is in the archive.</summary>
    private static IEnumerable<ImageDocument> Attested(ArchiveSpool spool, ImageDocument index, Digest manifest)
    {
        foreach (Descriptor entry in AttestationReader.EntriesFor(ManifestDocument.ReadIndex(index.Content, index.MediaType), manifest).Where(e => spool.Contains(BlobName(e.Digest))))
        {
            ImageDocument attestation = Document(spool, entry);
            yield return attestation;
            ImageManifest stated = ManifestDocument.ReadManifest(attestation.Content, attestation.MediaType);
            foreach (Descriptor blob in stated.Layers.Prepend(stated.Config).Where(b => b.Size <= Limits.Document && spool.Contains(BlobName(b.Digest))))
            {
                yield return Document(spool, blob);
            }
        }
    }

    private static ImageDocument? Choose(ArchiveSpool spool, ImageDocument index, Platform platform, List<ImageDocument> path, int depth)
    {
        if (depth > MaxIndexDepth)
        {
            throw WharfException.Invalid("invalid archive: indexes nested too deeply");
        }

        foreach (Descriptor candidate in PlatformChoice.Rank(ManifestDocument.ReadIndex(index.Content, index.MediaType).Manifests, platform))
        {
            if (!spool.Contains(BlobName(candidate.Digest)))
            {
                continue;
            }

            ImageDocument document = Document(spool, candidate);
            if (!MediaTypes.IsIndex(candidate.MediaType))
            {
                return document;
            }

            path.Add(document);
            if (Choose(spool, document, platform, path, depth + 1) is { } below)
            {
                return below;
            }
        }

        return null;
    }

    private static ImageDocument Document(ArchiveSpool spool, Descriptor descriptor)
    {
        byte[] content = spool.Document(BlobName(descriptor.Digest))
            ?? throw WharfException.Invalid($"invalid archive: the content {descriptor.Digest} is not in it");
        if (content.Length != descriptor.Size || descriptor.Digest.Algorithm != "sha256" || Digest.Sha256(content) != descriptor.Digest)
        {
            throw WharfException.DataLoss($"invalid archive: the member for {descriptor.Digest} has another content");
        }

        return new ImageDocument(descriptor.Digest, descriptor.MediaType, content);
    }

    private static IReadOnlyList<ImageReference> TagsOf(Descriptor descriptor)
    {
        string? name = null;
        if (descriptor.Annotations is { } annotations && !annotations.TryGetValue("io.containerd.image.name", out name))
        {
            annotations.TryGetValue("org.opencontainers.image.ref.name", out name);
        }

        // A bare tag ("latest") is all that many tools write: it names no repository, so the image stays without a name, as with Docker.
        return name is not null && name.Contains(':') && ImageReference.TryParse(name, out ImageReference? reference) && reference is { Tag: not null, Digest.IsEmpty: true }
            ? [reference]
            : [];
    }
}
