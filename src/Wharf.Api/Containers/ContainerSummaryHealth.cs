namespace Wharf.Api.Containers;

/// <summary>Engine API 1.55, a part of its parent definition.</summary>
public sealed class ContainerSummaryHealth
{
    public string? Status { get; set; }

    public long FailingStreak { get; set; }
}
