using Wharf.Images.Index;
using Wharf.Images.Snapshots;
using Wharf.Primitives;

namespace Wharf.Images.Layers;

/// <summary>
/// Layers are unpacked without waiting for the disk. Before something durable stands on them, the file system below is flushed once for all of
/// them; only from then on does the index call them safe. After a loss of power, layers that are not called so are looked at before they are used.
/// </summary>
internal sealed class LayerFlusher(LocalIndex index, ISnapshotDriver driver, TimeProvider clock, Action<string> report) : IDisposable
{
    private static readonly TimeSpan SettleDelay = TimeSpan.FromSeconds(1);
    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly HashSet<Digest> _unsafe = [];
    private int _settling;

    /// <summary>The layer's files have been written, and may still be on their way to the disk.</summary>
    public void Written(Digest chain)
    {
        lock (_unsafe)
        {
            _unsafe.Add(chain);
        }
    }

    public bool IsSafe(Digest chain)
    {
        lock (_unsafe)
        {
            return !_unsafe.Contains(chain);
        }
    }

    /// <summary>Flushes what was written; cheap when nothing was. The returned chains belong into the durable change that follows.</summary>
    public async Task<FlushedLayers> FlushAsync(CancellationToken ct)
    {
        if (Snapshot().Count == 0)
        {
            return FlushedLayers.None;
        }

        // Whoever waits here finds, as a rule, that the one before has flushed for both.
        await _one.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            IReadOnlyList<Digest> chains = Snapshot();
            if (chains.Count > 0)
            {
                await Task.Run(driver.Sync, CancellationToken.None).ConfigureAwait(false);
            }

            return new FlushedLayers(chains, () => Forget(chains));
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    /// <summary>Has everything written so far made safe soon, without anybody waiting for it.</summary>
    public void SettleSoon()
    {
        if (Interlocked.Exchange(ref _settling, 1) == 0)
        {
            _ = Task.Run(SettleAsync);
        }
    }

    private async Task SettleAsync()
    {
        await Task.Delay(SettleDelay, clock).ConfigureAwait(false);
        Interlocked.Exchange(ref _settling, 0);
        try
        {
            FlushedLayers flushed = await FlushAsync(CancellationToken.None).ConfigureAwait(false);
            await index.ChangeAsync(state => new IndexChange(state, flushed.Write), CancellationToken.None).ConfigureAwait(false);
            flushed.Recorded();
        }
        catch (Exception e) when (e is WharfException or ObjectDisposedException)
        {
            // The layers stay unsafe, which the next durable change or the next start makes good.
            report($"cannot flush layers: {e.Message}");
        }
    }

    private IReadOnlyList<Digest> Snapshot()
    {
        lock (_unsafe)
        {
            return [.. _unsafe];
        }
    }

    private void Forget(IReadOnlyList<Digest> chains)
    {
        lock (_unsafe)
        {
            _unsafe.ExceptWith(chains);
        }
    }
}

/// <summary>Layers that are on the disk, and not yet called safe in the index.</summary>
/// <param name="Chains">Which.</param>
/// <param name="Recorded">To be called when the change is durable.</param>
internal sealed record FlushedLayers(IReadOnlyList<Digest> Chains, Action Recorded)
{
    public static readonly FlushedLayers None = new([], () => { });

    public void Write(Microsoft.Data.Sqlite.SqliteConnection connection)
    {
        foreach (Digest chain in Chains)
        {
            IndexWrites.MarkLayerSafe(connection, chain);
        }
    }
}
