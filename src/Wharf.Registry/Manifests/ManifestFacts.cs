using System.Text.Json.Nodes;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Registry.Manifests;

/// <summary>What a manifest says, as far as a registry cares: its kind, what it names, what it refers to.</summary>
/// <param name="MediaType">Its type, by header and content, which agree.</param>
/// <param name="Blobs">Configuration and layers that the repository must have.</param>
/// <param name="Children">Manifests of an index.</param>
/// <param name="ForeignUrls">Addresses of layers that are kept elsewhere.</param>
/// <param name="Subject">The manifest it refers to; empty when there is none.</param>
/// <param name="ArtifactType">The type under which referrers list it: its own, else that of its configuration.</param>
/// <param name="Annotations">Its annotations, which referrers list too.</param>
internal sealed record ManifestFacts(string MediaType, IReadOnlyList<Digest> Blobs, IReadOnlyList<Descriptor> Children, IReadOnlyList<string> ForeignUrls,
    Digest Subject, string? ArtifactType, SortedDictionary<string, string>? Annotations)
{
    public bool IsIndex => MediaTypes.IsIndex(MediaType);

    public IEnumerable<Digest> Named => Blobs.Concat(Children.Select(c => c.Digest));

    /// <summary>The detail of an error that lists digests.</summary>
    public static JsonNode Detail(IEnumerable<Digest> digests) => new JsonArray([.. digests.Select(d => (JsonNode)new JsonObject { ["digest"] = d.ToString() })]);
}
