using Wharf.Images.Catalog;
using Wharf.Images.Content;
using Wharf.Images.Index;
using Wharf.Linux;
using Wharf.Primitives;

namespace Wharf.Images.Maintenance;

/// <summary>
/// Removes images by policy: leftovers of unfinished downloads first, then the images that were used longest ago. What a container, a lease or a
/// newer image stands on stays.
/// </summary>
internal sealed class ImageGc(ImageGcPolicy policy, LocalIndex index, IImageCatalog catalog, BlobCollector blobs, ImageSurroundings surroundings,
    Func<double> usedPercent, TimeProvider clock, Action<string> report) : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Per cent of a file system that is in use, as df(1) counts it.</summary>
    public static double UsedPercent(string path)
    {
        NameCalls.FileSystem(path, out FileSystemStatus status).ThrowIfError("statfs", path);
        ulong used = status.Blocks - status.BlocksFree;
        return used + status.BlocksAvailable == 0 ? 0 : 100.0 * used / (used + status.BlocksAvailable);
    }

    public void Start() => _ = Task.Run(() => LoopAsync(_stop.Token));

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }

    /// <returns>How many images were removed.</returns>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        double before = usedPercent();
        if (before < policy.HighPercent)
        {
            return 0;
        }

        await blobs.CollectAsync(unfinished: true).ConfigureAwait(false);
        int removed = 0;
        foreach (ImageRecord image in Candidates())
        {
            if (usedPercent() < policy.LowPercent)
            {
                break;
            }

            try
            {
                string name = index.State.NamesOf(image.Id).Select(n => n.Familiar).FirstOrDefault() ?? image.Id.ToString();
                await catalog.DeleteAsync(image.Id.ToString(), force: true, prune: true, ct).ConfigureAwait(false);
                report($"removed the unused image {name}: the disk was {before:F0} % full");
                removed++;
            }
            catch (WharfException e) when (e.Kind is ErrorKind.Conflict or ErrorKind.NotFound)
            {
                // A container came to use it, or it went with another: the next one may do.
            }
        }

        return removed;
    }

    private List<ImageRecord> Candidates()
    {
        IndexState state = index.State;
        HashSet<Digest> used = [.. surroundings.Users.ImageUses().Select(u => u.ImageId), .. state.Containers.Values.Select(c => c.Image)];
        HashSet<Digest> parents = [.. state.Images.Values.Where(i => !i.Parent.IsEmpty).Select(i => i.Parent)];
        DateTimeOffset youngest = clock.GetUtcNow() - policy.MinimumAge;
        return [.. state.Images.Values.Where(i => !used.Contains(i.Id) && !parents.Contains(i.Id) && LastUse(i) <= youngest).OrderBy(LastUse)];
    }

    private DateTimeOffset LastUse(ImageRecord image)
    {
        DateTimeOffset tagged = image.LastTagged ?? image.Created ?? DateTimeOffset.UnixEpoch;
        return surroundings.LastUses.Of(image.Id) is { } use && use > tagged ? use : tagged;
    }

    private async Task LoopAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(Interval, clock, ct).ConfigureAwait(false);
                await RunAsync(ct).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception e) when (e is WharfException or IOException)
            {
                report($"removal of unused images failed: {e.Message}");
            }
        }
    }
}
