namespace Wharf.Api.Containers;

/// <summary>Engine API 1.55, definition <c>PortBinding</c>.</summary>
public sealed class PortBinding
{
    public string? HostIp { get; set; }

    public string? HostPort { get; set; }
}
