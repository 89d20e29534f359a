using System.Globalization;
using Wharf.Client.Answers;
using Wharf.Api.Containers;
using Wharf.Api.System;
using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;
using Wharf.Cli.Framework.Output;

namespace Wharf.Cli.Engine;

internal static class DiskUsageCommand
{
    private const string Table = "{{.Type}}\t{{.TotalCount}}\t{{.Active}}\t{{.Size}}\t{{.Reclaimable}}";

    private static readonly Column<Line>[] Columns =
    [
        new("Type", "TYPE", l => l.Type),
        new("TotalCount", "TOTAL", l => l.Total.ToString(CultureInfo.InvariantCulture)),
        new("Active", "ACTIVE", l => l.Active.ToString(CultureInfo.InvariantCulture)),
        new("Size", "SIZE", l => Units.Size(l.Size, 4)),
        new("Reclaimable", "RECLAIMABLE", l => l.ReclaimableText),
    ];

    public static Command Definition => new("df", "Show docker disk usage")
    {
        Usage = "[OPTIONS]",
        Arity = Arity.None,
        Flags =
        [
            new("format", FlagKind.String, FormatHelp.List),
            new("verbose", 'v', FlagKind.Bool, "Show detailed information on space usage"),
        ],
        Run = new(RunAsync),
    };

    private static async Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        CliContext cli = call.Cli;
        bool verbose = call.Bool("verbose");
        string format = call.String("format") is { Length: > 0 } given ? given : "table";
        format = verbose ? format : RawFormat.Expand(format,
            RawFormat.Field("type", "Type"), RawFormat.Field("total", "TotalCount"), RawFormat.Field("active", "Active"),
            RawFormat.Field("size", "Size"), RawFormat.Field("reclaimable", "Reclaimable"));
        DiskUsageResponse usage = await cli.Client.GetAsync(verbose ? "/system/df?verbose=1" : "/system/df", ClientJson.Default.DiskUsageResponse, ct);
        cli.Out.Write(verbose
            ? new DiskUsageDetails(usage, cli.Clock).Render(format)
            : TableFormat.Render(format, Table, "*formatter.diskUsageImagesContext", Columns, Lines(usage)));
        return 0;
    }

    private sealed record Line(string Type, long Total, long Active, long Size, long Reclaimable, bool WithPercent)
    {
        public string ReclaimableText => WithPercent && Size > 0
            ? string.Create(CultureInfo.InvariantCulture, $"{Units.Size(Reclaimable, 4)} ({Reclaimable * 100 / Size}%)")
            : Units.Size(Reclaimable, 4);

        public static Line Of<T>(string type, DiskUsageOf<T> sums, bool withPercent = true) => new(type, sums.TotalCount, sums.ActiveCount, sums.TotalSize, sums.Reclaimable, withPercent);
    }

    // Engines give sums from API 1.52 on; of older ones the lists are summed up here.
    private static IEnumerable<Line> Lines(DiskUsageResponse usage) =>
    [
        usage.ImageUsage is { } images ? Line.Of("Images", images) : Images(usage),
        usage.ContainerUsage is { } containers ? Line.Of("Containers", containers) : Containers(usage),
        usage.VolumeUsage is { } volumes ? Line.Of("Local Volumes", volumes) : Volumes(usage),
        usage.BuildCacheUsage is { } cache ? Line.Of("Build Cache", cache, withPercent: false) : BuildCache(usage),
    ];

    private static Line Images(DiskUsageResponse usage)
    {
        long size = usage.LayersSize ?? 0;
        long used = (usage.Images ?? []).Where(i => i.Containers != 0 && i.Size != -1 && i.SharedSize != -1).Sum(i => i.Size - i.SharedSize);
        return new Line("Images", usage.Images?.Count ?? 0, usage.Images?.Count(i => i.Containers > 0) ?? 0, size, size - used, true);
    }

    private static Line Containers(DiskUsageResponse usage)
    {
        List<ContainerSummary> all = usage.Containers ?? [];
        List<ContainerSummary> idle = all.FindAll(c => c.State is not ("running" or "paused" or "restarting"));
        return new Line("Containers", all.Count, all.Count - idle.Count, all.Sum(c => c.SizeRw ?? 0), idle.Sum(c => c.SizeRw ?? 0), true);
    }

    private static Line Volumes(DiskUsageResponse usage)
    {
        List<Api.Volumes.Volume> all = usage.Volumes ?? [];
        List<Api.Volumes.Volume> idle = all.FindAll(v => v.UsageData?.RefCount is null or 0);
        return new Line("Local Volumes", all.Count, all.Count - idle.Count, Sum(all), Sum(idle), true);

        static long Sum(List<Api.Volumes.Volume> volumes) => volumes.Sum(v => Math.Max(0, v.UsageData?.Size ?? 0));
    }

    private static Line BuildCache(DiskUsageResponse usage)
    {
        List<Api.Builds.BuildCache> all = usage.BuildCache ?? [];
        return new Line("Build Cache", all.Count, all.Count(c => c.InUse), all.Sum(c => c.Size), all.Where(c => !c.InUse && !c.Shared).Sum(c => c.Size), false);
    }
}
