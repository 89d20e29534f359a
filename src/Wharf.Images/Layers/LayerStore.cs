using Microsoft.Win32.SafeHandles;
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
internal sealed class LayerStore(LocalIndex index, ISnapshotDriver driver, LayerFlusher flusher)
{
    /// <summary>Digest of a tar without members: two blocks of zeros.</summary>
    private static readonly Digest EmptyTar = Digest.Sha256(new byte[1024]);

    private readonly KeyedLocks<Digest> _chains = new();

    public ISnapshotDriver Driver => driver;

    public LayerFlusher Flusher => flusher;

    /// <summary>Unpacks one tar on top of <paramref name="parent"/>, and returns a lease on the new chain.</summary>
    /// <param name="parent">Chain below, held by the caller; empty for a first layer.</param>
    /// <param name="expected">Diff id that must come out.</param>
    /// <param name="open">Gives the uncompressed tar; called only when the layer is not here.</param>
    /// <param name="parentReady">Ends when the parent is ready; drivers that need the parent first wait for it before unpacking.</param>
    /// <param name="ct">Drops the draft.</param>
    /// <param name="staged">The layer as it was unpacked already, which is used if nobody else took it.</param>
    public async Task<LayerLease> AddAsync(Digest parent, Digest expected, Func<Task<Stream>> open, Task parentReady, CancellationToken ct, StagedLayer? staged = null)
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
        if (staged?.Take() is { } ready)
        {
            return await FinishAsync(ready, staged.Result, FinishOneAsync).ConfigureAwait(false);
        }

        await using Stream tar = await open().ConfigureAwait(false);
        return await UnpackAsync(chain.Encoded, below, tar, FinishOneAsync, ct).ConfigureAwait(false);

        async Task<LayerLease> FinishOneAsync(ILayerDraft draft, LayerApplyResult result)
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

            return await ShowAsync(draft, chain, parent, now, result, ct).ConfigureAwait(false);
        }
    }

    /// <summary>Unpacks a tar whose place is not known yet. Only for drivers with <see cref="ISnapshotDriver.IndependentLayers"/>.</summary>
    public async Task<StagedLayer> StageAsync(Stream tar, CancellationToken ct)
    {
        string snapshot = ObjectId.New();
        await index.Database.WriteRelaxedAsync(connection => IndexWrites.PutLayerDraft(connection, snapshot)).ConfigureAwait(false);
        ILayerDraft? draft = null;
        try
        {
            draft = driver.BeginLayer(snapshot, null);
            return new StagedLayer(draft, await ApplyAsync(draft, tar, ct).ConfigureAwait(false), index);
        }
        catch
        {
            draft?.Dispose();
            await index.Database.WriteRelaxedAsync(connection => IndexWrites.DeleteLayerDraft(connection, snapshot)).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>
    /// Makes a layer of a tar from anywhere. A tar that has no recipe gets the diff id of the one that our own writer makes of its files: either way
    /// the tar need not be kept, it can be written again at any time.
    /// </summary>
    public Task<LayerLease> AddNewAsync(Digest parent, Stream tar, CancellationToken ct)
    {
        string? below = parent.IsEmpty ? null : index.State.Layers[parent].Snapshot;
        return UnpackAsync(ObjectId.New(), below, tar, async (draft, unpacked) =>
        {
            draft.Commit();
            LayerLease? lease = null;
            try
            {
                LayerApplyResult own = unpacked.HasRecipe ? unpacked : await driver.WriteDiffAsync(draft.Id, Stream.Null, ct).ConfigureAwait(false);
                Digest chain = ChainId.Of(parent, own.DiffId);
                using IDisposable only = await _chains.AcquireAsync(chain, ct).ConfigureAwait(false);
                if (await index.TryLeaseAsync(chain, ct).ConfigureAwait(false) is { } present)
                {
                    driver.Remove(draft.Id);
                    return present;
                }

                lease = index.Lease(chain);
                await PublishAsync(new LayerRecord(chain, own.DiffId, parent, draft.Id, own.Size, own.TarSize, unpacked.HasRecipe ? TarSource.Recipe : TarSource.Writer), ct).ConfigureAwait(false);
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
    /// <returns>A lease on the new chain; on the parent's own when nothing was changed, as an image then gets no layer.</returns>
    public async Task<LayerLease> PromoteAsync(string container, Digest parent, CancellationToken ct)
    {
        LayerApplyResult diff = await driver.WriteDiffAsync(container, Stream.Null, ct).ConfigureAwait(false);
        if (diff.DiffId == EmptyTar && !parent.IsEmpty && await index.TryLeaseAsync(parent, ct).ConfigureAwait(false) is { } unchanged)
        {
            return unchanged;
        }

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
            await PublishAsync(new LayerRecord(chain, diff.DiffId, parent, snapshot, diff.Size, diff.TarSize, TarSource.Writer), ct).ConfigureAwait(false);
            return lease;
        }
        catch
        {
            lease.Dispose();
            throw;
        }
    }

    /// <summary>Unpacks a layer again in place of the directory it has, which nobody may be using.</summary>
    /// <exception cref="WharfException">DataLoss: the tar is another one; the directory stays.</exception>
    public async Task ReplaceAsync(LayerRecord layer, Stream tar, CancellationToken ct)
    {
        using IDisposable only = await _chains.AcquireAsync(layer.Chain, ct).ConfigureAwait(false);
        string? below = layer.Parent.IsEmpty ? null : index.State.Layers[layer.Parent].Snapshot;
        string snapshot = ObjectId.New();
        await index.Database.WriteRelaxedAsync(connection => IndexWrites.PutLayerDraft(connection, snapshot)).ConfigureAwait(false);
        try
        {
            using ILayerDraft draft = driver.BeginLayer(snapshot, below);
            LayerApplyResult result = await ApplyAsync(draft, tar, ct).ConfigureAwait(false);
            if (result.DiffId != layer.Diff)
            {
                throw WharfException.DataLoss($"wrong diff id calculated on extraction \"{result.DiffId}\", expected \"{layer.Diff}\"");
            }

            driver.Remove(layer.Snapshot);
            draft.CommitAs(layer.Snapshot, below);
            driver.Sync();
            LayerRecord renewed = layer with { Source = result.HasRecipe ? TarSource.Recipe : TarSource.Blob };
            await index.ChangeAsync(state => new IndexChange(state with { Layers = state.Layers.SetItem(layer.Chain, renewed) },
                connection => IndexWrites.SetLayerSource(connection, renewed)), ct).ConfigureAwait(false);
        }
        finally
        {
            await index.Database.WriteRelaxedAsync(connection => IndexWrites.DeleteLayerDraft(connection, snapshot)).ConfigureAwait(false);
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
        ILayerDraft? draft = null;
        LayerApplyResult result;
        try
        {
            draft = driver.BeginLayer(snapshot, below);
            result = await ApplyAsync(draft, tar, ct).ConfigureAwait(false);
        }
        catch
        {
            draft?.Dispose();
            await index.Database.WriteRelaxedAsync(connection => IndexWrites.DeleteLayerDraft(connection, snapshot)).ConfigureAwait(false);
            throw;
        }

        return await FinishAsync(draft, result, finish).ConfigureAwait(false);
    }

    private async Task<LayerLease> FinishAsync(ILayerDraft draft, LayerApplyResult result, Func<ILayerDraft, LayerApplyResult, Task<LayerLease>> finish)
    {
        try
        {
            return await finish(draft, result).ConfigureAwait(false);
        }
        finally
        {
            // What is shown is registered under its own name by now; anything else goes with its draft.
            draft.Dispose();
            await index.Database.WriteRelaxedAsync(connection => IndexWrites.DeleteLayerDraft(connection, draft.Id)).ConfigureAwait(false);
        }
    }

    private async Task<LayerApplyResult> ApplyAsync(ILayerDraft draft, Stream tar, CancellationToken ct)
    {
        Directory.CreateDirectory(draft.RecipePath, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using SafeFileHandle recipe = DriverDirectory.Open(draft.RecipePath);
        var options = new LayerApplyOptions { Whiteouts = driver.Whiteouts, Recipe = recipe };
        LayerApplyResult result = await LayerApplier.ApplyAsync(tar, draft.Root, options, ct).ConfigureAwait(false);
        if (!result.HasRecipe)
        {
            Directory.Delete(draft.RecipePath, recursive: true);
        }

        return result;
    }

    private async Task<LayerLease> ShowAsync(ILayerDraft draft, Digest chain, Digest parent, string? parentSnapshot, LayerApplyResult result, CancellationToken ct)
    {
        LayerLease lease = index.Lease(chain);
        try
        {
            draft.CommitAs(chain.Encoded, parentSnapshot);
            TarSource source = result.HasRecipe ? TarSource.Recipe : TarSource.Blob;
            await PublishAsync(new LayerRecord(chain, result.DiffId, parent, chain.Encoded, result.Size, result.TarSize, source), ct).ConfigureAwait(false);
            return lease;
        }
        catch
        {
            driver.Remove(chain.Encoded);
            lease.Dispose();
            throw;
        }
    }

    private Task PublishAsync(LayerRecord layer, CancellationToken ct)
    {
        flusher.Written(layer.Chain);
        return index.ChangeAsync(
            state => new IndexChange(state with { Layers = state.Layers.Add(layer.Chain, layer) }, c => IndexWrites.PutLayer(c, layer), Durable: false), ct);
    }
}
