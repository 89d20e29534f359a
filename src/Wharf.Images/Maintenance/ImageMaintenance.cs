using Wharf.Images.Catalog;
using Wharf.Images.Content;
using Wharf.Images.Index;
using Wharf.Images.Layers;
using Wharf.Primitives;

namespace Wharf.Images.Maintenance;

/// <summary>Usage, sweeping and checking of what lies on disk: see <see cref="IImageMaintenance"/>.</summary>
internal sealed class ImageMaintenance(LocalIndex index, BlobStore blobs, BlobCollector collector, LayerStore layers, StorageCheck check,
    PowerLoss powerLoss, ImageSurroundings surroundings) : IImageMaintenance
{
    private static readonly TimeSpan KeepPartialDownloads = TimeSpan.FromDays(7);

    public string DriverName => layers.Driver.Name;

    public IReadOnlyList<KeyValuePair<string, string>> DriverStatus => layers.Driver.Status;

    public int ImageCount => index.State.Images.Count;

    public ImageDiskUsage DiskUsage()
    {
        IndexState state = index.State;
        HashSet<Digest> active = [.. surroundings.Users.ImageUses().Select(u => u.ImageId)];
        IndexState onlyActive = state with { Images = state.Images.RemoveRange(state.Images.Keys.Where(id => !active.Contains(id))) };
        return new ImageDiskUsage(
            state.Layers.Values.Sum(l => l.Size),
            blobs.TotalSize(),
            onlyActive.UnusedLayers([]).Sum(l => l.Size),
            state.Images.Keys.Count(active.Contains),
            state.Images.Count);
    }

    public async Task<long> CollectGarbageAsync(CancellationToken ct)
    {
        long freed = 0;
        await index.ChangeAsync(state =>
        {
            IndexChange change = layers.WithoutUnusedLayers(new IndexChange(state, _ => { }));
            freed = state.Layers.Values.Where(l => !change.State.Layers.ContainsKey(l.Chain)).Sum(l => l.Size);
            return freed == 0 && change.State.Layers.Count == state.Layers.Count ? null : change;
        }, ct).ConfigureAwait(false);
        return freed + await collector.CollectAsync().ConfigureAwait(false);
    }

    public Task<IReadOnlyList<StorageFinding>> CheckAsync(bool repair, CancellationToken ct) => check.RunAsync(repair, ct);

    /// <summary>Brings disk and index together after a start, however the last run ended. Nobody else may be at work yet.</summary>
    public async Task RecoverAsync(CancellationToken ct)
    {
        await index.Database.WriteAsync(connection =>
        {
            IndexWrites.DeleteAllLayerDrafts(connection);
            return true;
        }).ConfigureAwait(false);
        IndexState state = index.State;
        HashSet<string> owned = [.. state.Layers.Values.Select(l => l.Snapshot), .. state.Containers.Keys];
        layers.Driver.Recover(owned.Contains);
        await powerLoss.RecoverAsync(ct).ConfigureAwait(false);
        await blobs.SweepAsync(KeepPartialDownloads).ConfigureAwait(false);
        await CollectGarbageAsync(ct).ConfigureAwait(false);
    }
}
