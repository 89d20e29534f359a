namespace Wharf.Api.Networks;

/// <summary>Engine API 1.55, definition <c>NetworkConnectRequest</c>.</summary>
public sealed class NetworkConnectRequest
{
    public string? Container { get; set; }

    public EndpointSettings? EndpointConfig { get; set; }
}
