namespace Wharf.Api.Containers;

/// <summary>Engine API 1.55, definition <c>Health</c>.</summary>
public sealed class HealthState : Changeable<HealthState>
{
    public string? Status { get; set; }

    public long FailingStreak { get; set; }

    public List<HealthcheckResult>? Log { get; set; }
}
