using Wharf.Linux;

namespace Wharf.Engine.Host;

/// <summary>What this machine's kernel and cgroups can do for containers. Read once; a record, so that tests describe other machines.</summary>
internal sealed record KernelSupport
{
    public bool Unified { get; init; }

    public bool Memory { get; init; }

    public bool Swap { get; init; }

    public bool Swappiness { get; init; }

    public bool OomKillDisable { get; init; }

    public bool CpuShares { get; init; }

    public bool CpuQuota { get; init; }

    /// <summary>Real-time budgets exist in cgroup v1 only, and only where the kernel groups real-time tasks.</summary>
    public bool CpuRealtime { get; init; }

    public bool Cpuset { get; init; }

    public bool Pids { get; init; }

    public bool BlockIoWeight { get; init; }

    public int Cpus { get; init; }

    /// <summary>CPUs that are on line, as <c>0-3</c>.</summary>
    public string CpuList { get; init; } = "0";

    public string MemoryNodeList { get; init; } = "0";

    public static KernelSupport Probe()
    {
        CgroupLayout layout = CgroupLayout.Current;
        CgroupHierarchy? memory = layout.With("memory"), cpu = layout.With("cpu"), block = layout.With("blkio") ?? layout.With("io");
        string cpus = ReadLine("/sys/devices/system/cpu/online", "0");
        return new KernelSupport
        {
            Unified = layout.IsUnifiedOnly,
            Memory = memory is not null,
            Swap = memory is { Unified: true } || Exists(memory, "memory.memsw.limit_in_bytes"),
            Swappiness = Exists(memory, "memory.swappiness"),
            OomKillDisable = Exists(memory, "memory.oom_control"),
            CpuShares = cpu is { Unified: true } || Exists(cpu, "cpu.shares"),
            // The quota's file is missing in v2's root group only
            CpuQuota = cpu is { Unified: true } || Exists(cpu, "cpu.cfs_quota_us"),
            CpuRealtime = cpu is { Unified: false } && Exists(cpu, "cpu.rt_runtime_us"),
            Cpuset = layout.With("cpuset") is not null,
            Pids = layout.With("pids") is not null,
            BlockIoWeight = block is { Unified: true } || Exists(block, "blkio.weight") || Exists(block, "blkio.bfq.weight"),
            Cpus = Math.Max(1, CpuSet.Parse(cpus)?.Count ?? 1),
            CpuList = cpus,
            MemoryNodeList = ReadLine("/sys/devices/system/node/online", "0"),
        };
    }

    private static bool Exists(CgroupHierarchy? hierarchy, string file) => hierarchy is not null && File.Exists(Path.Combine(hierarchy.MountPoint, file));

    private static string ReadLine(string path, string otherwise) => File.Exists(path) ? File.ReadAllText(path).Trim() : otherwise;
}
