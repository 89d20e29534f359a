using Wharf.Images.Content;
using Wharf.Images.Index;
using Wharf.Images.Layers;
using Wharf.Images.Manifests;
using Wharf.Images.Trust;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Images.Catalog;

/// <summary>Look-ups, names, removal: see <see cref="IImageCatalog"/>.</summary>
internal sealed class ImageCatalog(LocalIndex index, DocumentStore documents, BlobStore store, LayerStore layers, BlobCollector blobs,
    ImageComposer composer, ImageSquasher squasher, TrustGate trust, ImageSurroundings surroundings, TimeProvider clock) : IImageCatalog
{
    private readonly ConfigCache _configs = new(documents);

    public Digest Resolve(string name, Platform? platform = null) => NameResolver.Resolve(index.State, name, platform).Id;

    public bool TryResolve(string name, out Digest imageId)
    {
        imageId = ImageReference.TryParse(name, out _) || Digest.TryParse(name, out _) || ObjectId.IsFull(name)
            ? NameResolver.Find(index.State, name)?.Id ?? default
            : default;
        return !imageId.IsEmpty;
    }

    public ImageDetails Inspect(string name, Platform? platform = null)
    {
        IndexState state = index.State;
        ImageRecord image = NameResolver.Resolve(state, name, platform);
        byte[] raw = documents.Get(image.Id).Content.ToArray();
        IReadOnlyList<LayerRecord> stack = state.LayersOf(image.Chain);
        List<NameKey> names = [.. state.NamesOf(image.Id).Order()];
        return new ImageDetails
        {
            Id = image.Id,
            Config = OciImageJson.ReadConfig(raw),
            RawConfig = raw,
            Parent = state.Images.ContainsKey(image.Parent) ? image.Parent : default,
            RepoTags = [.. names.Where(n => n.IsTag).Select(n => n.Familiar)],
            RepoDigests = [.. names.Where(n => !n.IsTag).Select(n => n.Familiar)],
            Size = stack.Sum(l => l.Size),
            Layers = [.. stack.Select(l => new ImageLayerDetails(l.Diff, l.Chain, l.Size))],
            Created = image.Created,
            LastTagged = image.LastTagged,
            Target = image.Target,
            Origin = trust.OriginOf(names),
            Manifests = ManifestLister.Of(state, image, documents, store, surroundings.Users.ImageUses()),
            DriverName = layers.Driver.Name,
            DriverData = DriverData.OfImage(layers.Driver, stack),
        };
    }

    public ImageConfig Config(Digest imageId) => _configs.Get(imageId);

    public IReadOnlyList<ImageListEntry> List(ImageListQuery query)
    {
        IndexState state = index.State;
        IReadOnlyList<ImageUse> uses = query.CountContainers || query.Manifests ? surroundings.Users.ImageUses() : [];
        IReadOnlyList<ImageListEntry> entries = ImageLister.List(state, query, clock, query.CountContainers ? uses : null);
        return query.Manifests
            ? [.. entries.Select(e => e with
            {
                Manifests = ManifestLister.Of(state, state.Images[e.Id], documents, store, uses),
                Origin = query.Origins ? trust.OriginOf(state.NamesOf(e.Id)) : ImageOrigin.Unknown,
            })]
            : entries;
    }

    public IReadOnlyList<ImageHistoryItem> History(string name, Platform? platform = null)
    {
        IndexState state = index.State;
        ImageRecord image = NameResolver.Resolve(state, name, platform);
        return ImageHistory.Of(state, image, Config(image.Id));
    }

    public async Task TagAsync(string name, ImageReference target, CancellationToken ct)
    {
        if (!target.Digest.IsEmpty)
        {
            throw WharfException.Invalid("refusing to create a tag with a digest reference");
        }

        if (target.FamiliarName is "sha256" or "sha512")
        {
            throw WharfException.Invalid("refusing to create an ambiguous tag using digest algorithm as name");
        }

        var key = NameKey.Of(target.WithDefaultTag());
        Digest tagged = default;
        FlushedLayers flushed = await layers.Flusher.FlushAsync(ct).ConfigureAwait(false);
        await index.ChangeAsync(state =>
        {
            ImageRecord image = NameResolver.Resolve(state, name, null) with { LastTagged = clock.GetUtcNow() };
            tagged = image.Id;
            return new IndexChange(
                state with { Names = state.Names.SetItem(key, image.Id), Images = state.Images.SetItem(image.Id, image) },
                connection =>
                {
                    IndexWrites.PutImage(connection, image);
                    IndexWrites.PutName(connection, key, image.Id);
                    flushed.Write(connection);
                });
        }, ct).ConfigureAwait(false);
        flushed.Recorded();
        surroundings.Raise("tag", tagged.ToString(), key.Familiar, index.State.Images.GetValueOrDefault(tagged)?.Labels);
    }

    public async Task<IReadOnlyList<ImageDeletion>> DeleteAsync(string name, bool force, bool prune, CancellationToken ct) =>
        (await RemoveAsync(remover => remover.Remove(name, force, prune), ct).ConfigureAwait(false)).Records;

    public async Task<IReadOnlyList<ImageDeletion>> DeletePlatformsAsync(string name, IReadOnlyList<Platform> platforms, bool force, CancellationToken ct) =>
        (await RemoveAsync(remover => remover.RemovePlatforms(name, platforms, force), ct).ConfigureAwait(false)).Records;

    public IReadOnlyList<ImageAttestation> Attestations(string name, Platform? platform, IReadOnlyList<string> predicateTypes)
    {
        IndexState state = index.State;
        ImageRecord image = NameResolver.Resolve(state, name, null);
        ImageRecord variant = platform is null ? image : NameResolver.VariantFor(state, image, platform, name);
        return AttestationReader.Of(variant, documents, predicateTypes);
    }

    public async Task<ImagePruneReport> PruneAsync(IReadOnlyDictionary<string, IReadOnlyList<string>> filters, CancellationToken ct)
    {
        var parsed = new ImageFilters(filters, ["dangling", "label", "label!", "until"], clock);
        bool danglingOnly = parsed.Dangling ?? true;
        var deleted = new List<ImageDeletion>();
        long freed = 0;
        foreach (string name in PruneCandidates(index.State, parsed, danglingOnly))
        {
            try
            {
                ImageRemover done = await RemoveAsync(remover => remover.Remove(name, force: false, prune: true), ct).ConfigureAwait(false);
                deleted.AddRange(done.Records);
                freed += done.Freed;
            }
            catch (WharfException e) when (e.Kind is ErrorKind.Conflict or ErrorKind.NotFound)
            {
                // In use, or gone with another one: prune takes what it may take.
            }
        }

        freed += await blobs.CollectAsync(unfinished: true).ConfigureAwait(false);
        surroundings.Raise("prune", "", null, new Dictionary<string, string> { ["reclaimed"] = freed.ToString() });
        return new ImagePruneReport(deleted, freed);
    }

    public Task DescribeAsync(Digest image, ImageForm form, CancellationToken ct) => new ImageDescriber(index, documents).DescribeAsync(image, form, ct);

    public Task<Digest> CreateAsync(ImageCreation creation, CancellationToken ct) => composer.CreateAsync(creation, ct);

    public Task<Digest> CommitAsync(ContainerCommit commit, CancellationToken ct) => composer.CommitAsync(commit, ct);

    public Task<Digest> SquashAsync(Digest image, Digest baseImage, DateTimeOffset? made, CancellationToken ct) => squasher.SquashAsync(image, baseImage, made, ct);

    private static List<string> PruneCandidates(IndexState state, ImageFilters filters, bool danglingOnly)
    {
        Lookup<Digest, NameKey> names = state.NamesByImage();
        HashSet<Digest> parents = [.. state.Images.Values.Where(i => !i.Parent.IsEmpty).Select(i => i.Parent)];
        HashSet<Digest> indexes = state.NamedIndexes();
        var candidates = new List<string>();
        foreach (ImageRecord image in state.Images.Values.OrderBy(i => i.Id.ToString(), StringComparer.Ordinal))
        {
            List<NameKey> own = [.. names[image.Id].Order()];
            if ((own.Count == 0 && image.Target is { } index && indexes.Contains(index.Digest)) || (own.Count == 0 && parents.Contains(image.Id)) || (danglingOnly && own.Any(n => n.IsTag))
                || (filters.Until is { } until && (image.Created is not { } created || created > until)) || !filters.MatchesLabels(image.Labels))
            {
                continue;
            }

            candidates.AddRange(own.Count == 0 ? [image.Id.Encoded] : own.Select(n => n.ToReference().ToString()));
        }

        return candidates;
    }

    private async Task<ImageRemover> RemoveAsync(Action<ImageRemover> remove, CancellationToken ct)
    {
        IReadOnlyList<ImageUse> uses = surroundings.Users.ImageUses();
        ImageRemover? remover = null;
        IndexState before = index.State;
        await index.ChangeAsync(state =>
        {
            before = state;
            remover = new ImageRemover(state, uses, layers);
            remove(remover);
            return remover.Change;
        }, ct).ConfigureAwait(false);
        await blobs.CollectAsync().ConfigureAwait(false);
        foreach ((string action, Digest image) in remover!.Events)
        {
            if (action == "delete")
            {
                _configs.Forget(image);
            }

            surroundings.Raise(action, image.ToString(), image.ToString(), before.Images.GetValueOrDefault(image)?.Labels);
        }

        return remover;
    }
}
