using Wharf.Archive.Compression;
using Wharf.Images.Archives;
using Wharf.Images.Catalog;
using Wharf.Images.Content;
using Wharf.Images.Index;
using Wharf.Images.Layers;
using Wharf.Images.Pulling;
using Wharf.Images.Registries;
using Wharf.Images.Transfers;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Images.Caches;

/// <summary>Opens caches of strangers: whoever named one trusts its records, but every layer and configuration must be what its digest says.</summary>
internal sealed class CacheImporter(LocalIndex index, BlobStore blobs, BlobCollector collector, LayerStore layers, ImageFactory factory, LayerFetcher fetcher, RegistryRouter router, ImageServiceOptions options, TimeProvider clock)
{
    public async Task<ICacheSource> ReadAsync(Stream archive, CancellationToken ct)
    {
        ArchiveSpool spool = await ArchiveSpool.ReadAsync(archive, blobs, null, ct).ConfigureAwait(false);
        try
        {
            byte[] raw = spool.Document(ImageLayout.IndexFileName) ?? throw WharfException.Invalid("invalid build cache: it has no index.json");
            Descriptor entry = OciImageJson.ReadIndex(raw).Manifests.FirstOrDefault(m => MediaTypes.IsManifest(m.MediaType))
                ?? throw WharfException.Invalid("invalid build cache: its index names no manifest");
            ImageManifest manifest = ManifestDocument.ReadManifest(Member(spool, entry.Digest), entry.MediaType);
            CacheDocument document = IsCache(manifest) ? CacheDocument.Read(Member(spool, manifest.Config.Digest))
                : throw WharfException.Invalid($"the layout holds no build cache of this engine: its configuration is {manifest.Config.MediaType}");
            return new Source(this, manifest, document, OpenAsync, null, async () =>
            {
                await spool.DisposeAsync().ConfigureAwait(false);
                await collector.CollectAsync().ConfigureAwait(false);
            });
        }
        catch
        {
            await spool.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        async Task<Stream> OpenAsync(Descriptor layer, TransferProgress report, CancellationToken token) =>
            (await Decompression.OpenAsync(spool.Open(LayoutArchive.BlobName(layer.Digest)) ?? throw WharfException.DataLoss($"the layer {layer.Digest} is not in the build cache"),
                leaveOpen: false, token, ahead: true).ConfigureAwait(false)).Content;
    }

    public Task<ICacheSource?> OpenAsync(ImageReference name, RegistryCredentials? credentials, CancellationToken ct)
    {
        ImageReference reference = name.WithDefaultTag();
        return router.WithRepositoryAsync<ICacheSource?>(reference, pulling: true, credentials, async repository =>
        {
            ImageDocument top = await repository.GetManifestAsync(reference.Digest.IsEmpty ? reference.Tag! : reference.Digest.ToString(), ct).ConfigureAwait(false);
            if (!MediaTypes.IsManifest(top.MediaType) || ManifestDocument.ReadManifest(top.Content, top.MediaType) is not { } manifest || !IsCache(manifest))
            {
                return null;
            }

            CacheDocument document = CacheDocument.Read(await repository.GetDocumentBlobAsync(manifest.Config, ct).ConfigureAwait(false));
            return new Source(this, manifest, document, (layer, report, token) => fetcher.OpenTarAsync(repository, layer, report, token), (reference.Name, repository.IsAnonymous),
                async () => await collector.CollectAsync().ConfigureAwait(false));
        }, ct);
    }

    private static bool IsCache(ImageManifest manifest) => manifest.Config.MediaType == CacheDocument.MediaType;

    private static byte[] Member(ArchiveSpool spool, Digest digest) => spool.Document(LayoutArchive.BlobName(digest)) is { } content && Digest.Sha256(content) == digest ? content
        : throw WharfException.Invalid($"invalid build cache: {digest} is not in it, or damaged");

    private sealed class Source(CacheImporter importer, ImageManifest manifest, CacheDocument document, Func<Descriptor, TransferProgress, CancellationToken, Task<Stream>> open,
        (string Repository, bool IsOpen)? from, Func<Task> close) : ICacheSource
    {
        private readonly Dictionary<string, Descriptor> _layers = manifest.Layers.Where(l => l.Annotations?.ContainsKey(CacheDocument.DiffKey) == true)
            .DistinctBy(l => l.Annotations![CacheDocument.DiffKey]).ToDictionary(l => l.Annotations![CacheDocument.DiffKey]);

        public ReadOnlyMemory<byte> Steps => document.Steps;

        public async Task MaterializeAsync(Digest image, IProgress<TransferEvent> progress, CancellationToken ct)
        {
            byte[] raw = document.Configs.GetValueOrDefault(image) ?? throw WharfException.NotFound($"the build cache has no image {image}");
            ImageConfig config = OciImageJson.ReadConfig(raw);
            IReadOnlyList<Digest> diffs = config.RootFs?.DiffIds ?? [];
            ArchivedImage.ReadConfig(raw, diffs.Count);
            List<Descriptor> wanted = [.. diffs.Select(d => _layers.GetValueOrDefault(d.ToString()) ?? throw WharfException.DataLoss($"the build cache has no layer {d}"))];
            if (wanted.Find(l => !MediaTypes.IsLayer(l.MediaType)) is { } odd)
            {
                throw WharfException.Invalid($"unsupported layer of type {odd.MediaType} in the build cache");
            }

            var report = new TransferProgress(progress, importer.Clock);
            List<IDisposable> pins = [.. wanted.Select(l => importer.Blobs.Pins.Pin(l.Digest))];
            IReadOnlyList<LayerLease> leases = [];
            try
            {
                List<IncomingLayer> incoming = [.. diffs.Zip(wanted, (diff, layer) => new IncomingLayer(diff, token => open(layer, report, token)))];
                leases = await LayerStack.UnpackAsync(importer.Layers, incoming, from is null ? 1 : importer.Options.MaxConcurrentDownloads, ct).ConfigureAwait(false);
                await importer.Factory.RegisterAsync(new NewImage
                {
                    Id = image,
                    RawConfig = raw,
                    Config = config,
                    // Of what came in an archive, only what nothing else gives back is to be kept in that form.
                    LayerBlobs = [.. leases.Zip(wanted).Where(l => from is not null || importer.NeedsBlob(l.First.Chain))
                        .Select(l => new LayerBlob(Digest.Parse(l.Second.Annotations![CacheDocument.DiffKey]), l.Second.Digest, l.Second.MediaType, l.Second.Size))],
                    Source = from?.Repository,
                    SourceIsOpen = from?.IsOpen ?? false,
                    IsProvisional = true,
                }, ct).ConfigureAwait(false);
                await importer.Blobs.SettleAsync([.. wanted.Select(l => l.Digest)]).ConfigureAwait(false);
            }
            finally
            {
                foreach (LayerLease lease in leases)
                {
                    lease.Dispose();
                }

                pins.ForEach(p => p.Dispose());
            }
        }

        public async ValueTask DisposeAsync() => await close().ConfigureAwait(false);
    }

    private bool NeedsBlob(Digest chain) => index.State.Layers[chain].Source == TarSource.Blob;

    private TimeProvider Clock => clock;

    private BlobStore Blobs => blobs;

    private LayerStore Layers => layers;

    private ImageFactory Factory => factory;

    private ImageServiceOptions Options => options;
}
