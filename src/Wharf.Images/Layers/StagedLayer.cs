using Wharf.Archive.Layers;
using Wharf.Images.Index;
using Wharf.Images.Snapshots;

namespace Wharf.Images.Layers;

/// <summary>
/// A layer that was unpacked before anybody knew what it belongs to: archives name their layers after they have given them. It is given a
/// place once, by <see cref="LayerStore.AddAsync"/>, or goes with its disposal.
/// </summary>
internal sealed class StagedLayer(ILayerDraft draft, LayerApplyResult result, LocalIndex index) : IAsyncDisposable
{
    private ILayerDraft? _draft = draft;

    public LayerApplyResult Result => result;

    /// <summary>The draft, for whoever asks first; null for all others.</summary>
    public ILayerDraft? Take() => Interlocked.Exchange(ref _draft, null);

    public async ValueTask DisposeAsync()
    {
        if (Take() is { } unused)
        {
            unused.Dispose();
            await index.Database.WriteRelaxedAsync(connection => IndexWrites.DeleteLayerDraft(connection, unused.Id)).ConfigureAwait(false);
        }
    }
}
