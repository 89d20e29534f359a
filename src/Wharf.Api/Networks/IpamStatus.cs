namespace Wharf.Api.Networks;

/// <summary>Engine API 1.55, definition <c>IPAMStatus</c>.</summary>
public sealed class IpamStatus
{
    public Dictionary<string, SubnetStatus>? Subnets { get; set; }
}
