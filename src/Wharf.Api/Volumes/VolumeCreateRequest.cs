using System.Text.Json;

namespace Wharf.Api.Volumes;

/// <summary>Engine API 1.55, definition <c>VolumeCreateRequest</c>.</summary>
public sealed class VolumeCreateRequest
{
    public string? Name { get; set; }

    public string? Driver { get; set; }

    public Dictionary<string, string>? DriverOpts { get; set; }

    public Dictionary<string, string>? Labels { get; set; }

    public JsonElement? ClusterVolumeSpec { get; set; }
}
