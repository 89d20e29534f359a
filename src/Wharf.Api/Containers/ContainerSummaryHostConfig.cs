namespace Wharf.Api.Containers;

/// <summary>Engine API 1.55, a part of its parent definition.</summary>
public sealed class ContainerSummaryHostConfig : Changeable<ContainerSummaryHostConfig>
{
    public string? NetworkMode { get; set; }

    public Dictionary<string, string>? Annotations { get; set; }
}
