using System.Text.Json.Serialization;

namespace Wharf.Api.Containers;

/// <summary>What <c>X-Docker-Container-Path-Stat</c> carries, as base64 of this JSON. The mode has Go's bits (os.FileMode), not the kernel's.</summary>
public sealed class PathStatHeader
{
    [JsonPropertyName("name")]
    public string? Name { get; set; }

    [JsonPropertyName("size")]
    public long Size { get; set; }

    [JsonPropertyName("mode")]
    public long Mode { get; set; }

    [JsonPropertyName("mtime")]
    public string? Mtime { get; set; }

    [JsonPropertyName("linkTarget")]
    public string? LinkTarget { get; set; }
}
