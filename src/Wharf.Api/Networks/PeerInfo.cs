using System.Text.Json.Serialization;

namespace Wharf.Api.Networks;

/// <summary>Engine API 1.55, definition <c>PeerInfo</c>.</summary>
public sealed class PeerInfo
{
    public string? Name { get; set; }

    [JsonPropertyName("IP")]
    public string? Ip { get; set; }
}
