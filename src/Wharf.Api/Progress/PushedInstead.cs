using System.Text.Json.Serialization;
using Wharf.Api.Images;

namespace Wharf.Api.Progress;

/// <summary>In the progress of a push: the registry got one image, and not the index that it came by, because the index's other images are not here.</summary>
public sealed class PushedInstead
{
    /// <summary>Always true: the name by which clients know this message.</summary>
    [JsonPropertyName("manifestPushedInsteadOfIndex")]
    public bool ManifestPushedInsteadOfIndex { get; set; }

    [JsonPropertyName("originalIndex")]
    public OciDescriptor? OriginalIndex { get; set; }

    [JsonPropertyName("selectedManifest")]
    public OciDescriptor? SelectedManifest { get; set; }
}
