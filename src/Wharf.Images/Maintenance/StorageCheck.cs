using System.Security.Cryptography;
using Wharf.Images.Catalog;
using Wharf.Images.Content;
using Wharf.Images.Index;
using Wharf.Images.Layers;
using Wharf.Oci.Images;
using Wharf.Primitives;
using Wharf.State;

namespace Wharf.Images.Maintenance;

/// <summary>
/// Reads every blob, document and layer and compares it with its digest, and looks for what nobody owns. Repair drops damaged blobs, unpacks damaged
/// layers again, and takes away images that cannot run any more: a new pull brings them back whole. Nothing that a container stands on is touched.
/// </summary>
internal sealed class StorageCheck(LocalIndex index, DocumentStore documents, BlobStore blobs, LayerStore layers, LayerRepair layerRepair, ImageSurroundings surroundings)
{
    private static readonly TimeSpan CreationTime = TimeSpan.FromSeconds(1);

    public async Task<IReadOnlyList<StorageFinding>> RunAsync(bool repair, CancellationToken ct)
    {
        var findings = new List<StorageFinding>();
        await CheckBlobsAsync(repair, findings, ct).ConfigureAwait(false);
        HashSet<Digest> broken = await CheckLayersAsync(repair, findings, ct).ConfigureAwait(false);
        await CheckImagesAsync(repair, broken, findings, ct).ConfigureAwait(false);
        await CheckNamesAsync(repair, findings).ConfigureAwait(false);
        await CheckContainersAsync(repair, findings, ct).ConfigureAwait(false);
        return findings;
    }

    /// <summary>The images on these chains, which can run no more, are taken away unless containers stand on them.</summary>
    public Task RemoveImagesOnAsync(HashSet<Digest> broken, List<StorageFinding> findings, CancellationToken ct) => CheckImagesAsync(repair: true, broken, findings, ct);

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

            findings.Add(new StorageFinding(digest.ToString(), $"blob has the content of {actual}", repair ? "dropped; it is fetched or made again when wanted" : null));
        }
    }

    private async Task<HashSet<Digest>> CheckLayersAsync(bool repair, List<StorageFinding> findings, CancellationToken ct)
    {
        var broken = new HashSet<Digest>();
        HashSet<Digest> used = UsedChains();
        foreach (LayerRecord layer in index.State.Layers.Values.OrderBy(l => l.Chain.ToString(), StringComparer.Ordinal))
        {
            ct.ThrowIfCancellationRequested();
            if (await layerRepair.ProblemAsync(layer, ct).ConfigureAwait(false) is not { } problem || !index.State.Layers.ContainsKey(layer.Chain))
            {
                continue; // sound, or removed while it was looked at
            }

            string? done = !repair ? null
                : used.Contains(layer.Chain) ? "kept: containers stand on it"
                : await layerRepair.TryAsync(layer, ct).ConfigureAwait(false) ? "unpacked again" : "cannot be had again";
            findings.Add(new StorageFinding(layer.Chain.ToString(), problem, done));
            if (done != "unpacked again")
            {
                broken.Add(layer.Chain);
            }
        }

        return broken;
    }

    private async Task CheckImagesAsync(bool repair, HashSet<Digest> broken, List<StorageFinding> findings, CancellationToken ct)
    {
        HashSet<Digest> used = [.. index.State.Containers.Values.Select(c => c.Image), .. surroundings.Users.ImageUses().Select(u => u.ImageId)];
        foreach (ImageRecord image in index.State.Images.Values)
        {
            ct.ThrowIfCancellationRequested();
            if (Problem(image, broken) is not { } problem || !index.State.Images.ContainsKey(image.Id))
            {
                continue;
            }

            string name = index.State.NamesOf(image.Id).Select(n => n.Familiar).FirstOrDefault() ?? image.Id.ToString();
            if (repair && !used.Contains(image.Id))
            {
                await index.ChangeAsync(state => layers.WithoutUnusedLayers(new IndexChange(
                    state with { Images = state.Images.Remove(image.Id), Names = state.Names.RemoveRange(state.NamesOf(image.Id)) },
                    connection => IndexWrites.DeleteImage(connection, image.Id))), ct).ConfigureAwait(false);
            }

            findings.Add(new StorageFinding(name, problem, !repair ? null : used.Contains(image.Id) ? "kept: containers stand on it" : "removed; pull or load it again"));
        }
    }

    private string? Problem(ImageRecord image, HashSet<Digest> broken)
    {
        if (documents.Find(image.Id) is not { } config || Digest.Sha256(config.Content.Span) != image.Id)
        {
            return "its configuration is missing or damaged";
        }

        foreach (Digest manifest in documents.ManifestsOf(image.Id).Append(image.Manifest).Where(m => !m.IsEmpty).Distinct())
        {
            if (documents.Find(manifest) is not { } document || Digest.Sha256(document.Content.Span) != manifest)
            {
                return $"its manifest {manifest} is missing or damaged";
            }
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

    /// <summary>Names in the database that lead to no image; they are not in memory, where nobody can use them.</summary>
    private async Task CheckNamesAsync(bool repair, List<StorageFinding> findings)
    {
        List<(string Repository, string Tag, string Digest)> lost = index.Database.Read(connection => Sql.Query(connection,
            "SELECT repository, tag, digest FROM image_names WHERE image NOT IN (SELECT id FROM images)", row => (row.GetString(0), row.GetString(1), row.GetString(2))));
        if (lost.Count > 0 && repair)
        {
            await index.Database.WriteAsync(connection =>
            {
                Sql.Execute(connection, "DELETE FROM image_names WHERE image NOT IN (SELECT id FROM images)");
                return true;
            }).ConfigureAwait(false);
        }

        findings.AddRange(lost.Select(n => new StorageFinding($"{n.Repository}:{n.Tag}{n.Digest}", "the name leads to no image", repair ? "dropped" : null)));
    }

    private async Task CheckContainersAsync(bool repair, List<StorageFinding> findings, CancellationToken ct)
    {
        IndexState state = index.State;
        if (state.Containers.Keys.Any(id => !layers.Driver.Exists(id)))
        {
            // One that is being made has its row a moment before its directory, and one that is being removed the other way round.
            await Task.Delay(CreationTime, ct).ConfigureAwait(false);
            IndexState later = index.State;
            state = later with { Containers = later.Containers.RemoveRange(later.Containers.Keys.Where(id => !state.Containers.ContainsKey(id))) };
        }

        HashSet<string> running = [.. surroundings.Users.ImageUses().Where(u => u.Running).Select(u => u.ContainerId)];
        foreach (ContainerRecord container in state.Containers.Values)
        {
            if (!container.Chain.IsEmpty && !state.Layers.ContainsKey(container.Chain))
            {
                findings.Add(new StorageFinding(container.Container, $"the layer {container.Chain} below the container is missing", null));
            }
            else if (!layers.Driver.Exists(container.Container))
            {
                bool mended = repair && !running.Contains(container.Container) && Mend(state, container);
                findings.Add(new StorageFinding(container.Container, "the container's writable layer is missing", mended ? "made again, empty" : null));
            }
        }
    }

    /// <summary>Makes what a container's writable layer lacks; false when it lacks nothing.</summary>
    public bool Mend(IndexState state, ContainerRecord container) =>
        layers.Driver.MendContainer(container.Container, container.Chain.IsEmpty ? null : state.Layers[container.Chain].Snapshot, container.Bound);

    private HashSet<Digest> UsedChains()
    {
        IndexState state = index.State;
        var used = new HashSet<Digest>();
        foreach (ContainerRecord container in state.Containers.Values)
        {
            for (Digest chain = container.Chain; !chain.IsEmpty && used.Add(chain) && state.Layers.TryGetValue(chain, out LayerRecord? layer); chain = layer.Parent)
            {
            }
        }

        return used;
    }
}
