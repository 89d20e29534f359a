namespace Wharf.Api.Containers;

/// <summary>Engine API 1.55, definition <c>HealthcheckResult</c>.</summary>
public sealed class HealthcheckResult
{
    public string? Start { get; set; }

    public string? End { get; set; }

    public long ExitCode { get; set; }

    public string? Output { get; set; }
}
