using Wharf.Images.Index;
using Wharf.Primitives;

namespace Wharf.Images.Layers;

/// <summary>One layer of an image that comes in: what it must be, and where its tar comes from if it is not here.</summary>
internal sealed record IncomingLayer(Digest Diff, Func<CancellationToken, Task<Stream>> Open)
{
    /// <summary>The layer as it is unpacked already, if it is.</summary>
    public StagedLayer? Staged { get; init; }

    /// <summary>Called when the layer is ready.</summary>
    public Action Done { get; init; } = () => { };

    /// <summary>Asked after content turned out to be damaged, to drop it: true when a second try has a better source.</summary>
    public Func<Task<bool>> TryAgain { get; init; } = () => Task.FromResult(false);
}

/// <summary>Unpacks the layers of one image side by side, each shown when the one below it is.</summary>
internal static class LayerStack
{
    /// <returns>Leases on every chain, bottom first; the caller disposes them when the image is registered.</returns>
    public static async Task<IReadOnlyList<LayerLease>> UnpackAsync(LayerStore store, IReadOnlyList<IncomingLayer> layers, int parallel, CancellationToken ct)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        using var slots = new SemaphoreSlim(parallel, parallel);
        var tasks = new List<Task<LayerLease>>();
        Digest parent = default;
        try
        {
            foreach (IncomingLayer layer in layers)
            {
                // Slots are given in order: a layer that waits for the one below never keeps that one waiting for a slot.
                await slots.WaitAsync(stop.Token).ConfigureAwait(false);
                Task below = tasks.Count == 0 ? Task.CompletedTask : tasks[^1];
                tasks.Add(OneAsync(store, parent, layer, below, slots, stop));
                parent = ChainId.Of(parent, layer.Diff);
            }

            return await Task.WhenAll(tasks).ConfigureAwait(false);
        }
        catch
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await ((Task)Task.WhenAll(tasks)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            foreach (Task<LayerLease> done in tasks.Where(t => t.IsCompletedSuccessfully))
            {
                done.Result.Dispose();
            }

            // The first failure is the cause; what came after it was only cancelled by it.
            ct.ThrowIfCancellationRequested();
            if (tasks.Select(t => t.Exception?.InnerException).FirstOrDefault(e => e is not null and not OperationCanceledException) is { } cause)
            {
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(cause);
            }

            throw;
        }
    }

    private static async Task<LayerLease> OneAsync(LayerStore store, Digest parent, IncomingLayer layer, Task below, SemaphoreSlim slots, CancellationTokenSource stop)
    {
        try
        {
            LayerLease lease = await Task.Run(() => AddAsync(store, parent, layer, below, stop.Token), stop.Token).ConfigureAwait(false);
            layer.Done();
            return lease;
        }
        catch
        {
            await stop.CancelAsync().ConfigureAwait(false);
            throw;
        }
        finally
        {
            slots.Release();
        }
    }

    private static async Task<LayerLease> AddAsync(LayerStore store, Digest parent, IncomingLayer layer, Task below, CancellationToken ct)
    {
        while (true)
        {
            try
            {
                return await store.AddAsync(parent, layer.Diff, () => layer.Open(ct), below, ct, layer.Staged).ConfigureAwait(false);
            }
            catch (WharfException e) when (e.Kind is ErrorKind.DataLoss or ErrorKind.InvalidArgument)
            {
                if (!await layer.TryAgain().ConfigureAwait(false))
                {
                    throw;
                }
            }
        }
    }
}
