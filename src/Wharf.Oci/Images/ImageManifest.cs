using System.Text.Json.Serialization;

namespace Wharf.Oci.Images;

/// <summary>One image for one platform: OCI image specification, "Image Manifest"; Docker's V2 schema 2 has the same shape.</summary>
public sealed record ImageManifest
{
    [JsonPropertyName("schemaVersion")]
    public int SchemaVersion { get; set; } = 2;

    [JsonPropertyName("mediaType")]
    public string? MediaType { get; set; }

    [JsonPropertyName("artifactType")]
    public string? ArtifactType { get; set; }

    [JsonPropertyName("config")]
    public Descriptor Config { get; set; } = new();

    [JsonPropertyName("layers")]
    public IReadOnlyList<Descriptor> Layers { get; set; } = [];

    /// <summary>The manifest that this one refers to (signatures, attestations): OCI 1.1 referrers.</summary>
    [JsonPropertyName("subject")]
    public Descriptor? Subject { get; set; }

    [JsonPropertyName("annotations")]
    public SortedDictionary<string, string>? Annotations { get; set; }
}
