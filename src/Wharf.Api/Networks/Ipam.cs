using System.Text.Json.Serialization;

namespace Wharf.Api.Networks;

/// <summary>Engine API 1.55, definition <c>IPAM</c>.</summary>
public sealed class Ipam
{
    public string? Driver { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public List<IpamConfig>? Config { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public Dictionary<string, string>? Options { get; set; }
}
