using Wharf.Api.Networks;

namespace Wharf.Api.Containers;

/// <summary>Engine API 1.55, definition <c>NetworkSettings</c>.</summary>
public sealed record NetworkSettings
{
    public string? SandboxID { get; set; }

    public string? SandboxKey { get; set; }

    public Dictionary<string, List<PortBinding>?>? Ports { get; set; }

    public Dictionary<string, EndpointSettings>? Networks { get; set; }
}
