using Wharf.Images.Catalog;
using Wharf.Images.Index;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Images.Manifests;

/// <summary>
/// Writes the documents of an image: manifest, index, and attestations as BuildKit stores them ("Attestation storage"). A statement's subject is
/// the digest of the manifest, which changes with the form of the layers; the statements of an image follow it.
/// </summary>
internal static class Composition
{
    public const string ReferenceDigest = "vnd.docker.reference.digest";
    private const string ReferenceType = "vnd.docker.reference.type", AttestationManifest = "attestation-manifest";

    private static readonly Platform NoPlatform = new() { Os = "unknown", Architecture = "unknown" };

    public static ManifestSet New(Descriptor config, IReadOnlyList<Descriptor> layers, Platform platform, ImageForm form)
    {
        ImageDocument manifest = Manifest(config, layers, Sorted(form.Annotations), form.NeedsIndex || form.Annotations.Count > 0);
        var set = new ManifestSet { Manifest = manifest };
        if (!form.NeedsIndex)
        {
            return set;
        }

        Descriptor entry = ManifestSet.DescriptorOf(manifest) with { Platform = platform, Annotations = Sorted(form.EntryAnnotations) };
        var statements = form.Predicates.Select(p => (p.Type, InTotoStatement.Write(p, form.Names, platform, manifest.Digest))).ToList();
        return WithIndex(set, entry, Sorted(form.IndexAnnotations), statements.Count == 0 ? [] : [statements]);
    }

    /// <summary>The documents for other forms of the layers, with all that was said of the image before.</summary>
    /// <param name="known">What there was; null for a manifest alone.</param>
    /// <param name="config">Of the image.</param>
    /// <param name="layers">As they are now, bottom first.</param>
    /// <param name="oci">OCI's media types; where something needs them they are taken anyway.</param>
    public static ManifestSet WithLayers(ManifestSet? known, Descriptor config, IReadOnlyList<Descriptor> layers, bool oci)
    {
        if (known is null)
        {
            return new ManifestSet { Manifest = Manifest(config, layers, null, oci) };
        }

        ImageManifest old = OciImageJson.ReadManifest(known.Manifest.Content.Span);
        if (old.Layers.Select(l => l.Digest).SequenceEqual(layers.Select(l => l.Digest)) && (!oci || known.Manifest.MediaType == MediaTypes.OciManifest))
        {
            return known;
        }

        ImageDocument manifest = Manifest(config, layers, old.Annotations, oci || known.Index is not null || old.Annotations is not null);
        var set = new ManifestSet { Manifest = manifest };
        if (known.Index is null)
        {
            return set;
        }

        ImageIndex index = OciImageJson.ReadIndex(known.Index.Content.Span);
        Descriptor entry = index.Manifests.First(m => m.Digest == known.Manifest.Digest) with { MediaType = manifest.MediaType, Digest = manifest.Digest, Size = manifest.Content.Length };
        return WithIndex(set, entry, index.Annotations, [.. known.Attestations.Select(a => Statements(a, known, manifest.Digest))]);
    }

    public static ImageDocument Document(ImageIndex index, string mediaType)
    {
        byte[] content = OciImageJson.Write(index);
        return new ImageDocument(Digest.Sha256(content), mediaType, content);
    }

    private static List<(string Type, byte[] Json)> Statements(ImageDocument attestation, ManifestSet known, Digest manifest) =>
    [
        .. OciImageJson.ReadManifest(attestation.Content.Span).Layers
            .Where(l => l.MediaType == InTotoStatement.MediaType)
            .Select(l => (l.Annotations?.GetValueOrDefault(InTotoStatement.PredicateTypeKey) ?? "",
                InTotoStatement.Rebind(known.Blobs.First(b => b.Digest == l.Digest).Content, known.Manifest.Digest, manifest))),
    ];

    private static ManifestSet WithIndex(ManifestSet set, Descriptor entry, SortedDictionary<string, string>? annotations, IReadOnlyList<List<(string Type, byte[] Json)>> attested)
    {
        var entries = new List<Descriptor> { entry };
        var attestations = new List<ImageDocument>();
        var blobs = new List<ImageDocument>();
        foreach (List<(string Type, byte[] Json)> statements in attested.Where(s => s.Count > 0))
        {
            List<ImageDocument> documents = [.. statements.Select(s => new ImageDocument(Digest.Sha256(s.Json), InTotoStatement.MediaType, s.Json))];
            byte[] rawConfig = OciImageJson.Write(new ImageConfig
            {
                Architecture = NoPlatform.Architecture,
                Os = NoPlatform.Os,
                Config = new RunConfig(),
                RootFs = new RootFilesystem { DiffIds = [.. documents.Select(d => d.Digest)] },
            });
            var config = new ImageDocument(Digest.Sha256(rawConfig), MediaTypes.OciConfig, rawConfig);
            byte[] raw = OciImageJson.Write(new ImageManifest
            {
                MediaType = MediaTypes.OciManifest,
                Config = ManifestSet.DescriptorOf(config),
                Layers = [.. documents.Zip(statements, (d, s) => ManifestSet.DescriptorOf(d) with { Annotations = Sorted(new Dictionary<string, string> { [InTotoStatement.PredicateTypeKey] = s.Type }) })],
            });
            var manifest = new ImageDocument(Digest.Sha256(raw), MediaTypes.OciManifest, raw);
            attestations.Add(manifest);
            blobs.AddRange([config, .. documents]);
            entries.Add(ManifestSet.DescriptorOf(manifest) with
            {
                Platform = NoPlatform,
                Annotations = Sorted(new Dictionary<string, string> { [ReferenceDigest] = entry.Digest.ToString(), [ReferenceType] = AttestationManifest }),
            });
        }

        return set with
        {
            Index = Document(new ImageIndex { MediaType = MediaTypes.OciIndex, Manifests = entries, Annotations = annotations }, MediaTypes.OciIndex),
            Attestations = attestations,
            Blobs = [.. blobs.DistinctBy(b => b.Digest)],
        };
    }

    /// <summary>Docker's manifest for layers that Docker's types name, OCI's for others.</summary>
    private static ImageDocument Manifest(Descriptor config, IReadOnlyList<Descriptor> layers, SortedDictionary<string, string>? annotations, bool wantsOci)
    {
        bool oci = wantsOci || layers.Any(l => l.MediaType.StartsWith("application/vnd.oci.", StringComparison.Ordinal) || l.MediaType == MediaTypes.DockerLayerZstd);
        var manifest = new ImageManifest
        {
            MediaType = oci ? MediaTypes.OciManifest : MediaTypes.DockerManifest,
            Config = config with { MediaType = oci ? MediaTypes.OciConfig : MediaTypes.DockerConfig },
            Layers = oci ? [.. layers.Select(l => l with { MediaType = MediaTypes.OciTypeOf(l.MediaType) })] : layers,
            Annotations = annotations,
        };
        byte[] content = oci ? OciImageJson.Write(manifest) : OciImageJson.WriteIndented(manifest);
        return new ImageDocument(Digest.Sha256(content), manifest.MediaType, content);
    }

    private static SortedDictionary<string, string>? Sorted(IReadOnlyDictionary<string, string> annotations) =>
        annotations.Count == 0 ? null : new SortedDictionary<string, string>(annotations.ToDictionary(), StringComparer.Ordinal);
}
