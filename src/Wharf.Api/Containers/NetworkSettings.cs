using Wharf.Api.Networks;

namespace Wharf.Api.Containers;

/// <summary>Engine API 1.55, definition <c>NetworkSettings</c>; members marked so existed until 1.51 and are filled for older clients only.</summary>
public sealed class NetworkSettings : Changeable<NetworkSettings>
{
    /// <summary>Until 1.51, as all members up to <see cref="MacAddress"/>.</summary>
    public string? Bridge { get; set; }

    public bool? HairpinMode { get; set; }

    public string? LinkLocalIPv6Address { get; set; }

    public long? LinkLocalIPv6PrefixLen { get; set; }

    public List<NetworkAddress>? SecondaryIPAddresses { get; set; }

    public List<NetworkAddress>? SecondaryIPv6Addresses { get; set; }

    public string? EndpointID { get; set; }

    public string? Gateway { get; set; }

    public string? GlobalIPv6Address { get; set; }

    public long? GlobalIPv6PrefixLen { get; set; }

    public string? IPAddress { get; set; }

    public long? IPPrefixLen { get; set; }

    public string? IPv6Gateway { get; set; }

    public string? MacAddress { get; set; }

    public string? SandboxID { get; set; }

    public string? SandboxKey { get; set; }

    public Dictionary<string, List<PortBinding>?>? Ports { get; set; }

    public Dictionary<string, EndpointSettings>? Networks { get; set; }
}
