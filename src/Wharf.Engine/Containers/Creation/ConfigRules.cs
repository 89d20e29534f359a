using Wharf.Api.Containers;
using Wharf.Linux;
using Wharf.Primitives;

namespace Wharf.Engine.Containers.Creation;

/// <summary>What a container's own configuration must keep to, in Docker's words.</summary>
internal static class ConfigRules
{
    private const long Millisecond = 1_000_000;

    public static void Check(ContainerConfig config)
    {
        if (!string.IsNullOrEmpty(config.WorkingDir) && config.WorkingDir[0] != '/')
        {
            throw WharfException.Invalid($"the working directory '{config.WorkingDir}' is invalid, it needs to be an absolute path");
        }

        foreach (string line in config.Env ?? [])
        {
            if (line.Length == 0 || line[0] == '=')
            {
                throw WharfException.Invalid($"invalid environment variable: {line}");
            }

            Text(line, "environment variable");
        }

        foreach (string word in (config.Cmd ?? []).Concat(config.Entrypoint ?? []))
        {
            Text(word, "argument");
        }

        if (!string.IsNullOrEmpty(config.StopSignal) && !Signal.TryParse(config.StopSignal, out _))
        {
            throw WharfException.Invalid($"invalid signal: {config.StopSignal}");
        }

        if (config.Hostname is { Length: > 64 } || config.Domainname is { Length: > 64 })
        {
            throw WharfException.Invalid($"invalid hostname format: {(config.Hostname is { Length: > 64 } ? config.Hostname : config.Domainname)}");
        }

        Text(config.Hostname ?? "", "hostname");
        foreach (string port in config.ExposedPorts?.Keys ?? Enumerable.Empty<string>())
        {
            _ = Networks.PortSpecification.ParseExposed(port);
        }

        CheckHealth(config.Healthcheck);
    }

    public static void CheckHealth(HealthConfig? health)
    {
        if (health is null)
        {
            return;
        }

        CheckDuration("Interval", health.Interval);
        CheckDuration("Timeout", health.Timeout);
        if (health.Retries < 0)
        {
            throw WharfException.Invalid("Retries in Healthcheck cannot be negative");
        }

        CheckDuration("StartPeriod", health.StartPeriod);
        CheckDuration("StartInterval", health.StartInterval);
        if (health.Test is { Count: > 0 } test && test[0] is not ("" or "NONE" or "CMD" or "CMD-SHELL"))
        {
            throw WharfException.Invalid($"Unknown health check type '{test[0]}'; NONE, CMD and CMD-SHELL are known");
        }
    }

    private static void CheckDuration(string name, long nanoseconds)
    {
        if (nanoseconds != 0 && nanoseconds < Millisecond)
        {
            throw WharfException.Invalid($"{name} in Healthcheck cannot be less than 1ms");
        }
    }

    // execve(2) ends a word at the first zero byte: what comes behind would be dropped without a word.
    private static void Text(string text, string what)
    {
        if (text.Contains('\0'))
        {
            throw WharfException.Invalid($"invalid {what}: it contains a zero byte");
        }
    }
}
