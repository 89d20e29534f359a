using System.Text.Json.Serialization;

namespace Wharf.Api.Images;

/// <summary>Engine API 1.55, definition <c>OCIDescriptor</c>.</summary>
public sealed class OciDescriptor
{
    [JsonPropertyName("mediaType")]
    public string? MediaType { get; set; }

    [JsonPropertyName("digest")]
    public string? Digest { get; set; }

    [JsonPropertyName("size")]
    public long Size { get; set; }

    [JsonPropertyName("urls")]
    public List<string>? Urls { get; set; }

    [JsonPropertyName("annotations")]
    public Dictionary<string, string>? Annotations { get; set; }

    [JsonPropertyName("data")]
    public string? Data { get; set; }

    [JsonPropertyName("platform")]
    public OciPlatform? Platform { get; set; }

    [JsonPropertyName("artifactType")]
    public string? ArtifactType { get; set; }
}
