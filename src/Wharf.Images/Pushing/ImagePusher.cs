using Wharf.Images.Catalog;
using Wharf.Images.Index;
using Wharf.Images.Layers;
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
        List<NameKey> tags = TagsOf(request);
        await router.WithRepositoryAsync(reference, pulling: false, request.Credentials, async repository =>
        {
            foreach (NameKey tag in tags)
            {
                await PushTagAsync(repository, tag, request.Platform, report, ct).ConfigureAwait(false);
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

    private async Task PushTagAsync(RepositoryClient repository, NameKey tag, Platform? platform, TransferProgress report, CancellationToken ct)
    {
        IndexState state = index.State;
        ImageRecord image = NameResolver.FindByName(state, tag.ToReference()) ?? throw WharfException.NotFound($"tag does not exist: {tag.Familiar}");
        if (platform is not null && !platform.Accepts(image.Platform))
        {
            throw ImageErrors.OtherPlatform(tag.Familiar, platform, image.Platform);
        }

        using LayerLease lease = await index.TryLeaseAsync(image.Chain, ct).ConfigureAwait(false) ?? throw ImageErrors.NoSuchImage(tag.Familiar);
        ImageDocument? original = image.Manifest.IsEmpty ? null : documents.Find(image.Manifest);
        ImageManifest? manifest = original is null ? null : OciImageJson.ReadManifest(original.Content.Span);
        var uploads = new RepositoryUploads(repository.Session, repository.Reference);
        IReadOnlyList<Descriptor> pushed = await layers.PushAsync(uploads, repository.Reference, state.LayersOf(image.Chain), manifest, report, ct).ConfigureAwait(false);
        ReadOnlyMemory<byte> config = documents.Get(image.Id).Content;
        if (!await uploads.BlobExistsAsync(image.Id, ct).ConfigureAwait(false))
        {
            Uri upload = await uploads.BeginUploadAsync(ct).ConfigureAwait(false);
            await uploads.UploadAsync(upload, () => new UploadContent(async (target, token) => await target.WriteAsync(config, token).ConfigureAwait(false), config.Length), image.Id, ct)
                .ConfigureAwait(false);
        }

        ImageDocument document = original is not null && manifest!.Layers.Select(l => l.Digest).SequenceEqual(pushed.Select(l => l.Digest))
            ? original
            : Compose(image.Id, config.Length, pushed);
        await uploads.PutManifestAsync(tag.Tag, document.MediaType, document.Content, ct).ConfigureAwait(false);
        await RememberAsync(tag, image.Id, document, ct).ConfigureAwait(false);
        report.Message($"{tag.Tag}: digest: {document.Digest} size: {document.Content.Length}");
        report.Send(new TransferEvent { Pushed = new PushedImage(tag.Tag, document.Digest, document.Content.Length) });
        surroundings.Raise("push", tag.Familiar, tag.ToReference().FamiliarName, image.Labels);
    }

    /// <summary>Docker's manifest for layers that Docker's types name, OCI's for others.</summary>
    private static ImageDocument Compose(Digest config, int configSize, IReadOnlyList<Descriptor> layers)
    {
        bool oci = layers.Any(l => l.MediaType.StartsWith("application/vnd.oci.", StringComparison.Ordinal));
        var manifest = new ImageManifest
        {
            MediaType = oci ? MediaTypes.OciManifest : MediaTypes.DockerManifest,
            Config = new Descriptor { MediaType = oci ? MediaTypes.OciConfig : MediaTypes.DockerConfig, Digest = config, Size = configSize },
            Layers = layers,
        };
        byte[] content = oci ? OciImageJson.Write(manifest) : OciImageJson.WriteIndented(manifest);
        return new ImageDocument(Digest.Sha256(content), manifest.MediaType, content);
    }

    /// <summary>From now on the image has a digest in that repository, and a manifest that the next push sends again.</summary>
    private Task RememberAsync(NameKey tag, Digest id, ImageDocument document, CancellationToken ct) => index.ChangeAsync(state =>
    {
        if (!state.Images.TryGetValue(id, out ImageRecord? image))
        {
            return null;
        }

        var name = new NameKey(tag.Repository, "", document.Digest);
        ImageRecord known = image.Manifest == document.Digest ? image : image with
        {
            Manifest = document.Digest,
            Target = new Descriptor { MediaType = document.MediaType, Digest = document.Digest, Size = document.Content.Length },
        };
        return new IndexChange(state with { Names = state.Names.SetItem(name, id), Images = state.Images.SetItem(id, known) }, connection =>
        {
            IndexWrites.PutDocument(connection, document.Digest, document.MediaType, document.Content);
            IndexWrites.PutImageManifest(connection, id, document.Digest);
            IndexWrites.PutImage(connection, known);
            IndexWrites.PutName(connection, name, id);
        });
    }, ct);
}
