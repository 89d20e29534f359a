using System.Text.Json.Serialization;

namespace Wharf.Api.Images;

/// <summary>Engine API 1.55, definition <c>ImageSummary</c>.</summary>
public sealed class ImageSummary
{
    public string? Id { get; set; }

    public string? ParentId { get; set; }

    public List<string>? RepoTags { get; set; }

    public List<string>? RepoDigests { get; set; }

    public long Created { get; set; }

    public long Size { get; set; }

    /// <summary>Until 1.43: the same as <see cref="Size"/>.</summary>
    public long? VirtualSize { get; set; }

    public long SharedSize { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public Dictionary<string, string>? Labels { get; set; }

    public long Containers { get; set; }

    public List<ImageManifestSummary>? Manifests { get; set; }

    public OciDescriptor? Descriptor { get; set; }
}
