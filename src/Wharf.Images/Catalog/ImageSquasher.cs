using Wharf.Archive.Layers;
using Wharf.Images.Containers;
using Wharf.Images.Index;
using Wharf.Images.Layers;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Images.Catalog;

/// <summary>
/// Squashing: the layers above a base are applied, one after the other, to a fresh writable layer on that base, which then holds
/// exactly what all of them together change. The history keeps its lines, as lines without a layer.
/// </summary>
internal sealed class ImageSquasher(LocalIndex index, LayerStore layers, DocumentStore documents, ImageFactory factory, IContainerFilesystems filesystems, TimeProvider clock)
{
    public async Task<Digest> SquashAsync(Digest image, Digest baseImage, DateTimeOffset? made, CancellationToken ct)
    {
        ImageRecord record = index.State.Images.GetValueOrDefault(image) ?? throw ImageErrors.NoSuchImage(image.ToString());
        ImageConfig config = OciImageJson.ReadConfig(documents.Get(image).Content.Span);
        ImageConfig below = baseImage.IsEmpty ? new ImageConfig() : OciImageJson.ReadConfig(documents.Get(baseImage).Content.Span);
        IReadOnlyList<Digest> all = config.RootFs?.DiffIds ?? [], kept = below.RootFs?.DiffIds ?? [];
        if (kept.Count > all.Count || !kept.SequenceEqual(all.Take(kept.Count)))
        {
            throw WharfException.Invalid($"image {image.Short} does not stand on image {baseImage.Short}");
        }

        using LayerLease hold = await index.TryLeaseAsync(record.Chain, ct).ConfigureAwait(false) ?? throw ImageErrors.NoSuchImage(image.ToString());
        string workspace = ObjectId.New();
        await filesystems.PrepareWorkspaceAsync(workspace, baseImage, ct).ConfigureAwait(false);
        try
        {
            await ApplyAsync(workspace, [.. index.State.LayersOf(record.Chain).Skip(kept.Count)], ct).ConfigureAwait(false);
            using LayerLease layer = await layers.PromoteAsync(workspace, ChainId.Of(kept), ct).ConfigureAwait(false);
            List<Digest> added = layer.Chain == ChainId.Of(kept) ? [] : [index.State.Layers[layer.Chain].Diff];
            return await RegisterAsync(image, baseImage, config, below, added, made ?? clock.GetUtcNow(), ct).ConfigureAwait(false);
        }
        finally
        {
            await filesystems.RemoveContainerAsync(workspace, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private async Task ApplyAsync(string workspace, IReadOnlyList<LayerRecord> added, CancellationToken ct)
    {
        using var root = filesystems.OpenContainerRootfs(workspace, readOnly: false);
        foreach (LayerRecord layer in added)
        {
            await using Stream diff = DiffStream.Open(layers.Driver, layer.Snapshot, ct);
            await LayerApplier.ApplyAsync(diff, root, new LayerApplyOptions { Whiteouts = WhiteoutStyle.Delete }, ct).ConfigureAwait(false);
        }
    }

    private async Task<Digest> RegisterAsync(Digest image, Digest baseImage, ImageConfig config, ImageConfig below, List<Digest> added, DateTimeOffset made, CancellationToken ct)
    {
        string now = Rfc3339.Format(made);
        int old = below.History?.Count ?? 0;
        var comment = new HistoryEntry
        {
            Created = now,
            EmptyLayer = added.Count == 0,
            Comment = baseImage.IsEmpty ? $"create new from {image}" : $"merge {image} to {baseImage}",
        };
        ImageConfig squashed = config with
        {
            Created = now,
            RootFs = new RootFilesystem { DiffIds = [.. below.RootFs?.DiffIds ?? [], .. added] },
            History = [.. (config.History ?? []).Select((entry, i) => i < old ? entry : entry with { EmptyLayer = true }), comment],
        };
        byte[] raw = OciImageJson.Write(squashed);
        Digest id = Digest.Sha256(raw);
        await factory.RegisterAsync(new NewImage { Id = id, RawConfig = raw, Config = squashed, Parent = baseImage }, ct).ConfigureAwait(false);
        return id;
    }
}
