using System.Text.Json.Serialization;

namespace Wharf.Api.Networks;

/// <summary>Engine API 1.55, definition <c>EndpointSettings</c>.</summary>
public sealed class EndpointSettings : Changeable<EndpointSettings>
{
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public EndpointIpamConfig? IPAMConfig { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public List<string>? Links { get; set; }

    public string? MacAddress { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public List<string>? Aliases { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public Dictionary<string, string>? DriverOpts { get; set; }

    public long GwPriority { get; set; }

    public string? NetworkID { get; set; }

    public string? EndpointID { get; set; }

    public string? Gateway { get; set; }

    public string? IPAddress { get; set; }

    public long IPPrefixLen { get; set; }

    public string? IPv6Gateway { get; set; }

    public string? GlobalIPv6Address { get; set; }

    public long GlobalIPv6PrefixLen { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public List<string>? DNSNames { get; set; }
}
