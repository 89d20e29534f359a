using Wharf.Api.Images;

namespace Wharf.Api.Containers;

/// <summary>Engine API 1.55, definition <c>ContainerSummary</c>.</summary>
public sealed class ContainerSummary : Changeable<ContainerSummary>
{
    public string? Id { get; set; }

    public List<string>? Names { get; set; }

    public string? Image { get; set; }

    public string? ImageID { get; set; }

    public OciDescriptor? ImageManifestDescriptor { get; set; }

    public string? Command { get; set; }

    public long Created { get; set; }

    public List<PortSummary>? Ports { get; set; }

    public long? SizeRw { get; set; }

    public long? SizeRootFs { get; set; }

    public Dictionary<string, string>? Labels { get; set; }

    public string? State { get; set; }

    public string? Status { get; set; }

    public ContainerSummaryHostConfig? HostConfig { get; set; }

    public ContainerSummaryNetworkSettings? NetworkSettings { get; set; }

    public List<MountPoint>? Mounts { get; set; }

    public ContainerSummaryHealth? Health { get; set; }
}
