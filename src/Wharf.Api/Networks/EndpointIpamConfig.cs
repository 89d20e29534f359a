namespace Wharf.Api.Networks;

/// <summary>Engine API 1.55, definition <c>EndpointIPAMConfig</c>.</summary>
public sealed class EndpointIpamConfig
{
    public string? IPv4Address { get; set; }

    public string? IPv6Address { get; set; }

    public List<string>? LinkLocalIPs { get; set; }
}
