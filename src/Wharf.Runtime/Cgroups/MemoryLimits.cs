using System.Globalization;
using Wharf.Linux;
using Wharf.Oci.Runtime;
using Wharf.Primitives;

namespace Wharf.Runtime.Cgroups;

/// <summary>resources.memory: memory.limit_in_bytes and its kin on v1, memory.max and its kin on v2 (cgroups(7), kernel's memcg documents).</summary>
internal static class MemoryLimits
{
    public static void Apply(CgroupTarget target, LinuxMemory memory)
    {
        if (target.Unified)
        {
            ApplyUnified(target, memory);
        }
        else
        {
            ApplyLegacy(target, memory);
        }
    }

    private static void ApplyLegacy(CgroupTarget target, LinuxMemory memory)
    {
        const string LimitFile = "memory.limit_in_bytes", SwapFile = "memory.memsw.limit_in_bytes";
        if (memory.Limit == -1 && (memory.Swap is null or 0))
        {
            // the kernel lets no memory be without a limit below a limit of memory and swap
            memory = memory with { Swap = -1 };
        }

        bool setsLimit = memory.Limit is { } limit and not 0, setsSwap = memory.Swap is { } swap and not 0;
        if (setsLimit && setsSwap && target.Has(SwapFile))
        {
            // memory+swap may never be below memory: grow it first, shrink it last
            bool swapFirst = memory.Swap == -1 || memory.Swap >= Current(target, SwapFile);
            if (swapFirst)
            {
                target.Write(SwapFile, $"{memory.Swap}");
                SetLimit(target, LimitFile, memory.Limit!.Value);
            }
            else
            {
                SetLimit(target, LimitFile, memory.Limit!.Value);
                target.Write(SwapFile, $"{memory.Swap}");
            }
        }
        else
        {
            if (setsLimit)
            {
                SetLimit(target, LimitFile, memory.Limit!.Value);
            }

            // -1 (no limit) and "as much as memory" need no swap accounting to hold
            if (setsSwap && (target.Has(SwapFile) || (memory.Swap != -1 && memory.Swap != memory.Limit)))
            {
                target.Write(SwapFile, $"{memory.Swap}");
            }
        }

        if (memory.Reservation is { } reservation and not 0)
        {
            target.Write("memory.soft_limit_in_bytes", $"{reservation}");
        }

        if (memory.KernelTcp is { } tcp and not 0)
        {
            target.Write("memory.kmem.tcp.limit_in_bytes", $"{tcp}");
        }

        if (memory.Kernel is > 0)
        {
            target.Warnings.Add("kernel memory limits were removed from the kernel: discarded");
        }

        if (memory.DisableOomKiller == true)
        {
            target.Write("memory.oom_control", "1");
        }

        if (memory.Swappiness is { } swappiness)
        {
            if (swappiness > 100)
            {
                throw WharfException.Invalid($"invalid memory swappiness value: {swappiness} (valid range is 0-100)");
            }

            target.Write("memory.swappiness", $"{swappiness}");
        }
    }

    private static void ApplyUnified(CgroupTarget target, LinuxMemory memory)
    {
        if (memory.Swap is { } swap and not 0)
        {
            // v1 counts memory and swap together, v2 swap alone
            long? alone = swap == -1 ? -1 : memory.Limit is > 0 and { } limit ? swap - limit : null;
            if (alone is null or < -1)
            {
                throw WharfException.Invalid($"memory+swap limit {swap} must not be below the memory limit {memory.Limit ?? 0}");
            }

            target.Write("memory.swap.max", Value(alone.Value));
        }

        if (memory.Limit is { } max and not 0)
        {
            target.Write("memory.max", Value(max));
        }

        if (memory.Reservation is { } low and not 0)
        {
            target.Write("memory.low", Value(low));
        }

        if (memory.DisableOomKiller == true)
        {
            target.Warnings.Add("cgroup v2 cannot disable the OOM killer: discarded");
        }

        if (memory.Swappiness is not null)
        {
            target.Warnings.Add("cgroup v2 has no memory swappiness: discarded");
        }
    }

    private static void SetLimit(CgroupTarget target, string file, long limit)
    {
        Errno errno = target.TryWrite(file, limit.ToString(CultureInfo.InvariantCulture));
        if (errno == Errno.EBUSY)
        {
            _ = SmallFile.TryRead($"{target.Directory}/memory.usage_in_bytes", out string usage);
            throw WharfException.Conflict($"unable to set memory limit to {limit} (current usage: {usage.Trim()})");
        }

        errno.ThrowIfError($"failed to write {limit} to", $"{target.Directory}/{file}");
    }

    // no limit reads as a number near 2^63
    private static long Current(CgroupTarget target, string file) =>
        SmallFile.TryRead($"{target.Directory}/{file}", out string text) == Errno.None
        && long.TryParse(text.AsSpan().Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value : long.MaxValue;

    private static string Value(long bytes) => bytes < 0 ? "max" : bytes.ToString(CultureInfo.InvariantCulture);
}
