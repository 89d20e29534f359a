namespace Wharf.Api.Networks;

/// <summary>The body of <c>POST /networks/create</c>.</summary>
public sealed class NetworkCreateRequest
{
    public string? Name { get; set; }

    /// <summary>Since 1.44 names are unique in any case; read for older clients, which may say that they do not mind.</summary>
    public bool CheckDuplicate { get; set; }

    public string? Driver { get; set; }

    public string? Scope { get; set; }

    public bool Internal { get; set; }

    public bool Attachable { get; set; }

    public bool Ingress { get; set; }

    public bool ConfigOnly { get; set; }

    public ConfigReference? ConfigFrom { get; set; }

    public Ipam? IPAM { get; set; }

    public bool? EnableIPv4 { get; set; }

    public bool? EnableIPv6 { get; set; }

    public Dictionary<string, string>? Options { get; set; }

    public Dictionary<string, string>? Labels { get; set; }
}
