using System.Text.Json.Serialization;

namespace Wharf.Api.Volumes;

/// <summary>Engine API 1.55, definition <c>VolumeListResponse</c>.</summary>
public sealed class VolumeListResponse
{
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public List<Volume>? Volumes { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public List<string>? Warnings { get; set; }
}
