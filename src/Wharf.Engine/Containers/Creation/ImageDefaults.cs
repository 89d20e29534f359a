using Wharf.Api.Containers;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Engine.Containers.Creation;

/// <summary>Fills what a request leaves open from its image, by Docker's rules: a request's entrypoint hides the image's command, environment and labels are changed by name.</summary>
internal static class ImageDefaults
{
    /// <param name="config">Changed in place; the caller owns it.</param>
    /// <param name="image">The image's run configuration; null when it has none.</param>
    /// <exception cref="WharfException">InvalidArgument "no command specified".</exception>
    public static void Merge(ContainerConfig config, RunConfig? image)
    {
        if (image is not null)
        {
            MergeImage(config, image);
        }

        // --entrypoint "" arrives as one empty word: no entrypoint, and the image's command was hidden by it.
        if (config.Entrypoint is [""])
        {
            config.Entrypoint = null;
        }

        if (config.Entrypoint is null or [] && config.Cmd is null or [])
        {
            throw WharfException.Invalid("no command specified");
        }
    }

    private static void MergeImage(ContainerConfig config, RunConfig image)
    {
        config.User = Choose(config.User, image.User);
        config.WorkingDir = Choose(config.WorkingDir, image.WorkingDir);
        config.StopSignal = Choose(config.StopSignal, image.StopSignal);
        config.ExposedPorts = Union(config.ExposedPorts, image.ExposedPorts?.Keys.Select(PortKey));
        config.Volumes = Union(config.Volumes, image.Volumes?.Keys);
        config.Env = MergeEnvironment(config.Env, image.Env);
        if (image.Labels is { Count: > 0 } labels)
        {
            config.Labels ??= [];
            foreach ((string name, string value) in labels)
            {
                config.Labels.TryAdd(name, value);
            }
        }

        if (config.Entrypoint is null or [])
        {
            if (config.Cmd is null or [])
            {
                config.Cmd = Words(image.Cmd);
                config.ArgsEscaped = image.ArgsEscaped ? true : config.ArgsEscaped;
            }

            config.Entrypoint ??= Words(image.Entrypoint);
        }

        MergeHealth(config, image.Healthcheck);
    }

    private static CommandWords? Words(IReadOnlyList<string>? words) => words is null ? null : [.. words];

    private static void MergeHealth(ContainerConfig config, HealthCheck? image)
    {
        if (image is null)
        {
            return;
        }

        HealthConfig own = config.Healthcheck ?? new HealthConfig();
        config.Healthcheck = own.With(changed =>
        {
            changed.Test = own.Test is null or [] ? image.Test?.ToList() : own.Test;
            changed.Interval = own.Interval != 0 ? own.Interval : image.Interval;
            changed.Timeout = own.Timeout != 0 ? own.Timeout : image.Timeout;
            changed.StartPeriod = own.StartPeriod != 0 ? own.StartPeriod : image.StartPeriod;
            changed.StartInterval = own.StartInterval != 0 ? own.StartInterval : image.StartInterval;
            changed.Retries = own.Retries != 0 ? own.Retries : image.Retries;
        });
    }

    private static List<string>? MergeEnvironment(List<string>? own, IReadOnlyList<string>? image)
    {
        if (image is null or [])
        {
            return own;
        }

        var changed = new List<string>(own ?? []);
        var names = new HashSet<string>(changed.Select(NameOf), StringComparer.Ordinal);
        changed.AddRange(image.Where(line => !names.Contains(NameOf(line))));
        return changed;
    }

    private static string NameOf(string line)
    {
        int equals = line.IndexOf('=');
        return equals < 0 ? line : line[..equals];
    }

    private static Dictionary<string, EmptyObject>? Union(Dictionary<string, EmptyObject>? own, IEnumerable<string>? image)
    {
        if (image is null)
        {
            return own is { Count: > 0 } ? own : null;
        }

        var union = own is null ? new Dictionary<string, EmptyObject>(StringComparer.Ordinal) : new Dictionary<string, EmptyObject>(own, StringComparer.Ordinal);
        foreach (string key in image)
        {
            union.TryAdd(key, EmptyObject.Instance);
        }

        return union.Count == 0 ? null : union;
    }

    // Hand-made images say "80" where Docker writes "80/tcp".
    private static string PortKey(string port) => port.Contains('/') ? port : port + "/tcp";

    private static string? Choose(string? own, string? image) => string.IsNullOrEmpty(own) ? image ?? own : own;
}
