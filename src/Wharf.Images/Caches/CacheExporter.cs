using Wharf.Archive.Compression;
using Wharf.Archive.Tar;
using Wharf.Images.Archives;
using Wharf.Images.Catalog;
using Wharf.Images.Content;
using Wharf.Images.Index;
using Wharf.Images.Layers;
using Wharf.Images.Manifests;
using Wharf.Images.Pushing;
using Wharf.Images.Registries;
using Wharf.Images.Transfers;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Images.Caches;

/// <summary>Writes caches: one manifest whose layers are those of all step images, each once, and whose configuration is the <see cref="CacheDocument"/>.</summary>
internal sealed class CacheExporter(LocalIndex index, DocumentStore documents, LayerPacker packer, LayerPusher pusher, BlobCollector collector, RegistryRouter router, TimeProvider clock)
{
    public async Task WriteAsync(CacheContent content, LayerPacking packing, Stream output, CancellationToken ct)
    {
        // Gzip as for registries: a folder that a CI system carries about is to be small.
        LayerPacking form = packing.Compression is null ? packing with { Compression = CompressionKind.Gzip, Level = LayerPusher.GzipLevel } : packing;
        var leases = new List<LayerLease>();
        try
        {
            IReadOnlyList<LayerRecord> layers = await HoldAsync(content, leases, ct).ConfigureAwait(false);
            await using var tar = new TarWriter(output);
            await tar.WriteEntryAsync(TarEntry.ForDirectory("blobs"), null, ct).ConfigureAwait(false);
            await tar.WriteEntryAsync(TarEntry.ForDirectory("blobs/sha256"), null, ct).ConfigureAwait(false);
            var written = new HashSet<Digest>();
            var descriptors = new List<Descriptor>();
            foreach (LayerRecord layer in layers)
            {
                using PackedLayer packed = await packer.PackAsync(layer, form, ct).ConfigureAwait(false);
                descriptors.Add(Described(packed.Descriptor, layer));
                if (written.Add(packed.Descriptor.Digest))
                {
                    await using Stream bytes = await packed.Open(ct).ConfigureAwait(false);
                    await tar.WriteEntryAsync(TarEntry.ForFile(LayoutArchive.BlobName(packed.Descriptor.Digest), packed.Descriptor.Size), bytes, ct).ConfigureAwait(false);
                }
            }

            (ImageDocument config, ImageDocument manifest) = Compose(content, descriptors);
            foreach (ImageDocument document in new[] { config, manifest })
            {
                await tar.WriteFileAsync(TarEntry.ForFile(LayoutArchive.BlobName(document.Digest), document.Content.Length), document.Content, ct).ConfigureAwait(false);
            }

            byte[] top = OciImageJson.Write(new ImageIndex { MediaType = MediaTypes.OciIndex, Manifests = [ManifestSet.DescriptorOf(manifest) with { ArtifactType = CacheDocument.MediaType }] });
            await tar.WriteFileAsync(TarEntry.ForFile(ImageLayout.IndexFileName, top.Length), top, ct).ConfigureAwait(false);
            byte[] layout = OciImageJson.Write(new ImageLayout());
            await tar.WriteFileAsync(TarEntry.ForFile(ImageLayout.FileName, layout.Length), layout, ct).ConfigureAwait(false);
            await tar.FinishAsync(ct).ConfigureAwait(false);
        }
        finally
        {
            leases.ForEach(l => l.Dispose());
            await collector.CollectAsync().ConfigureAwait(false);
        }
    }

    public async Task PushAsync(ImageReference name, CacheContent content, LayerPacking packing, RegistryCredentials? credentials, IProgress<TransferEvent> progress, CancellationToken ct)
    {
        ImageReference target = name.WithDefaultTag();
        var report = new TransferProgress(progress, clock);
        var leases = new List<LayerLease>();
        try
        {
            IReadOnlyList<LayerRecord> layers = await HoldAsync(content, leases, ct).ConfigureAwait(false);
            await router.WithRepositoryAsync(target, pulling: false, credentials, async repository =>
            {
                var uploads = new RepositoryUploads(repository.Session, repository.Reference);
                IReadOnlyList<Descriptor> pushed = await pusher.PushAsync(uploads, repository.Reference, layers, null, packing with { UsesOciTypes = true }, report, ct).ConfigureAwait(false);
                (ImageDocument config, ImageDocument manifest) = Compose(content, [.. pushed.Zip(layers, Described)]);
                await uploads.SendDocumentAsync(config.Digest, config.Content, ct).ConfigureAwait(false);
                await uploads.PutManifestAsync(target.Tag!, manifest.MediaType, manifest.Content, ct).ConfigureAwait(false);
                return true;
            }, ct).ConfigureAwait(false);
        }
        finally
        {
            leases.ForEach(l => l.Dispose());
        }
    }

    /// <summary>The layers of all images, those below first, each once.</summary>
    private async Task<IReadOnlyList<LayerRecord>> HoldAsync(CacheContent content, List<LayerLease> leases, CancellationToken ct)
    {
        foreach (Digest id in content.Images)
        {
            ImageRecord image = index.State.Images.GetValueOrDefault(id) ?? throw ImageErrors.NoSuchImage(id.ToString());
            leases.Add(await index.TryLeaseAsync(image.Chain, ct).ConfigureAwait(false) ?? throw ImageErrors.NoSuchImage(id.ToString()));
        }

        IndexState state = index.State;
        return [.. content.Images.SelectMany(i => state.LayersOf(state.Images[i].Chain)).DistinctBy(l => l.Diff)];
    }

    private (ImageDocument Config, ImageDocument Manifest) Compose(CacheContent content, IReadOnlyList<Descriptor> layers)
    {
        byte[] raw = new CacheDocument(content.Images.Distinct().ToDictionary(i => i, i => documents.Get(i).Content.ToArray()), content.Steps).Write();
        var config = new ImageDocument(Digest.Sha256(raw), CacheDocument.MediaType, raw);
        byte[] manifest = OciImageJson.Write(new ImageManifest
        {
            MediaType = MediaTypes.OciManifest,
            ArtifactType = CacheDocument.MediaType,
            Config = ManifestSet.DescriptorOf(config),
            Layers = layers,
        });
        return (config, new ImageDocument(Digest.Sha256(manifest), MediaTypes.OciManifest, manifest));
    }

    private static Descriptor Described(Descriptor form, LayerRecord layer) => form with
    {
        MediaType = MediaTypes.OciTypeOf(form.MediaType),
        Annotations = new SortedDictionary<string, string>(StringComparer.Ordinal) { [CacheDocument.DiffKey] = layer.Diff.ToString() },
    };
}
