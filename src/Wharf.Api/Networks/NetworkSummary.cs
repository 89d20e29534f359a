namespace Wharf.Api.Networks;

/// <summary>Engine API 1.55, definition <c>NetworkSummary</c>.</summary>
public sealed class NetworkSummary
{
    public string? Name { get; set; }

    public string? Id { get; set; }

    public string? Created { get; set; }

    public string? Scope { get; set; }

    public string? Driver { get; set; }

    public bool EnableIPv4 { get; set; }

    public bool EnableIPv6 { get; set; }

    public Ipam? IPAM { get; set; }

    public bool Internal { get; set; }

    public bool Attachable { get; set; }

    public bool Ingress { get; set; }

    public ConfigReference? ConfigFrom { get; set; }

    public bool ConfigOnly { get; set; }

    public Dictionary<string, string>? Options { get; set; }

    public Dictionary<string, string>? Labels { get; set; }

    public List<PeerInfo>? Peers { get; set; }
}
