using Microsoft.Win32.SafeHandles;
using Wharf.Archive.Layers;
using Wharf.Images.Archives;
using Wharf.Images.Caches;
using Wharf.Images.Catalog;
using Wharf.Images.Containers;
using Wharf.Images.Content;
using Wharf.Images.HelloWorld;
using Wharf.Images.Index;
using Wharf.Images.Layers;
using Wharf.Images.Maintenance;
using Wharf.Images.Manifests;
using Wharf.Images.Pulling;
using Wharf.Images.Pushing;
using Wharf.Images.Registries;
using Wharf.Images.Snapshots;
using Wharf.Images.Transfers;
using Wharf.Images.Trust;
using Wharf.Oci.Images;
using Wharf.Primitives;
using Wharf.State;

namespace Wharf.Images;

/// <summary>Puts the parts together and is the one door to them.</summary>
public sealed class ImageService : IImageService, IDisposable
{
    private readonly LocalIndex _index;
    private readonly RegistryConnections _connections;
    private readonly LayerFlusher _flusher;
    private readonly ImageGc? _gc;
    private readonly SemaphoreSlim _downloads;
    private readonly SemaphoreSlim _uploads;
    private readonly ImageSurroundings _surroundings;
    private readonly TrustGate _trust;
    private readonly IImageCatalog _catalog;
    private readonly IImageTransfers _transfers;
    private readonly CacheExporter _cacheExporter;
    private readonly CacheImporter _cacheImporter;
    private readonly IContainerFilesystems _containers;
    private readonly ImageMaintenance _maintenance;

    private readonly ImageServiceOptions _options;
    private readonly EndpointResolver _resolver;

    internal ImageService(ImageServiceOptions options, IStateDatabase database, ISnapshotDriver driver, TimeProvider clock, Action<string> report)
    {
        _index = new LocalIndex(database, report);
        _surroundings = new ImageSurroundings(new LastUses(database, clock));
        _downloads = new SemaphoreSlim(options.MaxConcurrentDownloads);
        _uploads = new SemaphoreSlim(options.MaxConcurrentUploads);
        _trust = new TrustGate(options.Trust, options.DataRoot);
        _connections = new RegistryConnections(options.Registries, UserAgent(options));
        var documents = new DocumentStore(database);
        var blobs = new BlobStore(options.DataRoot, database, clock);
        var collector = new BlobCollector(_index, blobs, options.CompressedLayers);
        _flusher = new LayerFlusher(_index, driver, clock, report);
        var layers = new LayerStore(_index, driver, _flusher);
        var factory = new ImageFactory(_index, _flusher, clock);
        var composer = new ImageComposer(_index, layers, documents, factory, _surroundings);
        _options = options;
        var resolver = _resolver = new EndpointResolver(options.Registries);
        var router = new RegistryRouter(_connections, resolver, options, clock);
        var fetcher = new LayerFetcher(blobs, _connections, router, resolver, _downloads, options, clock);
        var tars = new LayerTars(_index, documents, blobs, layers) { Fetch = fetcher.FetchAsync };
        var packer = new LayerPacker(documents, blobs, tars);
        _containers = new ContainerFilesystems(_index, layers, _surroundings);
        _catalog = new ImageCatalog(_index, documents, blobs, layers, collector, composer, new ImageSquasher(_index, layers, documents, factory, _containers, clock), _trust, _surroundings, clock);
        var repair = new LayerRepair(_index, layers, tars);
        var check = new StorageCheck(_index, documents, blobs, layers, repair, _surroundings);
        _maintenance = new ImageMaintenance(_index, blobs, collector, layers, check, new PowerLoss(_index, layers, repair, check, report), _surroundings);
        _gc = options.Gc is { } policy ? new ImageGc(policy, _index, _catalog, collector, _surroundings, () => ImageGc.UsedPercent(options.DataRoot), clock, report) : null;
        var pusher = new LayerPusher(_index, documents, blobs, tars, fetcher, _uploads, options);
        _cacheExporter = new CacheExporter(_index, documents, packer, pusher, collector, router, clock);
        _cacheImporter = new CacheImporter(_index, blobs, collector, layers, factory, fetcher, router, options, clock);
        _transfers = new ImageTransfers(
            new ImagePuller(_index, blobs, collector, layers, factory, fetcher, router, _trust, _surroundings, options, clock),
            new ImagePusher(_index, documents, pusher, router, _surroundings, clock),
            new ImageLoader(_index, blobs, collector, layers, tars, factory, _surroundings, clock),
            new ImageSaver(_index, documents, packer, collector, _surroundings),
            new ImageImporter(composer, _surroundings, options, clock),
            new EmbeddedHelloWorld(layers, factory, _surroundings),
            new RegistryQueries(router));
    }

    public string DriverName => _maintenance.DriverName;

    public IReadOnlyList<KeyValuePair<string, string>> DriverStatus => _maintenance.DriverStatus;

    public int ImageCount => _maintenance.ImageCount;

    /// <summary>Opens the images of a data root and brings disk and index together, however the last run ended.</summary>
    /// <param name="options">Data root, driver, registries.</param>
    /// <param name="database">Open, with <see cref="ImagesSchema.Part"/> among its parts.</param>
    /// <param name="clock">Time.</param>
    /// <param name="report">Told of oddities found in the index and of deletions that failed, one line each.</param>
    /// <param name="ct">Stops before anything is changed.</param>
    public static async Task<ImageService> OpenAsync(ImageServiceOptions options, IStateDatabase database, TimeProvider clock, Action<string> report, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var settings = new SnapshotSettings(options.DataRoot, IdentityMap.None)
        {
            DeletionFailed = (path, e) => report($"cannot remove {path}: {e.Message}"),
            ContainerSize = Snapshots.StorageOptions.ContainerSize(options.StorageOptions),
        };
        ISnapshotDriver driver = SnapshotDrivers.Open(options.StorageDriver, settings);
        Snapshots.StorageOptions.Check(options.StorageOptions, driver, report);
        var service = new ImageService(options, database, driver, clock, report);
        await service._maintenance.RecoverAsync(ct).ConfigureAwait(false);
        return service;
    }

    public void Connect(IImageUsers users, IImageEventSink events)
    {
        _surroundings.Connect(users, events);
        _gc?.Start(); // not before it can be known which images are used
    }

    public void Dispose()
    {
        _gc?.Dispose();
        _downloads.Dispose();
        _uploads.Dispose();
        _connections.Dispose();
        _flusher.Dispose();
        _index.Dispose();
    }

    public Digest Resolve(string name, Platform? platform = null) => _catalog.Resolve(name, platform);

    public Digest ResolveTrusted(string name, Platform? platform = null)
    {
        IndexState state = _index.State;
        ImageRecord image = NameResolver.Resolve(state, name, platform);
        _trust.CheckRun(state, name, image);
        return image.Id;
    }

    public bool TryResolve(string name, out Digest imageId) => _catalog.TryResolve(name, out imageId);

    public ImageDetails Inspect(string name, Platform? platform = null) => _catalog.Inspect(name, platform);

    public ImageConfig Config(Digest imageId) => _catalog.Config(imageId);

    public IReadOnlyList<ImageListEntry> List(ImageListQuery query) => _catalog.List(query);

    public IReadOnlyList<ImageHistoryItem> History(string name, Platform? platform = null) => _catalog.History(name, platform);

    public Task TagAsync(string name, ImageReference target, CancellationToken ct) => _catalog.TagAsync(name, target, ct);

    public Task<IReadOnlyList<ImageDeletion>> DeleteAsync(string name, bool force, bool prune, CancellationToken ct) => _catalog.DeleteAsync(name, force, prune, ct);

    public Task<IReadOnlyList<ImageDeletion>> DeletePlatformsAsync(string name, IReadOnlyList<Platform> platforms, bool force, CancellationToken ct) =>
        _catalog.DeletePlatformsAsync(name, platforms, force, ct);

    public IReadOnlyList<ImageAttestation> Attestations(string name, Platform? platform, IReadOnlyList<string> predicateTypes) =>
        _catalog.Attestations(name, platform, predicateTypes);

    public Task DescribeAsync(Digest image, ImageForm form, CancellationToken ct) => _catalog.DescribeAsync(image, form, ct);

    public Task<ImagePruneReport> PruneAsync(IReadOnlyDictionary<string, IReadOnlyList<string>> filters, CancellationToken ct) => _catalog.PruneAsync(filters, ct);

    public Task<Digest> CreateAsync(ImageCreation creation, CancellationToken ct) => _catalog.CreateAsync(creation, ct);

    public Task<Digest> CommitAsync(ContainerCommit commit, CancellationToken ct) => _catalog.CommitAsync(commit, ct);

    public Task<Digest> SquashAsync(Digest image, Digest baseImage, DateTimeOffset? made, CancellationToken ct) => _catalog.SquashAsync(image, baseImage, made, ct);

    public Task PullAsync(PullRequest request, IProgress<TransferEvent> progress, CancellationToken ct) => _transfers.PullAsync(request, progress, ct);

    public Task PushAsync(PushRequest request, IProgress<TransferEvent> progress, CancellationToken ct) => _transfers.PushAsync(request, progress, ct);

    public Task<IReadOnlyList<Digest>> LoadAsync(Stream archive, IReadOnlyList<Platform> platforms, bool quiet, IProgress<TransferEvent> progress, CancellationToken ct) =>
        _transfers.LoadAsync(archive, platforms, quiet, progress, ct);

    public Task SaveAsync(SaveRequest request, Stream output, CancellationToken ct) => _transfers.SaveAsync(request, output, ct);

    public Task<Digest> ImportAsync(ImportRequest request, IProgress<TransferEvent> progress, CancellationToken ct) => _transfers.ImportAsync(request, progress, ct);

    public Task<DistributionInfo> InspectDistributionAsync(ImageReference reference, RegistryCredentials? credentials, CancellationToken ct) =>
        _transfers.InspectDistributionAsync(reference, credentials, ct);

    public Task<LoginResult> LoginAsync(RegistryCredentials credentials, CancellationToken ct) => _transfers.LoginAsync(credentials, ct);

    public Task<IReadOnlyList<SearchResult>> SearchAsync(string term, int limit, IReadOnlyDictionary<string, IReadOnlyList<string>> filters,
        RegistryCredentials? credentials, CancellationToken ct) => _transfers.SearchAsync(term, limit, filters, credentials, ct);

    public Task WriteCacheAsync(CacheContent content, LayerPacking packing, Stream output, CancellationToken ct) => _cacheExporter.WriteAsync(content, packing, output, ct);

    public Task PushCacheAsync(ImageReference name, CacheContent content, LayerPacking packing, RegistryCredentials? credentials, IProgress<TransferEvent> progress, CancellationToken ct) =>
        _cacheExporter.PushAsync(name, content, packing, credentials, progress, ct);

    public Task<ICacheSource> ReadCacheAsync(Stream archive, CancellationToken ct) => _cacheImporter.ReadAsync(archive, ct);

    public Task<ICacheSource?> OpenCacheAsync(ImageReference name, RegistryCredentials? credentials, CancellationToken ct) => _cacheImporter.OpenAsync(name, credentials, ct);

    public Task<ContainerRootfs> PrepareContainerAsync(string containerId, Digest imageId, IReadOnlyDictionary<string, string> storageOptions, CancellationToken ct) =>
        _containers.PrepareContainerAsync(containerId, imageId, storageOptions, ct);

    public Task PrepareWorkspaceAsync(string workspaceId, Digest imageId, CancellationToken ct) => _containers.PrepareWorkspaceAsync(workspaceId, imageId, ct);

    public ContainerRootfs ContainerRootfs(string containerId) => _containers.ContainerRootfs(containerId);

    public SafeFileHandle OpenContainerRootfs(string containerId, bool readOnly) => _containers.OpenContainerRootfs(containerId, readOnly);

    public Task<IReadOnlyList<ContainerChange>> DiffContainerAsync(string containerId, CancellationToken ct) => _containers.DiffContainerAsync(containerId, ct);

    public Task<ContainerSize> ContainerSizeAsync(string containerId, CancellationToken ct) => _containers.ContainerSizeAsync(containerId, ct);

    public Task ExportContainerAsync(SafeFileHandle root, Stream output, CancellationToken ct) => _containers.ExportContainerAsync(root, output, ct);

    public Task RemoveContainerAsync(string containerId, CancellationToken ct) => _containers.RemoveContainerAsync(containerId, ct);

    public Task<int> SweepContainersAsync(Func<string, bool> isOwned, CancellationToken ct) => _containers.SweepContainersAsync(isOwned, ct);

    public ImageDiskUsage DiskUsage() => _maintenance.DiskUsage();

    public Task<long> CollectGarbageAsync(CancellationToken ct) => _maintenance.CollectGarbageAsync(ct);

    public Task<IReadOnlyList<StorageFinding>> CheckAsync(bool repair, CancellationToken ct) => _maintenance.CheckAsync(repair, ct);

    /// <summary>Looks at the disk now, as the policy does from time to time; 0 without a policy.</summary>
    internal Task<int> CollectImagesAsync(CancellationToken ct) => _gc?.RunAsync(ct) ?? Task.FromResult(0);

    /// <summary>Takes over registries, limits and attempts for the transfers that begin from now on.</summary>
    public void Reload(ImageServiceOptions next)
    {
        _resolver.Reload(next.Registries);
        Resize(_downloads, next.MaxConcurrentDownloads - _options.MaxConcurrentDownloads);
        Resize(_uploads, next.MaxConcurrentUploads - _options.MaxConcurrentUploads);
        _options.MaxConcurrentDownloads = next.MaxConcurrentDownloads;
        _options.MaxConcurrentUploads = next.MaxConcurrentUploads;
        _options.MaxDownloadAttempts = next.MaxDownloadAttempts;
    }

    // Places that are taken away go as the transfers that hold them end.
    private static void Resize(SemaphoreSlim places, int more)
    {
        if (more > 0)
        {
            places.Release(more);
        }

        for (; more < 0; more++)
        {
            _ = places.WaitAsync(CancellationToken.None);
        }
    }

    private static string UserAgent(ImageServiceOptions options) => "wharf/" + (options.EngineVersion.Length > 0 ? options.EngineVersion : "0");
}
