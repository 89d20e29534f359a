using System.Globalization;
using Wharf.Api.System;
using Wharf.Engine.Containers;
using Wharf.Engine.Devices;
using Wharf.Engine.Events;
using Wharf.Engine.Logs.Shipping;
using Wharf.Oci.Images;

namespace Wharf.Engine.Host;

/// <summary>What engine, host and kernel say of themselves for <c>info</c>. The daemon adds its own options.</summary>
internal sealed class EngineInfo(EngineCore core, KernelSupport kernel, EventJournal events)
{
    public SystemInfo Build()
    {
        List<RunStatus> states = [.. core.Containers.All.Select(c => c.Current.State.Status)];
        int running = states.Count(s => s is RunStatus.Running or RunStatus.Restarting), paused = states.Count(s => s == RunStatus.Paused);
        return new SystemInfo
        {
            ID = EngineIdentity.Of(core.Options.DataRoot),
            Containers = states.Count,
            ContainersRunning = running,
            ContainersPaused = paused,
            ContainersStopped = states.Count - running - paused,
            Images = core.Images.ImageCount,
            Driver = core.Images.DriverName,
            DriverStatus = [.. core.Images.DriverStatus.Select(row => (List<string>)[row.Key, row.Value])],
            DockerRootDir = core.Options.DataRoot,
            Plugins = new PluginsInfo { Volume = ["local"], Network = ["bridge", "host", "null"], Log = [.. RemoteDrivers.Names.Concat(["json-file", "local", "none"]).Order(StringComparer.Ordinal)] },
            MemoryLimit = kernel.Memory,
            SwapLimit = kernel.Swap,
            CpuCfsPeriod = kernel.CpuQuota,
            CpuCfsQuota = kernel.CpuQuota,
            CPUShares = kernel.CpuShares,
            CPUSet = kernel.Cpuset,
            PidsLimit = kernel.Pids,
            OomKillDisable = kernel.OomKillDisable,
            IPv4Forwarding = HostFile.FirstLine("/proc/sys/net/ipv4/ip_forward") == "1",
            NEventsListener = events.Listeners,
            NFd = Directory.GetFiles("/proc/self/fd").Length,
            NGoroutines = ThreadPool.ThreadCount,
            SystemTime = Rfc3339.Format(core.Now),
            LoggingDriver = core.Options.LogDriver,
            CgroupDriver = "cgroupfs",
            CgroupVersion = kernel.Unified ? "2" : "1",
            KernelVersion = HostFile.FirstLine("/proc/sys/kernel/osrelease"),
            OperatingSystem = HostFile.Setting("/etc/os-release", "PRETTY_NAME") ?? "Linux",
            OSVersion = HostFile.Setting("/etc/os-release", "VERSION_ID") ?? "",
            OSType = "linux",
            Architecture = System.Runtime.InteropServices.RuntimeInformation.OSArchitecture == System.Runtime.InteropServices.Architecture.Arm64 ? "aarch64" : "x86_64",
            NCPU = kernel.Cpus,
            MemTotal = MemoryTotal(),
            IndexServerAddress = "https://index.docker.io/v1/",
            Name = HostFile.FirstLine("/proc/sys/kernel/hostname"),
            Labels = [.. core.Options.Labels],
            Runtimes = Runtimes(),
            DefaultRuntime = core.Options.DefaultRuntime,
            Swarm = new SwarmInfo { NodeID = "", NodeAddr = "", LocalNodeState = "inactive", ControlAvailable = false, Error = "" },

            LiveRestoreEnabled = core.Options.LiveRestore,
            Isolation = "",
            InitBinary = "built-in",
            ContainerdCommit = new CommitInfo { ID = "" },
            RuncCommit = new CommitInfo { ID = "" },
            InitCommit = new CommitInfo { ID = "" },
            SecurityOptions = SecurityOptions(),
            ProductLicense = "",
            Warnings = Warnings(),
            FirewallBackend = new FirewallInfo { Driver = "nftables" },
            DiscoveredDevices = [.. CdiDevices.Names(core.Options.CdiFolders).Select(n => new DeviceInfo { Source = CdiDevices.Driver, ID = n })],
            CDISpecDirs = [.. core.Options.CdiFolders],
        };
    }

    private Dictionary<string, RuntimeInfo> Runtimes()
    {
        var runtimes = new Dictionary<string, RuntimeInfo>(StringComparer.Ordinal) { [EngineOptions.OwnRuntime] = new RuntimeInfo { Path = "wharf-shim" } };
        foreach ((string name, RuntimeProgram program) in core.Options.Runtimes)
        {
            runtimes[name] = new RuntimeInfo { Path = program.Path, RuntimeArgs = program.Arguments.Count == 0 ? null : [.. program.Arguments] };
        }

        return runtimes;
    }

    private List<string> SecurityOptions()
    {
        var options = new List<string> { core.Options.SeccompProfile is null ? "name=seccomp,profile=builtin" : $"name=seccomp,profile={(core.Options.SeccompProfile == "unconfined" ? "unconfined" : "custom")}" };
        if (kernel.Unified)
        {
            options.Add("name=cgroupns");
        }

        if (core.Options.NoNewPrivileges)
        {
            options.Add("name=no-new-privileges");
        }

        return options;
    }

    private List<string> Warnings()
    {
        var warnings = new List<string>();
        Add(warnings, kernel.Memory, "WARNING: No memory limit support");
        Add(warnings, kernel.Swap, "WARNING: No swap limit support");
        Add(warnings, kernel.CpuQuota, "WARNING: No cpu cfs quota support");
        Add(warnings, kernel.CpuShares, "WARNING: No cpu shares support");
        Add(warnings, kernel.Cpuset, "WARNING: No cpuset support");
        Add(warnings, kernel.Pids, "WARNING: No pids limit support");
        return warnings;
    }

    private static void Add(List<string> warnings, bool supported, string text)
    {
        if (!supported)
        {
            warnings.Add(text);
        }
    }

    private static long MemoryTotal()
    {
        foreach (string line in File.ReadLines("/proc/meminfo"))
        {
            if (line.StartsWith("MemTotal:", StringComparison.Ordinal))
            {
                return long.Parse(line["MemTotal:".Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture) * 1024;
            }
        }

        return 0;
    }
}
