namespace Wharf.Api.Networks;

/// <summary>Engine API 1.55, definition <c>ServiceInfo</c>.</summary>
public sealed class ServiceInfo
{
    public string? VIP { get; set; }

    public List<string>? Ports { get; set; }

    public long LocalLBIndex { get; set; }

    public List<NetworkTaskInfo>? Tasks { get; set; }
}
