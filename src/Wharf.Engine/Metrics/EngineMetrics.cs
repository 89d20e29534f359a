namespace Wharf.Engine.Metrics;

/// <summary>What the engine counts of its own work. Written on busy paths: additions only, no locks.</summary>
internal sealed class EngineMetrics
{
    private long _healthChecks;
    private long _healthChecksFailed;
    private long _buildsTriggered;
    private long _buildsFailed;

    public Histogram Create { get; } = new();

    public Histogram Start { get; } = new();

    public Histogram Delete { get; } = new();

    public Histogram Commit { get; } = new();

    public Histogram Changes { get; } = new();

    public long HealthChecks => Interlocked.Read(ref _healthChecks);

    public long HealthChecksFailed => Interlocked.Read(ref _healthChecksFailed);

    public long BuildsTriggered => Interlocked.Read(ref _buildsTriggered);

    public long BuildsFailed => Interlocked.Read(ref _buildsFailed);

    public void HealthChecked(bool failed)
    {
        Interlocked.Increment(ref _healthChecks);
        if (failed)
        {
            Interlocked.Increment(ref _healthChecksFailed);
        }
    }

    public void BuildTriggered() => Interlocked.Increment(ref _buildsTriggered);

    public void BuildFailed() => Interlocked.Increment(ref _buildsFailed);
}
