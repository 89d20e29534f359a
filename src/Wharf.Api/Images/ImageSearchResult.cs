using System.Text.Json.Serialization;

namespace Wharf.Api.Images;

/// <summary>One repository in the answer of <c>GET /images/search</c>.</summary>
public sealed class ImageSearchResult
{
    [JsonPropertyName("star_count")]
    public long StarCount { get; set; }

    [JsonPropertyName("is_official")]
    public bool IsOfficial { get; set; }

    [JsonPropertyName("name")]
    public string? Name { get; set; }

    [JsonPropertyName("is_automated")]
    public bool IsAutomated { get; set; }

    [JsonPropertyName("description")]
    public string? Description { get; set; }
}
