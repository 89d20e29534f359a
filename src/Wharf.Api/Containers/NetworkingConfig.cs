using Wharf.Api.Networks;

namespace Wharf.Api.Containers;

/// <summary>Engine API 1.55, definition <c>NetworkingConfig</c>.</summary>
public sealed class NetworkingConfig
{
    public Dictionary<string, EndpointSettings>? EndpointsConfig { get; set; }
}
