using Wharf.Api.Containers;
using Wharf.Oci.Images;

namespace Wharf.Engine.Files;

/// <summary>The run configuration of a committed image: the container's, with what the request gives laid over it.</summary>
internal static class CommittedConfig
{
    public static RunConfig Of(ContainerConfig container, ContainerConfig? over)
    {
        RunConfig config = Convert(container);
        if (over is null)
        {
            return config;
        }

        RunConfig wish = Convert(over);
        return config with
        {
            User = Choose(wish.User, config.User),
            WorkingDir = Choose(wish.WorkingDir, config.WorkingDir),
            StopSignal = Choose(wish.StopSignal, config.StopSignal),
            Env = wish.Env is { Count: > 0 } ? [.. (config.Env ?? []).Where(e => !wish.Env.Any(w => Name(w) == Name(e))), .. wish.Env] : config.Env,
            Cmd = wish.Cmd is { Count: > 0 } ? wish.Cmd : config.Cmd,
            Entrypoint = wish.Entrypoint is { Count: > 0 } ? wish.Entrypoint : config.Entrypoint,
            Healthcheck = wish.Healthcheck ?? config.Healthcheck,
            Labels = wish.Labels is { Count: > 0 } ? new SortedDictionary<string, string>((config.Labels ?? []).Concat(wish.Labels).GroupBy(l => l.Key).ToDictionary(g => g.Key, g => g.Last().Value)) : config.Labels,
            ExposedPorts = Union(config.ExposedPorts, wish.ExposedPorts),
            Volumes = Union(config.Volumes, wish.Volumes),
        };
    }

    private static RunConfig Convert(ContainerConfig c) => new()
    {
        User = c.User,
        ExposedPorts = Set(c.ExposedPorts?.Keys),
        Env = c.Env,
        Cmd = c.Cmd,
        Entrypoint = c.Entrypoint,
        Volumes = Set(c.Volumes?.Keys),
        WorkingDir = c.WorkingDir,
        OnBuild = c.OnBuild,
        Labels = c.Labels is null ? null : new SortedDictionary<string, string>(c.Labels, StringComparer.Ordinal),
        StopSignal = string.IsNullOrEmpty(c.StopSignal) ? null : c.StopSignal,
        StopTimeout = (int?)c.StopTimeout,
        Shell = c.Shell,
        Healthcheck = c.Healthcheck is not { Test: { Count: > 0 } test } health ? null : new HealthCheck
        {
            Test = test,
            Interval = health.Interval,
            Timeout = health.Timeout,
            StartPeriod = health.StartPeriod,
            StartInterval = health.StartInterval,
            Retries = (int)health.Retries,
        },
    };

    private static SortedDictionary<string, EmptyValue>? Set(IEnumerable<string>? keys) =>
        keys is null ? null : new SortedDictionary<string, EmptyValue>(keys.ToDictionary(k => k, _ => EmptyValue.Instance), StringComparer.Ordinal);

    private static SortedDictionary<string, EmptyValue>? Union(SortedDictionary<string, EmptyValue>? a, SortedDictionary<string, EmptyValue>? b) =>
        a is null || b is null ? a ?? b : Set(a.Keys.Union(b.Keys));

    private static string? Choose(string? first, string? second) => string.IsNullOrEmpty(first) ? second : first;

    private static string Name(string entry) => entry.Split('=')[0];
}
