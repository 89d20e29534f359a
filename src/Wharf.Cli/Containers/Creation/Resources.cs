using Wharf.Api.Containers;
using Wharf.Cli.Framework.Commands;

namespace Wharf.Cli.Containers.Creation;

/// <summary>Limits of memory, processors, processes and block I/O.</summary>
internal static class Resources
{
    public static void Apply(Invocation call, HostConfig host)
    {
        host.Memory = call.Int("memory");
        host.MemoryReservation = call.Int("memory-reservation");
        host.MemorySwap = call.Int("memory-swap");
        host.OomKillDisable = call.Bool("oom-kill-disable");
        host.NanoCpus = call.Int("cpus");
        host.CpuShares = call.Int("cpu-shares");
        host.CpuPeriod = call.Int("cpu-period");
        host.CpuQuota = call.Int("cpu-quota");
        host.CpuRealtimePeriod = call.Int("cpu-rt-period");
        host.CpuRealtimeRuntime = call.Int("cpu-rt-runtime");
        host.CpusetCpus = call.String("cpuset-cpus");
        host.CpusetMems = call.String("cpuset-mems");
        host.CpuCount = call.Int("cpu-count");
        host.CpuPercent = call.Int("cpu-percent");
        host.PidsLimit = call.Int("pids-limit");
        host.ShmSize = call.Int("shm-size");
        host.BlkioWeight = call.Int("blkio-weight");
        host.BlkioWeightDevice = Parsed(call, "blkio-weight-device", ThrottleSpec.ParseWeight);
        host.BlkioDeviceReadBps = Parsed(call, "device-read-bps", ThrottleSpec.ParseRate);
        host.BlkioDeviceWriteBps = Parsed(call, "device-write-bps", ThrottleSpec.ParseRate);
        host.BlkioDeviceReadIOps = Parsed(call, "device-read-iops", ThrottleSpec.ParseOperations);
        host.BlkioDeviceWriteIOps = Parsed(call, "device-write-iops", ThrottleSpec.ParseOperations);
        host.IOMaximumBandwidth = call.Int("io-maxbandwidth");
        host.IOMaximumIOps = call.Int("io-maxiops");
        host.Ulimits = CreateRequest.OrNull(Parsed(call, "ulimit", UlimitSpec.Parse));
    }

    private static List<T> Parsed<T>(Invocation call, string flag, Func<string, T> parse) => [.. call.List(flag).Select(parse)];
}
