namespace Wharf.Api.Networks;

/// <summary>Engine API 1.55, definition <c>IPAMConfig</c>.</summary>
public sealed class IpamConfig
{
    public string? Subnet { get; set; }

    public string? IPRange { get; set; }

    public string? Gateway { get; set; }

    public Dictionary<string, string>? AuxiliaryAddresses { get; set; }
}
