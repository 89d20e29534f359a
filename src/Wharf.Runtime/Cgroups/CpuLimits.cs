using Wharf.Linux;
using Wharf.Oci.Runtime;
using Wharf.Primitives;

namespace Wharf.Runtime.Cgroups;

/// <summary>resources.cpu: the cpu and cpuset controllers.</summary>
internal static class CpuLimits
{
    private const ulong DefaultPeriod = 100_000;

    public static void Apply(CgroupLimits limits, LinuxCpu cpu)
    {
        bool wantsTime = cpu is not { Shares: null or 0, Quota: null or 0, Period: null or 0, Burst: null, Idle: null, RealtimePeriod: null or 0, RealtimeRuntime: null or 0 };
        if (wantsTime && limits.Find("cpu", "CPU limits", wantsTime) is { } target)
        {
            if (target.Unified)
            {
                ApplyUnified(target, cpu);
            }
            else
            {
                ApplyLegacy(target, cpu);
            }
        }

        bool wantsSet = !string.IsNullOrEmpty(cpu.Cpus) || !string.IsNullOrEmpty(cpu.Mems);
        if (wantsSet && limits.Find("cpuset", "CPU set", wantsSet) is { } set)
        {
            if (!string.IsNullOrEmpty(cpu.Cpus))
            {
                set.Write("cpuset.cpus", cpu.Cpus);
            }

            if (!string.IsNullOrEmpty(cpu.Mems))
            {
                set.Write("cpuset.mems", cpu.Mems);
            }
        }
    }

    /// <summary>v1's shares (2 to 262144, default 1024) as v2's weight (1 to 10000, default 100), by the formula every runtime uses.</summary>
    public static ulong WeightOf(ulong shares) => 1 + ((Math.Clamp(shares, 2, 262144) - 2) * 9999 / 262142);

    private static void ApplyLegacy(CgroupTarget target, LinuxCpu cpu)
    {
        if (cpu.Shares is { } shares and not 0)
        {
            target.Write("cpu.shares", $"{shares}");
        }

        ulong period = cpu.Period ?? 0;
        bool periodWritten = false;
        if (period != 0)
        {
            // EINVAL here: the quota in force is too large for the new period, so the quota goes first
            Errno errno = target.TryWrite("cpu.cfs_period_us", $"{period}");
            periodWritten = errno == Errno.None;
            if (!periodWritten && (errno != Errno.EINVAL || cpu.Quota is null or 0))
            {
                target.Write("cpu.cfs_period_us", $"{period}");
            }
        }

        if (cpu.Quota is { } quota and not 0)
        {
            target.Write("cpu.cfs_quota_us", $"{quota}");
            if (period != 0 && !periodWritten)
            {
                target.Write("cpu.cfs_period_us", $"{period}");
            }
        }

        if (cpu.Burst is { } burst)
        {
            target.Write("cpu.cfs_burst_us", $"{burst}");
        }

        if (cpu.Idle is { } idle)
        {
            target.Write("cpu.idle", $"{idle}");
        }

        if (cpu.RealtimePeriod is { } realtimePeriod and not 0)
        {
            target.Write("cpu.rt_period_us", $"{realtimePeriod}");
        }

        if (cpu.RealtimeRuntime is { } realtimeRuntime and not 0)
        {
            target.Write("cpu.rt_runtime_us", $"{realtimeRuntime}");
        }
    }

    private static void ApplyUnified(CgroupTarget target, LinuxCpu cpu)
    {
        if (cpu.RealtimePeriod is not (null or 0) || cpu.RealtimeRuntime is not (null or 0))
        {
            throw WharfException.Invalid("cgroup v2 has no realtime CPU limits");
        }

        if (cpu.Idle is { } idle)
        {
            target.Write("cpu.idle", $"{idle}");
        }

        if (cpu.Shares is { } shares and not 0)
        {
            target.Write("cpu.weight", $"{WeightOf(shares)}");
        }

        if (cpu.Quota is not (null or 0) || cpu.Period is not (null or 0))
        {
            string quota = cpu.Quota is > 0 ? $"{cpu.Quota}" : "max";
            target.Write("cpu.max", $"{quota} {(cpu.Period is { } period and not 0 ? period : DefaultPeriod)}");
        }

        if (cpu.Burst is { } burst)
        {
            target.Write("cpu.max.burst", $"{burst}");
        }
    }
}
