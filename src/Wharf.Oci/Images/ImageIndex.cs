using System.Text.Json.Serialization;

namespace Wharf.Oci.Images;

/// <summary>The manifests of one image for several platforms: OCI image specification, "Image Index"; Docker's manifest list likewise.</summary>
public sealed record ImageIndex
{
    [JsonPropertyName("schemaVersion")]
    public int SchemaVersion { get; set; } = 2;

    [JsonPropertyName("mediaType")]
    public string? MediaType { get; set; }

    [JsonPropertyName("artifactType")]
    public string? ArtifactType { get; set; }

    [JsonPropertyName("manifests")]
    public IReadOnlyList<Descriptor> Manifests { get; set; } = [];

    [JsonPropertyName("subject")]
    public Descriptor? Subject { get; set; }

    [JsonPropertyName("annotations")]
    public SortedDictionary<string, string>? Annotations { get; set; }
}
