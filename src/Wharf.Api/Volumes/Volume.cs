using System.Text.Json.Serialization;
using System.Text.Json;
using Wharf.Api.Containers;

namespace Wharf.Api.Volumes;

/// <summary>Engine API 1.55, definition <c>Volume</c>.</summary>
public sealed record Volume
{
    public string? Name { get; set; }

    public string? Driver { get; set; }

    public string? Mountpoint { get; set; }

    public string? CreatedAt { get; set; }

    public Dictionary<string, EmptyObject>? Status { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public Dictionary<string, string>? Labels { get; set; }

    public string? Scope { get; set; }

    public JsonElement? ClusterVolume { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public Dictionary<string, string>? Options { get; set; }

    public VolumeUsageData? UsageData { get; set; }
}
