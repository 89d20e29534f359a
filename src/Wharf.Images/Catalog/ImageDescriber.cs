using Wharf.Images.Index;
using Wharf.Images.Manifests;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Images.Catalog;

/// <summary>Gives an image that was made here its documents: manifest with annotations, index, attestations.</summary>
internal sealed class ImageDescriber(LocalIndex index, DocumentStore documents)
{
    public Task DescribeAsync(Digest id, ImageForm form, CancellationToken ct) => index.ChangeAsync(state =>
    {
        ImageRecord image = state.Images.GetValueOrDefault(id) ?? throw ImageErrors.NoSuchImage(id.ToString());
        ManifestSet? known = ManifestSet.Read(image, documents);
        if (form.IsPlain && known is not { Index: not null } && !HasAnnotations(known))
        {
            return null;
        }

        ImageDocument config = documents.Get(id);
        ManifestSet set = Composition.New(ManifestSet.DescriptorOf(config), Layers(state, image, known), image.Platform, form);
        ImageRecord described = image with { Manifest = set.Manifest.Digest, Target = set.Target };
        return new IndexChange(state with { Images = state.Images.SetItem(id, described) }, connection =>
        {
            IndexWrites.PutImage(connection, described);
            IndexWrites.ReplaceManifests(connection, id, set.Documents);
        });
    }, ct);

    private static bool HasAnnotations(ManifestSet? known) => known is not null && OciImageJson.ReadManifest(known.Manifest.Content.Span).Annotations is { Count: > 0 };

    /// <summary>As the manifest has them that it was pulled or pushed by, else as they are saved.</summary>
    private static IReadOnlyList<Descriptor> Layers(IndexState state, ImageRecord image, ManifestSet? known) => known is not null
        ? OciImageJson.ReadManifest(known.Manifest.Content.Span).Layers
        : [.. state.LayersOf(image.Chain).Select(l => new Descriptor { MediaType = MediaTypes.OciLayer, Digest = l.Diff, Size = l.TarSize })];
}
