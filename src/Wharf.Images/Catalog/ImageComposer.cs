using Wharf.Archive.Compression;
using Wharf.Images.Index;
using Wharf.Images.Layers;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Images.Catalog;

/// <summary>Makes images here: of tars for builder and import, of a container's changes for commit.</summary>
internal sealed class ImageComposer(LocalIndex index, LayerStore layers, DocumentStore documents, ImageFactory factory, ImageSurroundings surroundings)
{
    public async Task<Digest> CreateAsync(ImageCreation creation, CancellationToken ct)
    {
        (Digest chain, ImageConfig? parent) = Parent(creation.Parent);
        var leases = new List<LayerLease> { await HoldAsync(chain, ct).ConfigureAwait(false) };
        try
        {
            var diffs = new List<Digest>();
            foreach (Stream source in creation.Layers)
            {
                await using DecompressedStream tar = await Decompression.OpenAsync(source, leaveOpen: true, ct, ahead: true).ConfigureAwait(false);
                LayerLease lease = await layers.AddNewAsync(chain, tar.Content, ct).ConfigureAwait(false);
                leases.Add(lease);
                chain = lease.Chain;
                diffs.Add(index.State.Layers[chain].Diff);
            }

            foreach (Digest diff in creation.KnownLayers)
            {
                chain = ChainId.Of(chain, diff);
                leases.Add(await HoldAsync(chain, ct).ConfigureAwait(false));
                diffs.Add(diff);
            }

            return await RegisterAsync(creation, parent, diffs, ct).ConfigureAwait(false);
        }
        finally
        {
            leases.ForEach(l => l.Dispose());
        }
    }

    public async Task<Digest> CommitAsync(ContainerCommit commit, CancellationToken ct)
    {
        ContainerRecord container = index.State.Containers.GetValueOrDefault(commit.ContainerId) ?? throw ImageErrors.NoSuchContainer(commit.ContainerId);
        using LayerLease below = await HoldAsync(container.Chain, ct).ConfigureAwait(false);
        using LayerLease layer = commit.Consume
            ? await layers.PromoteAsync(commit.ContainerId, container.Chain, ct).ConfigureAwait(false)
            : await layers.AddCopyAsync(commit.ContainerId, container.Chain, ct).ConfigureAwait(false);
        if (commit.Consume)
        {
            await index.RemoveContainerAsync(commit.ContainerId).ConfigureAwait(false);
            layers.Driver.Remove(commit.ContainerId);
        }

        bool isEmpty = layer.Chain == container.Chain;
        var creation = new ImageCreation
        {
            Parent = index.State.Images.ContainsKey(container.Image) ? container.Image : default,
            Config = commit.Config with { Author = string.IsNullOrEmpty(commit.Author) ? commit.Config.Author : commit.Author },
            History =
            [
                new HistoryEntry
                {
                    Created = commit.Config.Created,
                    CreatedBy = string.IsNullOrEmpty(commit.CreatedBy) ? null : commit.CreatedBy,
                    Comment = string.IsNullOrEmpty(commit.Comment) ? null : commit.Comment,
                    Author = string.IsNullOrEmpty(commit.Author) ? null : commit.Author,
                    EmptyLayer = isEmpty,
                },
            ],
            Tags = commit.Tag is { } tag ? [tag] : [],
            IsProvisional = commit.IsProvisional,
        };
        (_, ImageConfig? parent) = Parent(creation.Parent);
        if (parent is null && !container.Chain.IsEmpty)
        {
            // The image was removed by force under the container; its layers are still here, its history is not.
            parent = new ImageConfig { RootFs = new RootFilesystem { DiffIds = [.. index.State.LayersOf(container.Chain).Select(l => l.Diff)] } };
        }

        return await RegisterAsync(creation, parent, isEmpty ? [] : [index.State.Layers[layer.Chain].Diff], ct).ConfigureAwait(false);
    }

    private async Task<Digest> RegisterAsync(ImageCreation creation, ImageConfig? parent, List<Digest> diffs, CancellationToken ct)
    {
        if (creation.History.Count(h => !h.EmptyLayer) != diffs.Count)
        {
            throw WharfException.Internal($"{diffs.Count} new layers, but history tells of {creation.History.Count(h => !h.EmptyLayer)}");
        }

        ImageConfig config = creation.Config with
        {
            RootFs = new RootFilesystem { DiffIds = [.. parent?.RootFs?.DiffIds ?? [], .. diffs] },
            History = [.. parent?.History ?? [], .. creation.History],
        };
        byte[] raw = OciImageJson.Write(config);
        Digest id = Digest.Sha256(raw);
        await factory.RegisterAsync(new NewImage
        {
            IsTagged = true,
            Id = id,
            RawConfig = raw,
            Config = config,
            Parent = creation.KeepParent ? creation.Parent : default,
            Names = [.. creation.Tags.Select(t => NameKey.Of(t.WithDefaultTag()))],
            IsProvisional = creation.IsProvisional && creation.Tags.Count == 0,
        }, ct).ConfigureAwait(false);
        foreach (ImageReference tag in creation.Tags)
        {
            surroundings.Raise("tag", id.ToString(), tag.WithDefaultTag().Familiar, config.Config?.Labels);
        }

        return id;
    }

    private (Digest Chain, ImageConfig? Config) Parent(Digest parent)
    {
        if (parent.IsEmpty)
        {
            return default;
        }

        ImageRecord image = index.State.Images.GetValueOrDefault(parent) ?? throw ImageErrors.NoSuchImage(parent.ToString());
        return (image.Chain, OciImageJson.ReadConfig(documents.Get(parent).Content.Span));
    }

    private async Task<LayerLease> HoldAsync(Digest chain, CancellationToken ct) => await index.TryLeaseAsync(chain, ct).ConfigureAwait(false)
        ?? throw WharfException.NotFound($"layer {chain} was removed meanwhile");
}
