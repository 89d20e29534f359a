namespace Wharf.Api.Containers;

/// <summary>Engine API 1.55, definition <c>DeviceRequest</c>.</summary>
public sealed class DeviceRequest
{
    public string? Driver { get; set; }

    public long Count { get; set; }

    public List<string>? DeviceIDs { get; set; }

    public List<List<string>>? Capabilities { get; set; }

    public Dictionary<string, string>? Options { get; set; }
}
