using System.Text.Json.Serialization;
using Wharf.Primitives;

namespace Wharf.Oci.Images;

/// <summary>A typed, sized, hashed pointer to content: OCI image specification, "Content Descriptors". Fields in Go's order.</summary>
public sealed record Descriptor
{
    [JsonPropertyName("mediaType")]
    public string MediaType { get; set; } = "";

    [JsonPropertyName("digest")]
    public Digest Digest { get; set; }

    /// <summary>Length of the content in bytes.</summary>
    [JsonPropertyName("size")]
    public long Size { get; set; }

    [JsonPropertyName("urls")]
    public IReadOnlyList<string>? Urls { get; set; }

    [JsonPropertyName("annotations")]
    public SortedDictionary<string, string>? Annotations { get; set; }

    /// <summary>The content itself, base64 in JSON, when the writer embedded it.</summary>
    [JsonPropertyName("data")]
    public byte[]? Data { get; set; }

    [JsonPropertyName("platform")]
    public Platform? Platform { get; set; }

    [JsonPropertyName("artifactType")]
    public string? ArtifactType { get; set; }

    /// <summary>The annotation by which builders mark attestation manifests, which are never run.</summary>
    [JsonIgnore]
    public bool IsAttestation =>
        Annotations is { } a && a.TryGetValue("vnd.docker.reference.type", out string? type) && type == "attestation-manifest";
}
