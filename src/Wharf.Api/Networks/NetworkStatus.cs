namespace Wharf.Api.Networks;

/// <summary>Engine API 1.55, definition <c>NetworkStatus</c>.</summary>
public sealed class NetworkStatus
{
    public IpamStatus? IPAM { get; set; }
}
