namespace Wharf.Api.Containers;

/// <summary>Engine API 1.55, definition <c>HealthConfig</c>.</summary>
public sealed record HealthConfig
{
    public List<string>? Test { get; set; }

    public long Interval { get; set; }

    public long Timeout { get; set; }

    public long Retries { get; set; }

    public long StartPeriod { get; set; }

    public long StartInterval { get; set; }
}
