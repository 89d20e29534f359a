using System.Security.Cryptography;
using Wharf.Archive.Layers;
using Wharf.Images.Content;
using Wharf.Images.Index;
using Wharf.Images.Layers;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Images.Maintenance;

/// <summary>
/// Reads every blob, document and layer and compares it with its digest. Repair drops damaged blobs (they are fetched or made again when
/// wanted) and takes images away that cannot run any more: a new pull brings them back whole.
/// </summary>
internal sealed class StorageCheck(LocalIndex index, DocumentStore documents, BlobStore blobs, LayerStore layers)
{
    public async Task<IReadOnlyList<StorageFinding>> RunAsync(bool repair, CancellationToken ct)
    {
        var findings = new List<StorageFinding>();
        await CheckBlobsAsync(repair, findings, ct).ConfigureAwait(false);
        HashSet<Digest> broken = await CheckLayersAsync(findings, ct).ConfigureAwait(false);
        await CheckImagesAsync(repair, broken, findings, ct).ConfigureAwait(false);
        return findings;
    }

    private async Task CheckBlobsAsync(bool repair, List<StorageFinding> findings, CancellationToken ct)
    {
        foreach (Digest digest in blobs.List())
        {
            ct.ThrowIfCancellationRequested();
            Digest actual;
            await using (FileStream? file = blobs.TryOpen(digest))
            {
                if (file is null)
                {
                    continue;
                }

                actual = Digest.FromHash(await SHA256.HashDataAsync(file, ct).ConfigureAwait(false));
            }

            if (actual == digest)
            {
                continue;
            }

            if (repair)
            {
                await blobs.DeleteAsync(digest).ConfigureAwait(false);
            }

            findings.Add(new StorageFinding(digest.ToString(), $"blob has the content of {actual}", repair ? "dropped; it is fetched again when wanted" : null));
        }
    }

    private async Task<HashSet<Digest>> CheckLayersAsync(List<StorageFinding> findings, CancellationToken ct)
    {
        var broken = new HashSet<Digest>();
        foreach (LayerRecord layer in index.State.Layers.Values)
        {
            ct.ThrowIfCancellationRequested();
            string? problem = !layers.Driver.Exists(layer.Snapshot) ? "its directory is missing"
                : !layer.Parent.IsEmpty && !index.State.Layers.ContainsKey(layer.Parent) ? "the layer below it is missing"
                : layer.Rebuildable ? await ContentProblemAsync(layer, ct).ConfigureAwait(false) : null;
            if (problem is not null)
            {
                broken.Add(layer.Chain);
                findings.Add(new StorageFinding(layer.Chain.ToString(), problem, null));
            }
        }

        return broken;
    }

    private async Task<string?> ContentProblemAsync(LayerRecord layer, CancellationToken ct)
    {
        LayerApplyResult now = await layers.Driver.WriteDiffAsync(layer.Snapshot, Stream.Null, ct).ConfigureAwait(false);
        return now.DiffId == layer.Diff ? null : $"its files are those of {now.DiffId}, not of {layer.Diff}";
    }

    private async Task CheckImagesAsync(bool repair, HashSet<Digest> broken, List<StorageFinding> findings, CancellationToken ct)
    {
        foreach (ImageRecord image in index.State.Images.Values)
        {
            ct.ThrowIfCancellationRequested();
            string? problem = Problem(image, broken);
            if (problem is null)
            {
                continue;
            }

            bool used = index.State.Containers.Values.Any(c => c.Image == image.Id);
            if (repair && !used)
            {
                await index.ChangeAsync(state => layers.WithoutUnusedLayers(new IndexChange(
                    state with { Images = state.Images.Remove(image.Id), Names = state.Names.RemoveRange(state.NamesOf(image.Id)) },
                    connection => IndexWrites.DeleteImage(connection, image.Id))), ct).ConfigureAwait(false);
            }

            string name = index.State.NamesOf(image.Id).Select(n => n.Familiar).FirstOrDefault() ?? image.Id.ToString();
            findings.Add(new StorageFinding(name, problem, !repair ? null : used ? "kept: containers stand on it" : "removed; pull or load it again"));
        }
    }

    private string? Problem(ImageRecord image, HashSet<Digest> broken)
    {
        if (documents.Find(image.Id) is not { } config || Digest.Sha256(config.Content.Span) != image.Id)
        {
            return "its configuration is missing or damaged";
        }

        if (!image.Manifest.IsEmpty && documents.Find(image.Manifest) is null)
        {
            return "its manifest is missing";
        }

        for (Digest chain = image.Chain; !chain.IsEmpty;)
        {
            if (broken.Contains(chain) || !index.State.Layers.TryGetValue(chain, out LayerRecord? layer))
            {
                return $"its layer {chain} is missing or damaged";
            }

            chain = layer.Parent;
        }

        return ChainId.Of(OciImageJson.ReadConfig(config.Content.Span).RootFs?.DiffIds ?? []) == image.Chain ? null : "its layers are not those of its configuration";
    }
}
