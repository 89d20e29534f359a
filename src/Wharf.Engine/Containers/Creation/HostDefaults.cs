using Wharf.Api.Containers;

namespace Wharf.Engine.Containers.Creation;

/// <summary>What Docker writes into a host configuration where a request leaves it open; inspect shows it.</summary>
internal static class HostDefaults
{
    private static readonly string[] MaskedPaths =
    [
        "/proc/asound", "/proc/acpi", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list", "/proc/timer_stats",
        "/proc/sched_debug", "/proc/scsi", "/sys/firmware", "/sys/devices/virtual/powercap",
    ];

    private static readonly string[] ReadonlyPaths = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

    /// <param name="host">Changed in place; the caller owns it.</param>
    /// <param name="options">The daemon's own defaults.</param>
    /// <param name="unifiedCgroups">cgroup v2 alone is mounted.</param>
    public static void Fill(HostConfig host, EngineOptions options, bool unifiedCgroups)
    {
        if (string.IsNullOrEmpty(host.NetworkMode) || host.NetworkMode == "default")
        {
            host.NetworkMode = "bridge";
        }

        host.IpcMode = Default(host.IpcMode, options.IpcMode);
        host.CgroupnsMode = Default(host.CgroupnsMode, host.Privileged && !unifiedCgroups ? "host" : Default(options.CgroupNamespaceMode, unifiedCgroups ? "private" : "host"));
        host.PidMode ??= "";
        host.UTSMode ??= "";
        host.UsernsMode ??= "";
        host.Isolation ??= "";
        host.Cgroup ??= "";
        host.CgroupParent ??= "";
        host.VolumeDriver ??= "";
        host.ContainerIDFile ??= "";
        host.Runtime = Default(host.Runtime, options.DefaultRuntime);
        host.ShmSize = host.ShmSize == 0 && host.IpcMode is not ("host" or "none") && !host.IpcMode.StartsWith("container:", StringComparison.Ordinal) ? options.ShmSize : host.ShmSize;
        host.RestartPolicy ??= new RestartPolicy();
        host.RestartPolicy.Name = Default(host.RestartPolicy.Name, "no");
        host.PortBindings ??= [];
        host.ConsoleSize ??= [0, 0];
        host.LogConfig ??= new HostConfigLogConfig();
        if (string.IsNullOrEmpty(host.LogConfig.Type))
        {
            host.LogConfig.Type = options.LogDriver;
            host.LogConfig.Config = Merge(options.LogOptions, host.LogConfig.Config);
        }
        else if (host.LogConfig.Type == options.LogDriver)
        {
            host.LogConfig.Config = Merge(options.LogOptions, host.LogConfig.Config);
        }

        host.LogConfig.Config ??= [];
        if (!host.Privileged)
        {
            host.MaskedPaths ??= [.. MaskedPaths];
            host.ReadonlyPaths ??= [.. ReadonlyPaths];
        }

        FillMemory(host);
    }

    // Memory alone means as much swap again: Docker writes the sum down, so that a later update can compare with it.
    private static void FillMemory(HostConfig host)
    {
        if (host.Memory > 0 && host.MemorySwap == 0)
        {
            host.MemorySwap = host.Memory * 2;
        }
    }

    private static string Default(string? value, string otherwise) => string.IsNullOrEmpty(value) ? otherwise : value;

    private static Dictionary<string, string> Merge(IReadOnlyDictionary<string, string> defaults, Dictionary<string, string>? own)
    {
        var merged = new Dictionary<string, string>(defaults, StringComparer.Ordinal);
        foreach ((string name, string value) in own ?? [])
        {
            merged[name] = value;
        }

        return merged;
    }
}
