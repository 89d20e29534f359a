using System.Text.Json;
using Wharf.Images.Index;
using Wharf.Images.Manifests;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Images.Catalog;

/// <summary>One in-toto statement about an image.</summary>
/// <param name="Descriptor">The layer of the attestation manifest that holds it.</param>
/// <param name="PredicateType">What it states, by URI.</param>
/// <param name="Statement">Its JSON, as it came.</param>
public sealed record ImageAttestation(Descriptor Descriptor, string PredicateType, JsonElement Statement);

/// <summary>Finds the attestation manifests that an index has for an image (BuildKit, "Attestation storage"), and reads the statements in them.</summary>
internal static class AttestationReader
{
    /// <summary>The entries of an index that speak of one of its manifests.</summary>
    public static IEnumerable<Descriptor> EntriesFor(ImageIndex index, Digest manifest) => index.Manifests.Where(m =>
        m.IsAttestation && m.Annotations!.TryGetValue(Composition.ReferenceDigest, out string? subject) && Digest.TryParse(subject, out Digest digest) && digest == manifest);

    public static IReadOnlyList<ImageAttestation> Of(ImageRecord image, DocumentStore documents, IReadOnlyList<string> predicateTypes)
    {
        if (image.Target is not { } target || !MediaTypes.IsIndex(target.MediaType) || documents.Find(target.Digest) is not { } index)
        {
            return [];
        }

        var found = new List<ImageAttestation>();
        foreach (Descriptor entry in EntriesFor(OciImageJson.ReadIndex(index.Content.Span), image.Manifest))
        {
            if (documents.Find(entry.Digest) is not { } manifest)
            {
                continue;
            }

            foreach (Descriptor layer in OciImageJson.ReadManifest(manifest.Content.Span).Layers.Where(l => l.MediaType == InTotoStatement.MediaType))
            {
                if (layer.Annotations is not null && layer.Annotations.TryGetValue(InTotoStatement.PredicateTypeKey, out string? type)
                    && (predicateTypes.Count == 0 || predicateTypes.Contains(type)) && documents.Find(layer.Digest) is { } statement)
                {
                    found.Add(new ImageAttestation(layer, type, Parse(statement)));
                }
            }
        }

        return found;
    }

    private static JsonElement Parse(ImageDocument statement)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(statement.Content, new JsonDocumentOptions { MaxDepth = 256 });
            return document.RootElement.Clone();
        }
        catch (JsonException e)
        {
            throw WharfException.DataLoss($"attestation {statement.Digest} is no JSON: {JsonMistake.Of(e)}", e);
        }
    }
}
