using Wharf.Images.Catalog;
using Wharf.Images.Index;
using Wharf.Images.Layers;
using Wharf.Images.Manifests;
using Wharf.Images.Registries;
using Wharf.Images.Transfers;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Images.Pushing;

/// <summary>Pushes images: layers that the registry lacks, configuration, and the manifest the image came by when it still holds.</summary>
internal sealed class ImagePusher(LocalIndex index, DocumentStore documents, LayerPusher layers, RegistryRouter router, ImageSurroundings surroundings, TimeProvider clock)
{
    public async Task PushAsync(PushRequest request, IProgress<TransferEvent> progress, CancellationToken ct)
    {
        var report = new TransferProgress(progress, clock);
        ImageReference reference = request.Reference;
        if (!reference.Digest.IsEmpty)
        {
            throw WharfException.Invalid("cannot push a digest reference");
        }

        report.Message($"The push refers to repository [{reference.Name}]");
        List<(NameKey Tag, Digest Image)> tags = request.Image.IsEmpty ? [.. TagsOf(request).Select(t => (t, index.State.Names[t]))] : [(NameKey.Of(reference.WithDefaultTag()), request.Image)];
        await router.WithRepositoryAsync(reference, pulling: false, request.Credentials, async repository =>
        {
            foreach ((NameKey tag, Digest image) in tags)
            {
                await PushTagAsync(repository, tag, image, request, report, ct).ConfigureAwait(false);
            }

            return true;
        }, ct).ConfigureAwait(false);
    }

    private List<NameKey> TagsOf(PushRequest request)
    {
        IndexState state = index.State;
        ImageReference reference = request.Reference;
        List<NameKey> known = [.. state.Names.Keys.Where(n => n.IsTag && n.Repository == reference.Name)];
        if (known.Count == 0)
        {
            throw WharfException.NotFound($"An image does not exist locally with the tag: {reference.FamiliarName}");
        }

        if (request.AllTags)
        {
            return known;
        }

        var wanted = NameKey.Of(reference.WithDefaultTag());
        return known.Contains(wanted) ? [wanted] : throw WharfException.NotFound($"tag does not exist: {wanted.Familiar}");
    }

    private async Task PushTagAsync(RepositoryClient repository, NameKey tag, Digest id, PushRequest request, TransferProgress report, CancellationToken ct)
    {
        IndexState state = index.State;
        ImageRecord image = state.Images.GetValueOrDefault(id) ?? throw WharfException.NotFound($"tag does not exist: {tag.Familiar}");
        image = request.Platform is { } platform ? NameResolver.VariantFor(state, image, platform, tag.Familiar) : image;
        IReadOnlyList<ImageRecord> variants = request.Platform is null ? WholeIndex(state, image) : [];
        ManifestSet? set = null;
        bool isWhole = variants.Count > 1;
        foreach (ImageRecord variant in isWhole ? variants : [image])
        {
            ManifestSet sent = await SendAsync(repository, state, tag, variant, alone: !isWhole, request, report, ct).ConfigureAwait(false);
            set = variant.Id == image.Id ? sent : set;
            isWhole &= sent.Manifest.Digest == variant.Manifest;
        }

        var uploads = new RepositoryUploads(repository.Session, repository.Reference);
        ImageDocument top = isWhole ? documents.Get(image.Target!.Digest) : set!.Top;
        await uploads.PutManifestAsync(request.ByDigest ? top.Digest.ToString() : tag.Tag, top.MediaType, top.Content, ct).ConfigureAwait(false);
        if (image.Id == id)
        {
            await RememberAsync(tag, id, set!, top.Digest, ct).ConfigureAwait(false);
        }

        report.Message($"{tag.Tag}: digest: {top.Digest} size: {top.Content.Length}");
        report.Send(new TransferEvent { Pushed = new PushedImage(tag.Tag, top.Digest, top.Content.Length) });
        if (request.Platform is null && !isWhole && HasOthers(image))
        {
            report.Send(new TransferEvent { Part = new PushedPart(image.Target!, ManifestSet.DescriptorOf(top)) });
        }

        surroundings.Raise("push", tag.Familiar, tag.ToReference().FamiliarName, image.Labels);
    }

    private bool HasOthers(ImageRecord image) => image.Target is { } target && MediaTypes.IsIndex(target.MediaType) && documents.Find(target.Digest) is { } document
        && ManifestDocument.ReadIndex(document.Content, document.MediaType).Manifests.Count(m => !m.IsAttestation) > 1;

    /// <summary>The images of the index that this one came by, when all that it names is here: then the index goes as it is.</summary>
    private IReadOnlyList<ImageRecord> WholeIndex(IndexState state, ImageRecord image)
    {
        List<ImageRecord> variants = [.. state.VariantsOf(image)];
        if (variants.Count < 2 || documents.Find(image.Target!.Digest) is not { } document)
        {
            return [];
        }

        var whole = new List<ImageRecord>();
        int attested = 0;
        IReadOnlyList<Descriptor> entries = ManifestDocument.ReadIndex(document.Content, document.MediaType).Manifests;
        foreach (Descriptor entry in entries.Where(e => !e.IsAttestation))
        {
            if (variants.Find(v => v.Manifest == entry.Digest) is not { } variant)
            {
                return [];
            }

            attested += ManifestSet.Read(variant, documents)?.Attestations.Count ?? 0;
            whole.Add(variant);
        }

        return attested == entries.Count(e => e.IsAttestation) ? whole : [];
    }

    /// <summary>Sends an image and what is below its top; the top too, by its digest, unless it is <paramref name="alone"/>.</summary>
    private async Task<ManifestSet> SendAsync(RepositoryClient repository, IndexState state, NameKey tag, ImageRecord image, bool alone, PushRequest request,
        TransferProgress report, CancellationToken ct)
    {
        using LayerLease lease = await index.TryLeaseAsync(image.Chain, ct).ConfigureAwait(false) ?? throw ImageErrors.NoSuchImage(tag.Familiar);
        ManifestSet? known = ManifestSet.Read(image, documents);
        ImageManifest? manifest = known is null ? null : OciImageJson.ReadManifest(known.Manifest.Content.Span);
        var uploads = new RepositoryUploads(repository.Session, repository.Reference);
        IReadOnlyList<Descriptor> pushed = await layers.PushAsync(uploads, repository.Reference, state.LayersOf(image.Chain), manifest, request.Packing, report, ct).ConfigureAwait(false);
        ImageDocument config = documents.Get(image.Id);
        ManifestSet set = Composition.WithLayers(known, ManifestSet.DescriptorOf(config), pushed, request.Packing.UsesOciTypes);
        foreach (ImageDocument blob in set.Blobs.Prepend(config))
        {
            await uploads.SendDocumentAsync(blob.Digest, blob.Content, ct).ConfigureAwait(false);
        }

        foreach (ImageDocument below in set.Attestations.Append(set.Manifest).Where(d => !alone || d != set.Top))
        {
            await uploads.PutManifestAsync(below.Digest.ToString(), below.MediaType, below.Content, ct).ConfigureAwait(false);
        }

        return set;
    }

    /// <summary>From now on the image has a digest in that repository, and a manifest that the next push sends again.</summary>
    private Task RememberAsync(NameKey tag, Digest id, ManifestSet set, Digest top, CancellationToken ct) => index.ChangeAsync(state =>
    {
        if (!state.Images.TryGetValue(id, out ImageRecord? image))
        {
            return null;
        }

        var name = new NameKey(tag.Repository, "", top);
        ImageRecord known = image.Manifest == set.Manifest.Digest ? image : image with { Manifest = set.Manifest.Digest, Target = set.Target };
        return new IndexChange(state with { Names = state.Names.SetItem(name, id), Images = state.Images.SetItem(id, known) }, connection =>
        {
            IndexWrites.PutImage(connection, known);
            if (known != image)
            {
                IndexWrites.ReplaceManifests(connection, id, set.Documents);
            }

            IndexWrites.PutName(connection, name, id);
        });
    }, ct);
}
