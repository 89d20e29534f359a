using Wharf.Archive.Layers;
using Wharf.Images.Index;
using Wharf.Images.Snapshots;
using Wharf.Primitives;

namespace Wharf.Images.Layers;

/// <summary>
/// Unpacked layers: each exists once, whoever brought it, and stays while an image, a container or a lease stands on it. Directories are
/// registered before they are made and forgotten before they go; a crash in between leaves what the sweep at start removes.
/// </summary>
/// <remarks>
/// The directory of a layer with a known chain is named by the chain, so that the layers above can be unpacked before it is there. A
/// lock per chain lets one unpack it at a time.
/// </remarks>
internal sealed class LayerStore(LocalIndex index, ISnapshotDriver driver)
{
    private readonly KeyedLocks<Digest> _chains = new();

    public ISnapshotDriver Driver => driver;

    /// <summary>Unpacks one tar on top of <paramref name="parent"/>, and returns a lease on the new chain.</summary>
    /// <param name="parent">Chain below, held by the caller; empty for a first layer.</param>
    /// <param name="expected">Diff id that must come out.</param>
    /// <param name="open">Gives the uncompressed tar; called only when the layer is not here.</param>
    /// <param name="parentReady">Ends when the parent is ready; drivers that need the parent first wait for it before unpacking.</param>
    /// <param name="ct">Drops the draft.</param>
    public async Task<LayerLease> AddAsync(Digest parent, Digest expected, Func<Task<Stream>> open, Task parentReady, CancellationToken ct)
    {
        Digest chain = ChainId.Of(parent, expected);
        using IDisposable only = await _chains.AcquireAsync(chain, ct).ConfigureAwait(false);
        if (await index.TryLeaseAsync(chain, ct).ConfigureAwait(false) is { } present)
        {
            return present;
        }

        if (!driver.IndependentLayers)
        {
            await parentReady.WaitAsync(ct).ConfigureAwait(false);
        }

        string? below = parent.IsEmpty ? null : index.State.Layers.TryGetValue(parent, out LayerRecord? p) ? p.Snapshot : parent.Encoded;
        await using Stream tar = await open().ConfigureAwait(false);
        return await UnpackAsync(chain.Encoded, below, tar, async (draft, result) =>
        {
            if (result.DiffId != expected)
            {
                throw WharfException.DataLoss($"wrong diff id calculated on extraction \"{result.DiffId}\", expected \"{expected}\"");
            }

            await parentReady.WaitAsync(ct).ConfigureAwait(false);
            string? now = parent.IsEmpty ? null : index.State.Layers[parent].Snapshot;
            if (now != below)
            {
                throw WharfException.Unavailable($"the layer below {chain} was replaced while it was unpacked; try again");
            }

            return await ShowAsync(draft, chain, parent, result, ct).ConfigureAwait(false);
        }, ct).ConfigureAwait(false);
    }

    /// <summary>
    /// Makes a layer of a tar from anywhere. Its diff id is that of the tar our own writer makes of its files, not of the one that came: so
    /// the tar need not be kept, it can be written again at any time.
    /// </summary>
    public Task<LayerLease> AddNewAsync(Digest parent, Stream tar, CancellationToken ct)
    {
        string? below = parent.IsEmpty ? null : index.State.Layers[parent].Snapshot;
        return UnpackAsync(ObjectId.New(), below, tar, async (draft, _) =>
        {
            draft.Commit();
            LayerLease? lease = null;
            try
            {
                LayerApplyResult own = await driver.WriteDiffAsync(draft.Id, Stream.Null, ct).ConfigureAwait(false);
                Digest chain = ChainId.Of(parent, own.DiffId);
                using IDisposable only = await _chains.AcquireAsync(chain, ct).ConfigureAwait(false);
                if (await index.TryLeaseAsync(chain, ct).ConfigureAwait(false) is { } present)
                {
                    driver.Remove(draft.Id);
                    return present;
                }

                lease = index.Lease(chain);
                await PublishAsync(new LayerRecord(chain, own.DiffId, parent, draft.Id, own.Size, own.TarSize, Rebuildable: true), ct).ConfigureAwait(false);
                return lease;
            }
            catch
            {
                driver.Remove(draft.Id);
                lease?.Dispose();
                throw;
            }
        }, ct);
    }

    /// <summary>Makes a layer of what a container has changed so far; the container keeps its own.</summary>
    public async Task<LayerLease> AddCopyAsync(string container, Digest parent, CancellationToken ct)
    {
        await using Stream diff = DiffStream.Open(driver, container, ct);
        return await AddNewAsync(parent, diff, ct).ConfigureAwait(false);
    }

    /// <summary>
    /// Turns the writable layer of a container into a layer on its image, without copying a byte of it. The container has no root file
    /// system from then on.
    /// </summary>
    public async Task<LayerLease> PromoteAsync(string container, Digest parent, CancellationToken ct)
    {
        LayerApplyResult diff = await driver.WriteDiffAsync(container, Stream.Null, ct).ConfigureAwait(false);
        Digest chain = ChainId.Of(parent, diff.DiffId);
        using IDisposable only = await _chains.AcquireAsync(chain, ct).ConfigureAwait(false);
        if (await index.TryLeaseAsync(chain, ct).ConfigureAwait(false) is { } present)
        {
            return present;
        }

        string snapshot = ObjectId.New();
        await index.Database.WriteRelaxedAsync(connection => IndexWrites.PutLayerDraft(connection, snapshot)).ConfigureAwait(false);
        LayerLease lease = index.Lease(chain);
        try
        {
            driver.Promote(container, snapshot);
            await PublishAsync(new LayerRecord(chain, diff.DiffId, parent, snapshot, diff.Size, diff.TarSize, Rebuildable: true), ct).ConfigureAwait(false);
            return lease;
        }
        catch
        {
            lease.Dispose();
            throw;
        }
    }

    /// <summary>Removes the layers that nothing stands on; called within <see cref="LocalIndex.ChangeAsync"/> by whoever took something away.</summary>
    public IndexChange WithoutUnusedLayers(IndexChange change)
    {
        IReadOnlyList<LayerRecord> unused = change.State.UnusedLayers(index.LeasedChains());
        if (unused.Count == 0)
        {
            return change;
        }

        return change with
        {
            State = change.State with { Layers = change.State.Layers.RemoveRange(unused.Select(l => l.Chain)) },
            Write = connection =>
            {
                change.Write(connection);
                foreach (LayerRecord layer in unused)
                {
                    IndexWrites.DeleteLayer(connection, layer.Chain);
                }

                IndexWrites.ForgetOrphanedLayerBlobs(connection);
            },
            After = () =>
            {
                change.After?.Invoke();
                foreach (LayerRecord layer in unused)
                {
                    driver.Remove(layer.Snapshot);
                }
            },
        };
    }

    private async Task<LayerLease> UnpackAsync(string snapshot, string? below, Stream tar,
        Func<ILayerDraft, LayerApplyResult, Task<LayerLease>> finish, CancellationToken ct)
    {
        await index.Database.WriteRelaxedAsync(connection => IndexWrites.PutLayerDraft(connection, snapshot)).ConfigureAwait(false);
        try
        {
            using ILayerDraft draft = driver.BeginLayer(snapshot, below);
            var options = new LayerApplyOptions { Whiteouts = driver.Whiteouts };
            LayerApplyResult result = await LayerApplier.ApplyAsync(tar, draft.Root, options, ct).ConfigureAwait(false);
            return await finish(draft, result).ConfigureAwait(false);
        }
        finally
        {
            // A layer that was shown has no draft row any more; anything else is gone with its draft.
            await index.Database.WriteRelaxedAsync(connection => IndexWrites.DeleteLayerDraft(connection, snapshot)).ConfigureAwait(false);
        }
    }

    private async Task<LayerLease> ShowAsync(ILayerDraft draft, Digest chain, Digest parent, LayerApplyResult result, CancellationToken ct)
    {
        LayerLease lease = index.Lease(chain);
        try
        {
            draft.Commit();
            await PublishAsync(new LayerRecord(chain, result.DiffId, parent, draft.Id, result.Size, result.TarSize, Rebuildable: false), ct).ConfigureAwait(false);
            return lease;
        }
        catch
        {
            driver.Remove(draft.Id);
            lease.Dispose();
            throw;
        }
    }

    /// <summary>For a tar that our own writer made: writing the difference again must give the same bytes. It is tried once here, so that nobody finds out later.</summary>
    public async Task MarkRebuildableAsync(Digest chain, CancellationToken ct)
    {
        LayerRecord layer = index.State.Layers[chain];
        if (layer.Rebuildable)
        {
            return;
        }

        LayerApplyResult again = await driver.WriteDiffAsync(layer.Snapshot, Stream.Null, ct).ConfigureAwait(false);
        if (again.DiffId != layer.Diff)
        {
            throw WharfException.Internal($"layer {layer.Diff} reads back as {again.DiffId}");
        }

        await index.ChangeAsync(state => new IndexChange(
            state with { Layers = state.Layers.SetItem(chain, layer with { Rebuildable = true }) },
            c => IndexWrites.MarkRebuildable(c, chain), Durable: false), ct).ConfigureAwait(false);
    }

    private Task PublishAsync(LayerRecord layer, CancellationToken ct) => index.ChangeAsync(
        state => new IndexChange(state with { Layers = state.Layers.Add(layer.Chain, layer) }, c => IndexWrites.PutLayer(c, layer), Durable: false), ct);
}
