using Wharf.Oci.Runtime;

namespace Wharf.Runtime.Cgroups;

/// <summary>resources.blockIO: blkio on v1, io on v2.</summary>
internal static class BlockIoLimits
{
    public static void Apply(CgroupLimits limits, LinuxBlockIo io)
    {
        bool wanted = io.Weight is not (null or 0) || io.LeafWeight is not (null or 0) || Any(io.WeightDevice) || Any(io.ThrottleReadBpsDevice)
            || Any(io.ThrottleWriteBpsDevice) || Any(io.ThrottleReadIopsDevice) || Any(io.ThrottleWriteIopsDevice);
        if (!wanted)
        {
            return;
        }

        if (limits.Find("blkio", "block I/O limits", false) is { } legacy)
        {
            ApplyLegacy(legacy, io);
        }
        else if (limits.Find("io", "block I/O limits", true) is { } unified)
        {
            ApplyUnified(unified, io);
        }
    }

    private static void ApplyLegacy(CgroupTarget target, LinuxBlockIo io)
    {
        // the name depends on which scheduler gives weights
        string weightFile = target.Has("blkio.weight") || !target.Has("blkio.bfq.weight") ? "blkio.weight" : "blkio.bfq.weight";
        if (io.Weight is { } weight and not 0)
        {
            target.Write(weightFile, $"{weight}");
        }

        if (io.LeafWeight is { } leaf and not 0)
        {
            target.Write("blkio.leaf_weight", $"{leaf}");
        }

        foreach (LinuxWeightDevice device in io.WeightDevice ?? [])
        {
            if (device.Weight is { } deviceWeight and not 0)
            {
                target.Write(weightFile + "_device", $"{device.Major}:{device.Minor} {deviceWeight}");
            }

            if (device.LeafWeight is { } leafWeight and not 0)
            {
                target.Write("blkio.leaf_weight_device", $"{device.Major}:{device.Minor} {leafWeight}");
            }
        }

        Throttle(target, "blkio.throttle.read_bps_device", "", io.ThrottleReadBpsDevice);
        Throttle(target, "blkio.throttle.write_bps_device", "", io.ThrottleWriteBpsDevice);
        Throttle(target, "blkio.throttle.read_iops_device", "", io.ThrottleReadIopsDevice);
        Throttle(target, "blkio.throttle.write_iops_device", "", io.ThrottleWriteIopsDevice);
    }

    private static void ApplyUnified(CgroupTarget target, LinuxBlockIo io)
    {
        bool bfq = target.Has("io.bfq.weight");
        if (io.Weight is { } weight and not 0)
        {
            target.Write(bfq ? "io.bfq.weight" : "io.weight", bfq ? $"{weight}" : $"default {WeightOf(weight)}");
        }

        foreach (LinuxWeightDevice device in io.WeightDevice ?? [])
        {
            if (device.Weight is { } deviceWeight and not 0)
            {
                target.Write(bfq ? "io.bfq.weight" : "io.weight", $"{device.Major}:{device.Minor} {(bfq ? deviceWeight : WeightOf(deviceWeight))}");
            }
        }

        Throttle(target, "io.max", "rbps=", io.ThrottleReadBpsDevice);
        Throttle(target, "io.max", "wbps=", io.ThrottleWriteBpsDevice);
        Throttle(target, "io.max", "riops=", io.ThrottleReadIopsDevice);
        Throttle(target, "io.max", "wiops=", io.ThrottleWriteIopsDevice);
    }

    // v1's 10 to 1000 as v2's 1 to 10000
    private static int WeightOf(ushort weight) => 1 + ((Math.Clamp((int)weight, 10, 1000) - 10) * 9999 / 990);

    private static void Throttle(CgroupTarget target, string file, string key, IReadOnlyList<LinuxThrottleDevice>? devices)
    {
        foreach (LinuxThrottleDevice device in devices ?? [])
        {
            string rate = device.Rate == 0 && key.Length > 0 ? "max" : $"{device.Rate}";
            target.Write(file, $"{device.Major}:{device.Minor} {key}{rate}");
        }
    }

    private static bool Any<T>(IReadOnlyList<T>? list) => list is { Count: > 0 };
}
