using System.Text.Json.Serialization;

namespace Wharf.Api.Images;

/// <summary>Engine API 1.55, definition <c>OCIPlatform</c>.</summary>
public sealed class OciPlatform
{
    [JsonPropertyName("architecture")]
    public string? Architecture { get; set; }

    [JsonPropertyName("os")]
    public string? Os { get; set; }

    [JsonPropertyName("os.version")]
    public string? OsVersion { get; set; }

    [JsonPropertyName("os.features")]
    public List<string>? OsFeatures { get; set; }

    [JsonPropertyName("variant")]
    public string? Variant { get; set; }
}
