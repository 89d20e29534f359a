using System.Globalization;
using System.Text.Json;
using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Output;

namespace Wharf.Cli.Containers;

/// <summary>One line of <c>stats</c>, computed from two measurements as Docker's client does.</summary>
internal sealed record ContainerUsage(string Container)
{
    public string Id { get; private init; } = "--";

    public string Name { get; private init; } = "--";

    public string Cpu { get; private init; } = "--";

    public string Memory { get; private init; } = "-- / --";

    public string MemoryPercent { get; private init; } = "--";

    public string Network { get; private init; } = "--";

    public string Block { get; private init; } = "--";

    public string Pids { get; private init; } = "--";

    public static ContainerUsage Unknown(string container) => new(container) { Id = container };

    public static ContainerUsage From(string container, JsonElement stats)
    {
        JsonElement memory = stats.Member("memory_stats") ?? default;
        double used = UsedMemory(memory);
        double limit = memory.Real("limit");
        (long received, long sent) = NetworkBytes(stats);
        (long read, long written) = BlockBytes(stats);
        return new ContainerUsage(container)
        {
            Id = stats.Text("id") is { Length: > 0 } id ? id : container,
            Name = stats.Text("name").TrimStart('/'),
            Cpu = Percent(CpuPercent(stats)),
            Memory = $"{Units.BinarySize(used)} / {Units.BinarySize(limit)}",
            MemoryPercent = Percent(limit > 0 ? used / limit * 100 : 0),
            Network = $"{Units.Size(received)} / {Units.Size(sent)}",
            Block = $"{Units.Size(read)} / {Units.Size(written)}",
            Pids = (stats.Member("pids_stats")?.Number("current") ?? 0).ToString(CultureInfo.InvariantCulture),
        };
    }

    public static Column<ContainerUsage>[] Columns(bool noTrunc) =>
    [
        new("Container", "CONTAINER", u => u.Container),
        new("Name", "NAME", u => u.Name),
        new("ID", "CONTAINER ID", u => noTrunc ? u.Id : Units.ShortId(u.Id)),
        new("CPUPerc", "CPU %", u => u.Cpu),
        new("MemUsage", "MEM USAGE / LIMIT", u => u.Memory),
        new("MemPerc", "MEM %", u => u.MemoryPercent),
        new("NetIO", "NET I/O", u => u.Network),
        new("BlockIO", "BLOCK I/O", u => u.Block),
        new("PIDs", "PIDS", u => u.Pids),
    ];

    // the page cache that can be dropped is not counted: total_inactive_file on v1, inactive_file on v2
    private static double UsedMemory(JsonElement memory)
    {
        double usage = memory.Real("usage");
        JsonElement detail = memory.Member("stats") ?? default;
        double inactive = detail.Member("total_inactive_file") is null ? detail.Real("inactive_file") : detail.Real("total_inactive_file");
        return inactive < usage ? usage - inactive : usage;
    }

    private static double CpuPercent(JsonElement stats)
    {
        JsonElement now = stats.Member("cpu_stats") ?? default;
        JsonElement before = stats.Member("precpu_stats") ?? default;
        double cpu = (now.Member("cpu_usage")?.Real("total_usage") ?? 0) - (before.Member("cpu_usage")?.Real("total_usage") ?? 0);
        double system = now.Real("system_cpu_usage") - before.Real("system_cpu_usage");
        double processors = now.Real("online_cpus");
        if (processors == 0)
        {
            processors = now.Member("cpu_usage")?.Items("percpu_usage").Count() ?? 0;
        }

        return system > 0 && cpu > 0 ? cpu / system * processors * 100 : 0;
    }

    private static (long Received, long Sent) NetworkBytes(JsonElement stats)
    {
        List<JsonElement> networks = [.. stats.Properties("networks").Select(p => p.Value)];
        return (networks.Sum(n => n.Number("rx_bytes")), networks.Sum(n => n.Number("tx_bytes")));
    }

    private static (long Read, long Written) BlockBytes(JsonElement stats)
    {
        List<JsonElement> entries = [.. (stats.Member("blkio_stats") ?? default).Items("io_service_bytes_recursive")];
        long Sum(char kind) => entries.Where(e => e.Text("op") is { Length: > 0 } op && char.ToLowerInvariant(op[0]) == kind).Sum(e => e.Number("value"));
        return (Sum('r'), Sum('w'));
    }

    private static string Percent(double value) => value.ToString("F2", CultureInfo.InvariantCulture) + "%";
}
