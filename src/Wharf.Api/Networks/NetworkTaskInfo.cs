namespace Wharf.Api.Networks;

/// <summary>Engine API 1.55, definition <c>NetworkTaskInfo</c>.</summary>
public sealed class NetworkTaskInfo
{
    public string? Name { get; set; }

    public string? EndpointID { get; set; }

    public string? EndpointIP { get; set; }

    public Dictionary<string, string>? Info { get; set; }
}
