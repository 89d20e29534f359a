using System.Globalization;
using Wharf.Linux;

namespace Wharf.Runtime.Cgroups;

/// <summary>Bytes and operations of one device and direction: what blkio.throttle.io_service_bytes or io.stat count.</summary>
public readonly record struct BlockIoCounter(uint Major, uint Minor, string Operation, ulong Value);

/// <summary>
/// What a cgroup has used so far, from v1 or v2 files, in one shape. A counter whose controller is not there is zero; an absent limit is
/// <see cref="ulong.MaxValue"/>.
/// </summary>
public sealed record CgroupStatistics
{
    public ulong CpuNanoseconds { get; init; }

    public ulong CpuUserNanoseconds { get; init; }

    public ulong CpuSystemNanoseconds { get; init; }

    /// <summary>Nanoseconds per CPU; only v1 tells.</summary>
    public IReadOnlyList<ulong> PerCpuNanoseconds { get; init; } = [];

    public ulong ThrottlingPeriods { get; init; }

    public ulong ThrottledPeriods { get; init; }

    public ulong ThrottledNanoseconds { get; init; }

    public ulong MemoryBytes { get; init; }

    /// <summary>The highest usage so far.</summary>
    public ulong MemoryMaxBytes { get; init; }

    public ulong MemoryLimitBytes { get; init; } = ulong.MaxValue;

    /// <summary>How often the limit was hit.</summary>
    public ulong MemoryFailures { get; init; }

    /// <summary>memory.stat as it is: its names differ between v1 and v2.</summary>
    public IReadOnlyDictionary<string, ulong> MemoryStatistics { get; init; } = new Dictionary<string, ulong>();

    public ulong Pids { get; init; }

    public ulong PidsLimit { get; init; } = ulong.MaxValue;

    public IReadOnlyList<BlockIoCounter> BlockIoBytes { get; init; } = [];

    public IReadOnlyList<BlockIoCounter> BlockIoOperations { get; init; } = [];

    /// <summary>True where memory is counted by cgroup v2.</summary>
    public bool IsUnified { get; init; }

    public static CgroupStatistics Read(ContainerCgroup cgroup)
    {
        var statistics = new CgroupStatistics();
        statistics = (cgroup.Layout.LegacyWith("cpuacct") ?? cgroup.Layout.LegacyWith("cpu")) is not null
            ? LegacyCpu(statistics, cgroup.DirectoryOf("cpuacct"), cgroup.DirectoryOf("cpu"))
            : UnifiedCpu(statistics, cgroup.UnifiedDirectory);
        bool legacyMemory = cgroup.Layout.LegacyWith("memory") is not null;
        statistics = legacyMemory ? LegacyMemory(statistics, cgroup.DirectoryOf("memory")) : UnifiedMemory(statistics, cgroup.UnifiedDirectory);
        string? pids = cgroup.DirectoryOf("pids");
        statistics = statistics with { Pids = CgroupFile.Number(pids, "pids.current"), PidsLimit = CgroupFile.Limit(pids, "pids.max") };
        return cgroup.Layout.LegacyWith("blkio") is not null
            ? CgroupBlockIo.Legacy(statistics, cgroup.DirectoryOf("blkio"))
            : CgroupBlockIo.Unified(statistics, cgroup.UnifiedDirectory);
    }

    private static CgroupStatistics LegacyCpu(CgroupStatistics s, string? account, string? cpu)
    {
        const ulong NanosecondsPerTick = 10_000_000;
        IReadOnlyDictionary<string, ulong> stat = CgroupFile.Table(account, "cpuacct.stat");
        IReadOnlyDictionary<string, ulong> throttling = CgroupFile.Table(cpu, "cpu.stat");
        string perCpu = CgroupFile.Text(account, "cpuacct.usage_percpu");
        return s with
        {
            CpuNanoseconds = CgroupFile.Number(account, "cpuacct.usage"),
            CpuUserNanoseconds = stat.GetValueOrDefault("user") * NanosecondsPerTick,
            CpuSystemNanoseconds = stat.GetValueOrDefault("system") * NanosecondsPerTick,
            PerCpuNanoseconds = Array.ConvertAll(perCpu.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries), CgroupFile.Parse),
            ThrottlingPeriods = throttling.GetValueOrDefault("nr_periods"),
            ThrottledPeriods = throttling.GetValueOrDefault("nr_throttled"),
            ThrottledNanoseconds = throttling.GetValueOrDefault("throttled_time"),
        };
    }

    private static CgroupStatistics UnifiedCpu(CgroupStatistics s, string? directory)
    {
        const ulong NanosecondsPerMicrosecond = 1000;
        IReadOnlyDictionary<string, ulong> stat = CgroupFile.Table(directory, "cpu.stat");
        return s with
        {
            CpuNanoseconds = stat.GetValueOrDefault("usage_usec") * NanosecondsPerMicrosecond,
            CpuUserNanoseconds = stat.GetValueOrDefault("user_usec") * NanosecondsPerMicrosecond,
            CpuSystemNanoseconds = stat.GetValueOrDefault("system_usec") * NanosecondsPerMicrosecond,
            ThrottlingPeriods = stat.GetValueOrDefault("nr_periods"),
            ThrottledPeriods = stat.GetValueOrDefault("nr_throttled"),
            ThrottledNanoseconds = stat.GetValueOrDefault("throttled_usec") * NanosecondsPerMicrosecond,
        };
    }

    private static CgroupStatistics LegacyMemory(CgroupStatistics s, string? directory)
    {
        // what v1 writes for "no limit": the largest multiple of a page below 2^63
        const ulong Unlimited = 0x7ffffffffffff000;
        ulong limit = CgroupFile.Limit(directory, "memory.limit_in_bytes");
        return s with
        {
            MemoryBytes = CgroupFile.Number(directory, "memory.usage_in_bytes"),
            MemoryMaxBytes = CgroupFile.Number(directory, "memory.max_usage_in_bytes"),
            MemoryLimitBytes = limit >= Unlimited ? ulong.MaxValue : limit,
            MemoryFailures = CgroupFile.Number(directory, "memory.failcnt"),
            MemoryStatistics = CgroupFile.Table(directory, "memory.stat"),
        };
    }

    private static CgroupStatistics UnifiedMemory(CgroupStatistics s, string? directory) => s with
    {
        IsUnified = true,
        MemoryBytes = CgroupFile.Number(directory, "memory.current"),
        MemoryMaxBytes = CgroupFile.Number(directory, "memory.peak"),
        MemoryLimitBytes = CgroupFile.Limit(directory, "memory.max"),
        MemoryFailures = CgroupFile.Table(directory, "memory.events").GetValueOrDefault("max"),
        MemoryStatistics = CgroupFile.Table(directory, "memory.stat"),
    };
}

/// <summary>The forms in which cgroup files hold numbers. A file that is not there reads as nothing: its controller is not available.</summary>
internal static class CgroupFile
{
    public static string Text(string? directory, string file) =>
        directory is not null && SmallFile.TryRead($"{directory}/{file}", out string text) == Errno.None ? text : "";

    public static ulong Number(string? directory, string file) => Parse(Text(directory, file));

    /// <summary>A number, or "max" (or no file) for no limit.</summary>
    public static ulong Limit(string? directory, string file) =>
        ulong.TryParse(Text(directory, file).AsSpan().Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out ulong value) ? value : ulong.MaxValue;

    /// <summary>Lines of "name number".</summary>
    public static IReadOnlyDictionary<string, ulong> Table(string? directory, string file)
    {
        var table = new Dictionary<string, ulong>(StringComparer.Ordinal);
        foreach (ReadOnlySpan<char> line in Text(directory, file).AsSpan().EnumerateLines())
        {
            int blank = line.IndexOf(' ');
            if (blank > 0 && ulong.TryParse(line[(blank + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out ulong value))
            {
                table[line[..blank].ToString()] = value;
            }
        }

        return table;
    }

    public static ulong Parse(string text) => ulong.TryParse(text.AsSpan().Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out ulong value) ? value : 0;
}
