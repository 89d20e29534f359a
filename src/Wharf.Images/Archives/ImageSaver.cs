using System.Text.Json;
using Wharf.Archive.Tar;
using Wharf.Images.Catalog;
using Wharf.Images.Content;
using Wharf.Images.Index;
using Wharf.Images.Layers;
using Wharf.Images.Manifests;
using Wharf.Images.Transfers;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Images.Archives;

/// <summary>
/// Writes images as Docker 25 and later do: an OCI layout that is also a docker-archive. Layers are uncompressed unless asked for otherwise, named
/// by their digests, each once; no clock goes into it, so the same images give the same bytes.
/// </summary>
internal sealed class ImageSaver(LocalIndex index, DocumentStore documents, LayerPacker packer, BlobCollector collector, ImageSurroundings surroundings)
{
    private const string ContainerdName = "io.containerd.image.name";
    private const string RefName = "org.opencontainers.image.ref.name";

    public async Task SaveAsync(SaveRequest request, Stream output, CancellationToken ct)
    {
        IndexState state = index.State;
        List<SavedImage> images = Select(state, request.Names, request.Platforms);
        var leases = new List<LayerLease>();
        try
        {
            foreach (SavedImage image in images)
            {
                leases.Add(await index.TryLeaseAsync(image.Record.Chain, ct).ConfigureAwait(false) ?? throw ImageErrors.NoSuchImage(image.Record.Id.ToString()));
            }

            await WriteAsync(state, images, request.Packing, output, ct).ConfigureAwait(false);
        }
        finally
        {
            leases.ForEach(l => l.Dispose());
            await collector.CollectAsync().ConfigureAwait(false);
        }

        foreach (SavedImage image in images)
        {
            surroundings.Raise("save", image.Record.Id.ToString(), image.Record.Id.ToString(), image.Record.Labels);
        }
    }

    private static List<SavedImage> Select(IndexState state, IReadOnlyList<string> names, IReadOnlyList<Platform> platforms)
    {
        var images = new List<SavedImage>();
        foreach (string name in names)
        {
            List<NameKey> tags = TagsMeant(state, name);
            IEnumerable<(Digest Image, NameKey? Tag)> meant = tags.Count > 0
                ? tags.Select(t => (state.Names[t], (NameKey?)t))
                : [(NameResolver.Resolve(state, name, null).Id, null)];
            foreach ((Digest id, NameKey? tag) in meant)
            {
                ImageRecord named = state.Images[id];
                List<ImageRecord> meantOnes = platforms.Count == 0 ? [named] : [.. platforms.Select(p => NameResolver.VariantFor(state, named, p, name)).Distinct()];
                foreach (ImageRecord record in meantOnes)
                {
                    SavedImage? saved = images.Find(i => i.Record.Id == record.Id);
                    if (saved is null)
                    {
                        images.Add(saved = new SavedImage(record, []));
                    }

                    // One name cannot stand for several images; the first platform asked for has it.
                    if (tag is { } key && record == meantOnes[0] && !saved.Tags.Contains(key))
                    {
                        saved.Tags.Add(key);
                    }
                }
            }
        }

        return images;
    }

    /// <summary>A bare repository means all its tags, a tag itself; ids and digests mean images without names.</summary>
    private static List<NameKey> TagsMeant(IndexState state, string name)
    {
        if (!ImageReference.TryParse(name, out ImageReference? reference) || !reference.Digest.IsEmpty)
        {
            return [];
        }

        return reference.Tag is null
            ? [.. state.Names.Keys.Where(n => n.IsTag && n.Repository == reference.Name)]
            : state.Names.ContainsKey(NameKey.Of(reference)) ? [NameKey.Of(reference)] : [];
    }

    private async Task WriteAsync(IndexState state, List<SavedImage> images, LayerPacking packing, Stream output, CancellationToken ct)
    {
        await using var tar = new TarWriter(output);
        var written = new HashSet<Digest>();
        var archive = new List<DockerArchiveEntry>();
        var manifests = new List<Descriptor>();
        var repositories = new SortedDictionary<string, SortedDictionary<string, string>>(StringComparer.Ordinal);
        await tar.WriteEntryAsync(TarEntry.ForDirectory("blobs"), null, ct).ConfigureAwait(false);
        await tar.WriteEntryAsync(TarEntry.ForDirectory("blobs/sha256"), null, ct).ConfigureAwait(false);
        foreach (SavedImage image in images)
        {
            IReadOnlyList<LayerRecord> layers = state.LayersOf(image.Record.Chain);
            var forms = new List<Descriptor>();
            foreach (LayerRecord layer in layers)
            {
                using PackedLayer packed = await packer.PackAsync(layer, packing, ct).ConfigureAwait(false);
                forms.Add(packed.Descriptor);
                if (written.Add(packed.Descriptor.Digest))
                {
                    await using Stream content = await packed.Open(ct).ConfigureAwait(false);
                    await tar.WriteEntryAsync(TarEntry.ForFile(LayoutArchive.BlobName(packed.Descriptor.Digest), packed.Descriptor.Size), content, ct).ConfigureAwait(false);
                }
            }

            ImageDocument config = documents.Get(image.Record.Id);
            ManifestSet set = Composition.WithLayers(ManifestSet.Read(image.Record, documents), ManifestSet.DescriptorOf(config), forms, oci: true);
            foreach (ImageDocument document in set.Documents.Prepend(config).Where(d => written.Add(d.Digest)))
            {
                await tar.WriteFileAsync(TarEntry.ForFile(LayoutArchive.BlobName(document.Digest), document.Content.Length), document.Content, ct).ConfigureAwait(false);
            }

            Descriptor descriptor = set.Target;
            manifests.AddRange(image.Tags.Count == 0 ? [descriptor] : image.Tags.Select(t => descriptor with { Annotations = NameAnnotations(t) }));
            archive.Add(new DockerArchiveEntry
            {
                Config = LayoutArchive.BlobName(image.Record.Id),
                RepoTags = image.Tags.Count == 0 ? null : [.. image.Tags.Select(t => t.Familiar)],
                Layers = [.. forms.Select(l => LayoutArchive.BlobName(l.Digest))],
                Parent = images.Any(i => i.Record.Id == image.Record.Parent) ? image.Record.Parent.ToString() : null,
                LayerSources = Sources(layers, forms),
            });
            foreach (NameKey tag in image.Tags.Where(_ => layers.Count > 0))
            {
                string repository = tag.ToReference().FamiliarName;
                if (!repositories.TryGetValue(repository, out SortedDictionary<string, string>? tags))
                {
                    repositories[repository] = tags = new SortedDictionary<string, string>(StringComparer.Ordinal);
                }

                tags[tag.Tag] = forms[^1].Digest.Encoded;
            }
        }

        byte[] index = OciImageJson.Write(new ImageIndex { Manifests = manifests, MediaType = MediaTypes.OciIndex });
        await FileAsync(tar, ImageLayout.IndexFileName, index, ct).ConfigureAwait(false);
        await FileAsync(tar, DockerArchiveEntry.FileName, JsonSerializer.SerializeToUtf8Bytes(archive, OciImageJson.ArchiveEntries), ct).ConfigureAwait(false);
        await FileAsync(tar, ImageLayout.FileName, OciImageJson.Write(new ImageLayout()), ct).ConfigureAwait(false);
        if (repositories.Count > 0)
        {
            await FileAsync(tar, LegacyArchive.FileName, JsonSerializer.SerializeToUtf8Bytes(repositories, OciImageJson.Repositories), ct).ConfigureAwait(false);
        }

        await tar.FinishAsync(ct).ConfigureAwait(false);
    }

    private static SortedDictionary<string, string> NameAnnotations(NameKey tag) => new(StringComparer.Ordinal)
    {
        [ContainerdName] = tag.ToReference().ToString(),
        [RefName] = tag.Tag,
    };

    private static SortedDictionary<string, Descriptor>? Sources(IReadOnlyList<LayerRecord> layers, IReadOnlyList<Descriptor> forms)
    {
        if (layers.Count == 0)
        {
            return null;
        }

        var sources = new SortedDictionary<string, Descriptor>(StringComparer.Ordinal);
        foreach ((LayerRecord layer, Descriptor form) in layers.Zip(forms))
        {
            sources[layer.Diff.ToString()] = form;
        }

        return sources;
    }

    private static async Task FileAsync(TarWriter tar, string name, byte[] content, CancellationToken ct) =>
        await tar.WriteFileAsync(TarEntry.ForFile(name, content.Length), content, ct).ConfigureAwait(false);

    private sealed record SavedImage(ImageRecord Record, List<NameKey> Tags);
}
