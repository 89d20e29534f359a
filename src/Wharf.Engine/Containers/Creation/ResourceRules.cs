using Wharf.Api.Containers;
using Wharf.Engine.Host;
using Wharf.Primitives;

namespace Wharf.Engine.Containers.Creation;

/// <summary>
/// Limits, checked and adapted to the kernel: what it cannot do is discarded with a warning, as Docker does; what makes no sense is refused.
/// </summary>
internal static class ResourceRules
{
    private const long SmallestMemory = 6 << 20;

    /// <param name="host">Changed in place where a limit is discarded.</param>
    /// <param name="kernel">What this kernel can do.</param>
    /// <param name="update">True for a change of a container that exists.</param>
    /// <param name="warnings">Grows by what was discarded.</param>
    public static void Check(HostConfig host, KernelSupport kernel, bool update, List<string> warnings)
    {
        CheckMemory(host, kernel, update, warnings);
        CheckProcesses(host, kernel, warnings);
        CheckCpu(host, kernel, warnings);
        CheckCpuset(host, kernel, warnings);
        CheckBlockIo(host, kernel, warnings);
    }

    private static void CheckMemory(HostConfig host, KernelSupport kernel, bool update, List<string> warnings)
    {
        if (host.Memory != 0 && host.Memory < SmallestMemory)
        {
            throw WharfException.Invalid("Minimum memory limit allowed is 6MB");
        }

        if (host.Memory > 0 && !kernel.Memory)
        {
            warnings.Add("Your kernel does not support memory limit capabilities or the cgroup is not mounted. Limitation discarded.");
            host.Memory = 0;
            host.MemorySwap = -1;
        }

        if (host.Memory > 0 && host.MemorySwap != -1 && !kernel.Swap)
        {
            warnings.Add("Your kernel does not support swap limit capabilities or the cgroup is not mounted. Memory limited without swap.");
            host.MemorySwap = -1;
        }

        if (host.Memory > 0 && host.MemorySwap > 0 && host.MemorySwap < host.Memory)
        {
            throw WharfException.Invalid("Minimum memoryswap limit should be larger than memory limit, see usage");
        }

        if (host.Memory == 0 && host.MemorySwap > 0 && !update)
        {
            throw WharfException.Invalid("You should always set the Memory limit when using Memoryswap limit, see usage");
        }

        if (host.MemorySwappiness is { } swappiness && swappiness != -1)
        {
            if (swappiness is < 0 or > 100)
            {
                throw WharfException.Invalid($"Invalid value: {swappiness}, valid memory swappiness range is 0-100");
            }

            if (!kernel.Swappiness)
            {
                warnings.Add("Your kernel does not support memory swappiness capabilities or the cgroup is not mounted. Memory swappiness discarded.");
                host.MemorySwappiness = null;
            }
        }

        if (host.MemoryReservation > 0 && !kernel.Memory)
        {
            warnings.Add("Your kernel does not support memory soft limit capabilities or the cgroup is not mounted. Limitation discarded.");
            host.MemoryReservation = 0;
        }

        if (host.MemoryReservation != 0 && host.MemoryReservation < SmallestMemory)
        {
            throw WharfException.Invalid("Minimum memory reservation allowed is 6MB");
        }

        if (host.Memory > 0 && host.MemoryReservation > 0 && host.Memory < host.MemoryReservation)
        {
            throw WharfException.Invalid("Minimum memory limit can not be less than memory reservation limit, see usage");
        }

        if (host.OomKillDisable == true && !kernel.OomKillDisable)
        {
            warnings.Add("Your kernel does not support OomKillDisable. OomKillDisable discarded.");
            host.OomKillDisable = null;
        }
        else if (host.OomKillDisable == true && host.Memory == 0)
        {
            warnings.Add("OOM killer is disabled for the container, but no memory limit is set, this can result in the system running out of resources.");
        }
    }

    private static void CheckProcesses(HostConfig host, KernelSupport kernel, List<string> warnings)
    {
        if (host.PidsLimit is { } limit && limit > 0 && !kernel.Pids)
        {
            warnings.Add("Your kernel does not support PIDs limit capabilities or the cgroup is not mounted. PIDs limit discarded.");
            host.PidsLimit = null;
        }
    }

    private static void CheckCpu(HostConfig host, KernelSupport kernel, List<string> warnings)
    {
        if (host.NanoCpus != 0 && host.CpuPeriod != 0)
        {
            throw WharfException.Invalid("Conflicting options: Nano CPUs and CPU Period cannot both be set");
        }

        if (host.NanoCpus != 0 && host.CpuQuota != 0)
        {
            throw WharfException.Invalid("Conflicting options: Nano CPUs and CPU Quota cannot both be set");
        }

        if (host.NanoCpus != 0 && !kernel.CpuQuota)
        {
            throw WharfException.Invalid("NanoCPUs can not be set, as your kernel does not support CPU CFS scheduler or the cgroup is not mounted");
        }

        // Go's rounding of --cpus 0.01 is 10000000
        if (host.NanoCpus < 0 || host.NanoCpus > kernel.Cpus * 1_000_000_000L || host.NanoCpus is > 0 and < 10_000_000)
        {
            throw WharfException.Invalid($"range of CPUs is from 0.01 to {kernel.Cpus}.00, as there are only {kernel.Cpus} CPUs available");
        }

        if (host.CpuShares < 0)
        {
            throw WharfException.Invalid($"invalid CPU shares ({host.CpuShares}): value must be a positive integer");
        }

        if (host.CpuShares != 0 && !kernel.Unified && host.CpuShares is < 2 or > 262144)
        {
            // the kernel would take the nearest allowed weight without a word
            throw WharfException.Invalid(host.CpuShares < 2 ? "the minimum allowed cpu-shares is 2" : "the maximum allowed cpu-shares is 262144");
        }

        if (host.CpuShares > 0 && !kernel.CpuShares)
        {
            warnings.Add("Your kernel does not support CPU shares or the cgroup is not mounted. Shares discarded.");
            host.CpuShares = 0;
        }

        if ((host.CpuPeriod != 0 || host.CpuQuota != 0) && !kernel.CpuQuota)
        {
            warnings.Add("Your kernel does not support CPU CFS scheduler or the cgroup is not mounted. Period and quota discarded.");
            host.CpuPeriod = 0;
            host.CpuQuota = 0;
        }

        if (host.CpuPeriod != 0 && host.CpuPeriod is < 1000 or > 1_000_000)
        {
            throw WharfException.Invalid("CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)");
        }

        if ((host.CpuRealtimePeriod != 0 || host.CpuRealtimeRuntime != 0) && !kernel.CpuRealtime)
        {
            throw WharfException.Invalid("Your kernel does not support CPU real-time scheduler");
        }

        if (host.CpuRealtimePeriod != 0 && host.CpuRealtimeRuntime != 0 && host.CpuRealtimeRuntime > host.CpuRealtimePeriod)
        {
            throw WharfException.Invalid("cpu real-time runtime cannot be higher than cpu real-time period");
        }

        if (host.CpuQuota is > 0 and < 1000)
        {
            throw WharfException.Invalid("CPU cfs quota can not be less than 1ms (i.e. 1000)");
        }
    }

    private static void CheckCpuset(HostConfig host, KernelSupport kernel, List<string> warnings)
    {
        if ((!string.IsNullOrEmpty(host.CpusetCpus) || !string.IsNullOrEmpty(host.CpusetMems)) && !kernel.Cpuset)
        {
            warnings.Add("Your kernel does not support cpuset or the cgroup is not mounted. CPUs or memory nodes discarded.");
            host.CpusetCpus = "";
            host.CpusetMems = "";
        }

        if (!string.IsNullOrEmpty(host.CpusetCpus))
        {
            CheckSet(host.CpusetCpus, kernel.CpuList, "Invalid value {0} for cpuset cpus", "Requested CPUs are not available - requested {0}, available: {1}");
        }

        if (!string.IsNullOrEmpty(host.CpusetMems))
        {
            CheckSet(host.CpusetMems, kernel.MemoryNodeList, "Invalid value {0} for cpuset mems", "Requested memory nodes are not available - requested {0}, available: {1}");
        }
    }

    private static void CheckSet(string wanted, string available, string invalid, string missing)
    {
        if (CpuSet.Parse(wanted) is not { } numbers)
        {
            throw WharfException.Invalid(string.Format(invalid, wanted));
        }

        if (!numbers.IsSubsetOf(CpuSet.Parse(available) ?? []))
        {
            throw WharfException.Invalid(string.Format(missing, wanted, available));
        }
    }

    private static void CheckBlockIo(HostConfig host, KernelSupport kernel, List<string> warnings)
    {
        if (host.BlkioWeight != 0 && host.BlkioWeight is < 10 or > 1000)
        {
            throw WharfException.Invalid("Range of blkio weight is from 10 to 1000");
        }

        if ((host.BlkioWeight != 0 || host.BlkioWeightDevice is { Count: > 0 }) && !kernel.BlockIoWeight)
        {
            warnings.Add("Your kernel does not support Block I/O weight or the cgroup is not mounted. Weight discarded.");
            host.BlkioWeight = 0;
            host.BlkioWeightDevice = [];
        }

        foreach (ThrottleDevice device in (host.BlkioDeviceReadBps ?? []).Concat(host.BlkioDeviceWriteBps ?? []).Concat(host.BlkioDeviceReadIOps ?? []).Concat(host.BlkioDeviceWriteIOps ?? []))
        {
            if (device.Rate < 0)
            {
                throw WharfException.Invalid($"invalid rate for device: {device.Path}: {device.Rate}");
            }
        }
    }
}
