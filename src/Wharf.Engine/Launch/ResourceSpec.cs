using Wharf.Api.Containers;
using Wharf.Linux;
using Wharf.Oci.Runtime;
using Wharf.Primitives;

namespace Wharf.Engine.Launch;

/// <summary>A host configuration's limits in the runtime specification's units.</summary>
internal static class ResourceSpec
{
    private const long CpuPeriod = 100_000;

    public static LinuxResources Of(HostConfig host, IReadOnlyList<LinuxDeviceRule>? devices) => new()
    {
        Devices = devices,
        Memory = Memory(host),
        Cpu = Cpu(host),
        Pids = host.PidsLimit is { } limit && limit != 0 ? new LinuxPids { Limit = limit } : null,
        BlockIo = BlockIo(host),
    };

    private static LinuxMemory? Memory(HostConfig host)
    {
        if (host.Memory == 0 && host.MemoryReservation == 0 && host.MemorySwap == 0 && host.MemorySwappiness is null or -1 && host.OomKillDisable != true)
        {
            return null;
        }

        return new LinuxMemory
        {
            Limit = host.Memory != 0 ? host.Memory : null,
            Reservation = host.MemoryReservation != 0 ? host.MemoryReservation : null,
            Swap = host.MemorySwap != 0 ? host.MemorySwap : null,
            Swappiness = host.MemorySwappiness is { } swappiness && swappiness != -1 ? (ulong)swappiness : null,
            DisableOomKiller = host.OomKillDisable == true ? true : null,
        };
    }

    private static LinuxCpu? Cpu(HostConfig host)
    {
        var cpu = new LinuxCpu
        {
            Shares = host.CpuShares > 0 ? (ulong)host.CpuShares : null,
            Cpus = string.IsNullOrEmpty(host.CpusetCpus) ? null : host.CpusetCpus,
            Mems = string.IsNullOrEmpty(host.CpusetMems) ? null : host.CpusetMems,
            Period = host.NanoCpus > 0 ? (ulong)CpuPeriod : host.CpuPeriod > 0 ? (ulong)host.CpuPeriod : null,
            Quota = host.NanoCpus > 0 ? host.NanoCpus * CpuPeriod / 1_000_000_000 : host.CpuQuota != 0 ? host.CpuQuota : null,
            RealtimePeriod = host.CpuRealtimePeriod > 0 ? (ulong)host.CpuRealtimePeriod : null,
            RealtimeRuntime = host.CpuRealtimeRuntime != 0 ? host.CpuRealtimeRuntime : null,
        };
        return cpu == new LinuxCpu() ? null : cpu;
    }

    private static LinuxBlockIo? BlockIo(HostConfig host)
    {
        bool weights = host.BlkioWeightDevice is { Count: > 0 };
        bool throttles = host.BlkioDeviceReadBps is { Count: > 0 } || host.BlkioDeviceWriteBps is { Count: > 0 } || host.BlkioDeviceReadIOps is { Count: > 0 } || host.BlkioDeviceWriteIOps is { Count: > 0 };
        if (host.BlkioWeight == 0 && !weights && !throttles)
        {
            return null;
        }

        return new LinuxBlockIo
        {
            Weight = host.BlkioWeight == 0 ? null : (ushort)host.BlkioWeight,
            WeightDevice = weights ? [.. host.BlkioWeightDevice!.Select(Weight)] : null,
            ThrottleReadBpsDevice = Throttles(host.BlkioDeviceReadBps),
            ThrottleWriteBpsDevice = Throttles(host.BlkioDeviceWriteBps),
            ThrottleReadIopsDevice = Throttles(host.BlkioDeviceReadIOps),
            ThrottleWriteIopsDevice = Throttles(host.BlkioDeviceWriteIOps),
        };
    }

    private static LinuxWeightDevice Weight(HostConfigBlkioWeightDevice device)
    {
        (long major, long minor) = Numbers(device.Path ?? "");
        return new LinuxWeightDevice { Major = major, Minor = minor, Weight = (ushort)device.Weight };
    }

    private static IReadOnlyList<LinuxThrottleDevice>? Throttles(List<ThrottleDevice>? devices) => devices is null or [] ? null :
    [
        .. devices.Select(device =>
        {
            (long major, long minor) = Numbers(device.Path ?? "");
            return new LinuxThrottleDevice { Major = major, Minor = minor, Rate = (ulong)device.Rate };
        }),
    ];

    private static (long Major, long Minor) Numbers(string path) =>
        NameCalls.Status(FileCalls.CurrentDirectory, path, AtFlags.None, out FileStatus status) == Errno.None && status.IsDevice
            ? (status.SpecialMajor, status.SpecialMinor)
            : throw WharfException.Invalid($"error gathering device information: \"{path}\": no such device");
}
