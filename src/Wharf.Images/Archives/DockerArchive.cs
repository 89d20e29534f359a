using System.Text.Json;
using Wharf.Images.Index;
using Wharf.Images.Manifests;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Images.Archives;

/// <summary>
/// The archive that <c>docker save</c> writes: a <c>manifest.json</c> that names configuration and layers of each image. Newer ones are an
/// OCI layout as well; their manifests are kept, so that a push gives the digests of the place they came from.
/// </summary>
internal static class DockerArchive
{
    public static IReadOnlyList<ArchivedImage> Read(ArchiveSpool spool, IReadOnlyList<Platform> platforms)
    {
        IReadOnlyList<DockerArchiveEntry> entries;
        try
        {
            entries = JsonSerializer.Deserialize(spool.Document(DockerArchiveEntry.FileName), OciImageJson.ArchiveEntries) ?? [];
        }
        catch (JsonException e)
        {
            throw WharfException.Invalid($"invalid archive: manifest.json: {JsonMistake.Of(e)}", e);
        }

        Dictionary<Digest, IReadOnlyList<ImageDocument>> documents = LayoutArchive.DocumentsByConfig(spool);
        var images = new List<ArchivedImage>();
        foreach (DockerArchiveEntry entry in entries)
        {
            if (entry is not { Config: not null })
            {
                throw WharfException.Invalid("invalid archive: manifest.json has an entry without configuration");
            }

            // Go writes an empty list as null
            IReadOnlyList<string> layers = entry.Layers ?? [];

            byte[] raw = spool.Document(entry.Config) ?? throw WharfException.Invalid($"invalid archive: the configuration {entry.Config} is not in it");
            ImageConfig config = ArchivedImage.ReadConfig(raw, layers.Count);
            if (platforms.Count > 0 && !platforms.Any(p => p.Accepts(config.Platform)))
            {
                continue;
            }

            foreach (string layer in layers)
            {
                if (!spool.Contains(layer))
                {
                    throw WharfException.Invalid($"invalid archive: the layer {layer} is not in it");
                }
            }

            images.Add(WithManifest(spool, documents.GetValueOrDefault(Digest.Sha256(raw)) ?? [], new ArchivedImage
            {
                RawConfig = raw,
                Config = config,
                Layers = layers,
                Tags = [.. (entry.RepoTags ?? []).Select(ParseTag)],
                Parent = Digest.TryParse(entry.Parent, out Digest parent) ? parent : default,
            }));
        }

        return images.Count > 0 || entries.Count == 0
            ? images
            : throw WharfException.NotFound($"no image of the archive is of the platform {string.Join(", ", platforms)}");
    }

    internal static ImageReference ParseTag(string text)
    {
        ImageReference tag = ImageReference.Parse(text);
        return tag is { Tag: not null, Digest.IsEmpty: true } ? tag : throw WharfException.Invalid($"invalid tag \"{text}\"");
    }

    private static ArchivedImage WithManifest(ArchiveSpool spool, IReadOnlyList<ImageDocument> documents, ArchivedImage image)
    {
        if (documents.Count == 0)
        {
            return image;
        }

        ImageDocument document = documents[0], top = documents.FirstOrDefault(d => MediaTypes.IsIndex(d.MediaType)) ?? document;
        ImageManifest manifest = OciImageJson.ReadManifest(document.Content.Span);
        return manifest.Layers.Count != image.Layers.Count ? image : image with
        {
            Manifest = document,
            Target = ManifestSet.DescriptorOf(top),
            Documents = documents,
            LayerBlobs = LayoutArchive.LayerBlobs(spool, manifest, image.Config),
        };
    }
}
