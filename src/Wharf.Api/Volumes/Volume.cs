using System.Text.Json.Serialization;
using System.Text.Json;
using Wharf.Api.Containers;

namespace Wharf.Api.Volumes;

/// <summary>Engine API 1.55, definition <c>Volume</c>; in the order in which Docker's engine writes it.</summary>
public sealed class Volume : Changeable<Volume>
{
    public JsonElement? ClusterVolume { get; set; }

    public string? CreatedAt { get; set; }

    public string? Driver { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public Dictionary<string, string>? Labels { get; set; }

    public string? Mountpoint { get; set; }

    public string? Name { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public Dictionary<string, string>? Options { get; set; }

    public string? Scope { get; set; }

    public Dictionary<string, EmptyObject>? Status { get; set; }

    public VolumeUsageData? UsageData { get; set; }
}
