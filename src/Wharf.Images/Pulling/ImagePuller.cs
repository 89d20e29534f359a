using Wharf.Images.Archives;
using Wharf.Images.Catalog;
using Wharf.Images.Content;
using Wharf.Images.Index;
using Wharf.Images.Layers;
using Wharf.Images.Registries;
using Wharf.Images.Transfers;
using Wharf.Images.Trust;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Images.Pulling;

/// <summary>Pulls images: manifest, platform, configuration, then all missing layers at once.</summary>
internal sealed class ImagePuller(LocalIndex index, BlobStore blobs, BlobCollector collector, LayerStore layers, ImageFactory factory, LayerFetcher fetcher,
    RegistryRouter router, TrustGate trust, ImageSurroundings surroundings, ImageServiceOptions options, TimeProvider clock)
{
    private readonly SharedWork<PullRequest> _pulls = new();

    public Task PullAsync(PullRequest request, IProgress<TransferEvent> progress, CancellationToken ct)
    {
        PullRequest normal = request with { Reference = request.AllTags ? request.Reference.NameOnly() : request.Reference.WithDefaultTag() };
        return _pulls.RunAsync(normal, progress, (shared, token) => WorkAsync(normal, new TransferProgress(shared, clock), token), ct);
    }

    private async Task WorkAsync(PullRequest request, TransferProgress report, CancellationToken ct)
    {
        bool changed = false;
        if (!request.AllTags)
        {
            trust.CheckName(request.Reference);
        }

        await router.WithRepositoryAsync(request.Reference, pulling: true, request.Credentials, async repository =>
        {
            if (!request.AllTags)
            {
                changed = await PullOneAsync(repository, request.Reference, request.Platform, report, ct).ConfigureAwait(false);
                return true;
            }

            foreach (string tag in await repository.ListTagsAsync(ct).ConfigureAwait(false))
            {
                changed |= await PullOneAsync(repository, request.Reference with { Tag = tag }, request.Platform, report, ct).ConfigureAwait(false);
            }

            return true;
        }, ct).ConfigureAwait(false);
        report.Message($"Status: {(changed ? "Downloaded newer image" : "Image is up to date")} for {request.Reference.Familiar}");
    }

    /// <returns>True when the name now stands for something else than before.</returns>
    private async Task<bool> PullOneAsync(RepositoryClient repository, ImageReference reference, Platform? platform, TransferProgress report, CancellationToken ct)
    {
        string tagOrDigest = reference.Digest.IsEmpty ? reference.Tag! : reference.Digest.ToString();
        ImageRecord? local = NameResolver.FindByName(index.State, reference);
        if (local is { Target: { } target } && (platform is null || platform.Accepts(local.Platform))
            && await repository.HeadManifestAsync(tagOrDigest, ct).ConfigureAwait(false) is { } head && head.Digest == target.Digest)
        {
            await trust.CheckPullAsync(repository, reference, head.Digest, ct).ConfigureAwait(false);
            report.Status(tagOrDigest, $"Pulling from {reference.Path}");
            report.Message($"Digest: {head.Digest}");
            return false;
        }

        ImageDocument top = await repository.GetManifestAsync(tagOrDigest, ct).ConfigureAwait(false);
        await trust.CheckPullAsync(repository, reference, top.Digest, ct).ConfigureAwait(false);
        report.Status(tagOrDigest, $"Pulling from {reference.Path}");
        var documents = new List<ImageDocument> { top };
        Platform? promised = null;
        ImageDocument chosen = top;
        while (MediaTypes.IsIndex(chosen.MediaType))
        {
            if (documents.Count > 4)
            {
                throw WharfException.Invalid("indexes nested too deeply");
            }

            Platform wanted = platform ?? Platform.Host;
            Descriptor entry = PlatformChoice.Rank(ManifestDocument.ReadIndex(chosen.Content, chosen.MediaType).Manifests, wanted).FirstOrDefault()
                ?? throw PullErrors.NoPlatform(wanted);
            promised = entry.Platform ?? promised;
            chosen = await repository.GetManifestAsync(entry.Digest.ToString(), ct).ConfigureAwait(false);
            if (chosen.MediaType != entry.MediaType)
            {
                throw WharfException.Invalid($"the index announces {entry.Digest} as {entry.MediaType}, the registry serves it as {chosen.MediaType}");
            }

            documents.Add(chosen);
        }

        Digest image = await FetchImageAsync(repository, reference, chosen, top, documents, promised, platform, report, ct).ConfigureAwait(false);
        report.Message($"Digest: {top.Digest}");
        surroundings.Raise("pull", reference.Familiar, reference.FamiliarName, index.State.Images.GetValueOrDefault(image)?.Labels);
        return local is null || local.Id != image;
    }

    private async Task<Digest> FetchImageAsync(RepositoryClient repository, ImageReference reference, ImageDocument document, ImageDocument top,
        List<ImageDocument> documents, Platform? promised, Platform? wanted, TransferProgress report, CancellationToken ct)
    {
        ImageManifest manifest = ManifestDocument.ReadManifest(document.Content, document.MediaType);
        if (!MediaTypes.IsImageConfig(manifest.Config.MediaType))
        {
            throw WharfException.Invalid($"{reference.Familiar} is no image that can be run: its configuration is {manifest.Config.MediaType}");
        }

        byte[] rawConfig = await repository.GetDocumentBlobAsync(manifest.Config, ct).ConfigureAwait(false);
        ImageConfig config = ArchivedImage.ReadConfig(rawConfig, manifest.Layers.Count);
        CheckPlatform(reference, config, promised, wanted);
        var pins = new List<IDisposable>();
        IReadOnlyList<LayerLease> leases = [];
        try
        {
            pins.AddRange(manifest.Layers.Select(l => blobs.Pins.Pin(l.Digest)));
            leases = await LayerStack.UnpackAsync(layers, Plan(repository, manifest, config, report), options.MaxConcurrentDownloads, ct).ConfigureAwait(false);
            documents.AddRange(await AttestationFetcher.FetchAsync(repository, top, document.Digest, ct).ConfigureAwait(false));
            await factory.RegisterAsync(new NewImage
            {
                Id = manifest.Config.Digest,
                RawConfig = rawConfig,
                Config = config,
                Manifest = document,
                Target = new Descriptor { MediaType = top.MediaType, Digest = top.Digest, Size = top.Content.Length },
                Documents = documents,
                LayerBlobs = [.. manifest.Layers.Zip(config.RootFs!.DiffIds ?? [], (layer, diff) => new LayerBlob(diff, layer.Digest, layer.MediaType, layer.Size))],
                Source = reference.Name,
                SourceIsOpen = repository.IsAnonymous,
                Names = reference.Tag is not null && reference.Digest.IsEmpty
                    ? [NameKey.Of(reference), new NameKey(reference.Name, "", top.Digest)]
                    : [new NameKey(reference.Name, "", top.Digest)],
            }, ct).ConfigureAwait(false);
            await surroundings.LastUses.NoteAsync(manifest.Config.Digest).ConfigureAwait(false);
            await blobs.SettleAsync([.. manifest.Layers.Select(l => l.Digest)]).ConfigureAwait(false);
        }
        catch (WharfException e) when (e.Kind is not (ErrorKind.Unavailable or ErrorKind.Internal))
        {
            // An image that is refused is not asked for again; one whose registry fails us is, and goes on with what is here.
            await blobs.SettleAsync([.. manifest.Layers.Select(l => l.Digest)]).ConfigureAwait(false);
            throw;
        }
        finally
        {
            foreach (LayerLease lease in leases)
            {
                lease.Dispose();
            }

            pins.ForEach(p => p.Dispose());
        }

        await collector.CollectAsync().ConfigureAwait(false);
        return manifest.Config.Digest;
    }

    private static void CheckPlatform(ImageReference reference, ImageConfig config, Platform? promised, Platform? wanted)
    {
        Platform actual = config.Platform;
        if (promised is { Os.Length: > 0 } && actual.Architecture.Length > 0
            && (promised.Normalized().Os != actual.Normalized().Os || promised.Normalized().Architecture != actual.Normalized().Architecture))
        {
            throw WharfException.Invalid($"the index of {reference.Familiar} promises {promised}, but the image is for {actual}");
        }

        if (wanted is not null && actual.Architecture.Length > 0 && !wanted.Accepts(actual))
        {
            throw ImageErrors.OtherPlatform(reference.Familiar, wanted, actual);
        }
    }

    private List<IncomingLayer> Plan(RepositoryClient repository, ImageManifest manifest, ImageConfig config, TransferProgress report)
    {
        var plan = new List<IncomingLayer>();
        Digest chain = default;
        int missing = 0;
        for (int i = 0; i < manifest.Layers.Count; i++)
        {
            Descriptor layer = manifest.Layers[i];
            Digest diff = config.RootFs!.DiffIds![i];
            if (!MediaTypes.IsLayer(layer.MediaType))
            {
                throw WharfException.Invalid($"unsupported layer of type {layer.MediaType}");
            }

            chain = ChainId.Of(chain, diff);
            string id = layer.Digest.Short;
            bool present = index.State.Layers.ContainsKey(chain);
            report.Status(id, present ? "Already exists" : "Pulling fs layer");
            if (!present && missing++ >= options.MaxConcurrentDownloads)
            {
                report.Status(id, "Waiting");
            }

            bool mayHelp = !present && (blobs.Exists(layer.Digest) || blobs.HasPartial(layer.Digest));
            plan.Add(new IncomingLayer(diff, token => fetcher.OpenTarAsync(repository, layer, report, token))
            {
                Done = present ? () => { } : () => report.Status(id, "Pull complete"),
                TryAgain = async () =>
                {
                    // Only content that lay here before may be at fault without the registry being so; bad content is never resumed.
                    await blobs.DropPartialAsync(layer.Digest).ConfigureAwait(false);
                    if (mayHelp)
                    {
                        await blobs.DeleteAsync(layer.Digest).ConfigureAwait(false);
                    }

                    return Interlocked.Exchange(ref mayHelp, false);
                },
            });
        }

        return plan;
    }
}
