using System.Globalization;
using System.Runtime.CompilerServices;
using Wharf.Api.Stats;
using Wharf.Engine.Containers;
using Wharf.Engine.Launch;
using Wharf.Linux;
using Wharf.Network.Sandboxes;
using Wharf.Runtime.Cgroups;

namespace Wharf.Engine.Stats;

/// <summary>Samples of what containers use, read from their cgroups and interfaces.</summary>
internal sealed class ContainerStats(EngineCore core) : IContainerStats
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private const string Never = "0001-01-01T00:00:00Z";

    public IAsyncEnumerable<ContainerStatsResponse> StreamAsync(string containerNameOrId, CancellationToken ct) =>
        ReadAsync(core.Containers.Get(containerNameOrId), ct);

    public async Task<ContainerStatsResponse> SampleAsync(string containerNameOrId, bool withPrevious, CancellationToken ct)
    {
        Container container = core.Containers.Get(containerNameOrId);
        ContainerStatsResponse first = await SampleAsync(container, null, ct);
        if (!withPrevious || container.Run is null)
        {
            return first;
        }

        await Task.Delay(Interval, core.Clock, ct);
        return await SampleAsync(container, first, ct);
    }

    private async IAsyncEnumerable<ContainerStatsResponse> ReadAsync(Container container, [EnumeratorCancellation] CancellationToken ct)
    {
        ContainerStatsResponse? previous = null;
        while (core.Containers.Find(container.Id) is not null)
        {
            previous = await SampleAsync(container, previous, ct);
            yield return previous;
            await Task.Delay(Interval, core.Clock, ct);
        }
    }

    private async Task<ContainerStatsResponse> SampleAsync(Container container, ContainerStatsResponse? previous, CancellationToken ct)
    {
        ContainerRecord record = container.Current;
        var sample = new ContainerStatsResponse
        {
            Id = record.Id,
            Name = "/" + record.Name,
            OsType = "linux",
            Read = container.Run is null ? Never : core.Now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'00Z'", CultureInfo.InvariantCulture),
            Preread = previous?.Read ?? Never,
            CpuStats = Idle(),
            PrecpuStats = previous?.CpuStats ?? Idle(),
            MemoryStats = new ContainerMemoryStats(),
            PidsStats = new ContainerPidsStats(),
            BlkioStats = new ContainerBlkioStats(),
            StorageStats = new ContainerStorageStats(),
        };
        if (container.Run is null)
        {
            return sample;
        }

        var used = CgroupStatistics.Read(ContainerCgroup.Open(SpecBuilder.CgroupPath(record, core.Options), record.Id));
        sample.CpuStats = Cpu(used);
        sample.MemoryStats = Memory(used);
        sample.PidsStats = new ContainerPidsStats { Current = used.Pids, Limit = used.PidsLimit };
        sample.BlkioStats = BlockIo(used);
        IReadOnlyList<InterfaceStatistics> interfaces = await core.Networks.GetStatisticsAsync(record.Id, ct);
        if (interfaces.Count > 0)
        {
            sample.Networks = interfaces.ToDictionary(i => i.Interface, Network, StringComparer.Ordinal);
        }

        return sample;
    }

    private static ContainerCpuStats Idle() => new()
    {
        CpuUsage = new ContainerCpuUsage(),
        ThrottlingData = new ContainerThrottlingData(),
    };

    private static ContainerCpuStats Cpu(CgroupStatistics used) => new()
    {
        CpuUsage = new ContainerCpuUsage
        {
            TotalUsage = used.CpuNanoseconds,
            UsageInKernelmode = used.CpuSystemNanoseconds,
            UsageInUsermode = used.CpuUserNanoseconds,
            PercpuUsage = used.PerCpuNanoseconds.Count > 0 ? [.. used.PerCpuNanoseconds] : null,
        },
        SystemCpuUsage = HostCpu.TotalNanoseconds(),
        OnlineCpus = Environment.ProcessorCount,
        ThrottlingData = new ContainerThrottlingData
        {
            Periods = used.ThrottlingPeriods,
            ThrottledPeriods = used.ThrottledPeriods,
            ThrottledTime = used.ThrottledNanoseconds,
        },
    };

    private static ContainerMemoryStats Memory(CgroupStatistics used) => new()
    {
        Usage = used.MemoryBytes,
        MaxUsage = used.IsUnified ? null : used.MemoryMaxBytes,
        Failcnt = used.IsUnified ? null : used.MemoryFailures,
        Limit = Math.Min(used.MemoryLimitBytes, HostMemory.TotalBytes()),
        Stats = new Dictionary<string, ulong>(used.MemoryStatistics),
    };

    private static ContainerBlkioStats BlockIo(CgroupStatistics used) => new()
    {
        IoServiceBytesRecursive = [.. used.BlockIoBytes.Select(Entry)],
        IoServicedRecursive = used.IsUnified ? null : [.. used.BlockIoOperations.Select(Entry)],
    };

    private static ContainerBlkioStatEntry Entry(BlockIoCounter counter) =>
        new() { Major = counter.Major, Minor = counter.Minor, Op = counter.Operation, Value = counter.Value };

    private static ContainerNetworkStats Network(InterfaceStatistics i) => new()
    {
        RxBytes = i.RxBytes,
        RxPackets = i.RxPackets,
        RxErrors = i.RxErrors,
        RxDropped = i.RxDropped,
        TxBytes = i.TxBytes,
        TxPackets = i.TxPackets,
        TxErrors = i.TxErrors,
        TxDropped = i.TxDropped,
    };
}
