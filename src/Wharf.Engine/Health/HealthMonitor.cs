using Wharf.Api.Containers;
using Wharf.Engine.Containers;
using Wharf.Engine.Containers.Lifecycle;
using Wharf.Oci.Images;

namespace Wharf.Engine.Health;

/// <summary>
/// Probes containers that ask for it: every interval (more often in the start period when told so), failures in the start period do not count, after so many in
/// a row the container is unhealthy, one success makes it healthy. The last five results stay.
/// </summary>
internal sealed class HealthMonitor(EngineCore core, IHealthProbe probe)
{
    private const int KeptResults = 5;
    private const int DefaultRetries = 3;
    private static readonly TimeSpan DefaultInterval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan DefaultStartInterval = TimeSpan.FromSeconds(5);

    /// <summary>The health of a container that starts: null without a probe.</summary>
    public static HealthState? Initial(HealthConfig? config) => IsProbing(config) ? new HealthState { Status = "starting", FailingStreak = 0, Log = [] } : null;

    /// <summary>The health of a container that ended: nobody watches, and Docker calls that unhealthy.</summary>
    public static HealthState? Stopped(HealthState? health) => health?.With(h => h.Status = "unhealthy");

    public void Watch(Container container, Run run)
    {
        if (IsProbing(container.Current.Config.Healthcheck))
        {
            CancellationToken life = run.Life.Token;
            _ = Task.Run(() => ProbeAsync(container, run, container.Current.Config.Healthcheck!, life), CancellationToken.None);
        }
    }

    private static bool IsProbing(HealthConfig? config) => config?.Test is { Count: > 1 } test && test[0] is "CMD" or "CMD-SHELL" && config.Test is not ["NONE", ..];

    private async Task ProbeAsync(Container container, Run run, HealthConfig config, CancellationToken life)
    {
        TimeSpan interval = Duration(config.Interval, DefaultInterval), startInterval = Duration(config.StartInterval, DefaultStartInterval);
        DateTimeOffset startEnd = run.StartedAt + Duration(config.StartPeriod, TimeSpan.Zero);
        try
        {
            while (true)
            {
                bool starting = container.Current.State.Health?.Status == "starting" && core.Now < startEnd;
                await Task.Delay(starting ? Shorter(startInterval, interval, config) : interval, core.Clock, life);
                if (container.Current.State.Status != RunStatus.Running)
                {
                    // paused: neither well nor ill
                    continue;
                }

                HealthcheckResult result = await probe.RunAsync(container, run, config, life);
                core.Metrics.HealthChecked(failed: result.ExitCode != 0);
                await TakeAsync(container, run, config, result, startEnd);
            }
        }
        catch (OperationCanceledException) when (life.IsCancellationRequested)
        {
            // the run is over
        }
        catch (Exception e)
        {
            core.Log.Error($"the health of container {container.Id} is no longer probed", e);
        }
    }

    // Without a start interval of its own Docker probes every five seconds in the start period, but never less often than usual.
    private static TimeSpan Shorter(TimeSpan startInterval, TimeSpan interval, HealthConfig config) => config.StartInterval > 0 || startInterval < interval ? startInterval : interval;

    private async Task TakeAsync(Container container, Run run, HealthConfig config, HealthcheckResult result, DateTimeOffset startEnd)
    {
        string before, after;
        ContainerRecord record;
        using (await container.EnterAsync(CancellationToken.None))
        {
            if (container.Run != run || container.Current.State.Health is not { } health)
            {
                return;
            }

            (before, after) = (health.Status ?? "starting", health.Status ?? "starting");
            long streak = health.FailingStreak;
            if (result.ExitCode == 0)
            {
                (after, streak) = ("healthy", 0);
            }
            else
            {
                bool counts = before != "starting" || !(Rfc3339.TryParse(result.Start, out DateTimeOffset began) && began < startEnd);
                streak += counts ? 1 : 0;
                after = counts && streak >= (config.Retries > 0 ? config.Retries : DefaultRetries) ? "unhealthy" : before;
            }

            List<HealthcheckResult> log = [.. health.Log ?? [], result];
            record = container.Current with
            {
                State = container.Current.State with
                {
                    Health = new HealthState { Status = after, FailingStreak = streak, Log = log[Math.Max(0, log.Count - KeptResults)..] },
                },
            };
            container.Swap(record);
        }

        if (before != after)
        {
            core.Events.Raise(record, "health_status: " + after);
        }
    }

    private static TimeSpan Duration(long nanoseconds, TimeSpan otherwise) => nanoseconds <= 0 ? otherwise : TimeSpan.FromMicroseconds(nanoseconds / 1000.0);
}
