namespace Wharf.Api.Networks;

/// <summary>Engine API 1.55, definition <c>NetworkDisconnectRequest</c>.</summary>
public sealed class NetworkDisconnectRequest
{
    public string? Container { get; set; }

    public bool Force { get; set; }
}
