using Microsoft.Extensions.Logging;
using Wharf.Api.Server.Listening;
using Wharf.Api.System;
using Wharf.Daemon.Options;
using Wharf.Images.Transfers;

namespace Wharf.Daemon.Hosting;

/// <summary>What <c>GET /info</c> says of the daemon's own options.</summary>
internal static class DaemonInfo
{
    public static SystemInfo Complete(SystemInfo info, DaemonOptions options, LogLevel level)
    {
        RegistryOptions registries = options.Images.Registries;
        return info.With(changed =>
        {
            changed.Debug = level <= LogLevel.Debug;
            changed.ExperimentalBuild = options.Experimental;
            changed.ServerVersion = BuildFacts.Version;
            changed.DockerRootDir = options.DataRoot;
            changed.RegistryConfig = Registries(registries);
            changed.HttpProxy = ProxyAddress.Masked(registries.HttpProxy);
            changed.HttpsProxy = ProxyAddress.Masked(registries.HttpsProxy);
            changed.NoProxy = registries.NoProxy ?? string.Empty;
            changed.Warnings = Warnings(info, options);
        });
    }

    private static RegistryServiceConfig Registries(RegistryOptions registries)
    {
        IEnumerable<string> ranges = registries.Insecure.Where(entry => entry.Contains('/', StringComparison.Ordinal));
        var indexes = registries.Insecure.Where(entry => !entry.Contains('/', StringComparison.Ordinal))
            .ToDictionary(host => host, host => new IndexInfo { Name = host, Mirrors = [] });
        indexes["docker.io"] = new IndexInfo { Name = "docker.io", Mirrors = [.. registries.Mirrors.Select(mirror => mirror.TrimEnd('/') + "/")], Secure = true, Official = true };
        return new RegistryServiceConfig
        {
            InsecureRegistryCIDRs = [.. ranges, "::1/128", "127.0.0.0/8"],
            IndexConfigs = indexes,
            Mirrors = [.. registries.Mirrors.Select(mirror => mirror.TrimEnd('/') + "/")],
        };
    }

    private static List<string>? Warnings(SystemInfo info, DaemonOptions options)
    {
        List<string> warnings = [.. info.Warnings ?? []];
        foreach (ListenAddress.Tcp tcp in options.Tls is null ? options.Hosts.OfType<ListenAddress.Tcp>() : [])
        {
            warnings.Add($"[DEPRECATION NOTICE]: API is accessible on http://{tcp} without encryption.\n"
                + "         Access to the remote API is equivalent to root access on the host. Use --tlsverify.");
        }

        return warnings.Count == 0 ? null : warnings;
    }
}
