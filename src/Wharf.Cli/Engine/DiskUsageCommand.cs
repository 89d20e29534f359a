using System.Globalization;
using System.Text.Json;
using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;
using Wharf.Cli.Framework.Output;

namespace Wharf.Cli.Engine;

internal static class DiskUsageCommand
{
    private const string Table = "{{.Type}}\t{{.TotalCount}}\t{{.Active}}\t{{.Size}}\t{{.Reclaimable}}";

    public static Command Definition => new("df", "Show docker disk usage")
    {
        Usage = "[OPTIONS]",
        Arity = Arity.None,
        Flags =
        [
            new("format", FlagKind.String, FormatHelp.List),
            new("verbose", 'v', FlagKind.Bool, "Show detailed information on space usage"),
        ],
        Run = RunAsync,
    };

    private static async Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        CliContext cli = call.Cli;
        byte[] json = await cli.Client.GetBytesAsync("/system/df", ct);
        using JsonDocument document = JsonDocument.Parse(json);
        if (call.Bool("verbose"))
        {
            if (call.String("format") is not ("" or "table"))
            {
                throw new CommandException("the verbose form has tables only: --format is not supported together with --verbose");
            }

            cli.Out.Write(DiskUsageDetails.Render(document.RootElement, cli.Clock));
            return 0;
        }

        Column<Line>[] columns =
        [
            new("Type", "TYPE", l => l.Type),
            new("TotalCount", "TOTAL", l => l.Total.ToString(CultureInfo.InvariantCulture)),
            new("Active", "ACTIVE", l => l.Active.ToString(CultureInfo.InvariantCulture)),
            new("Size", "SIZE", l => Units.Size(l.Size, 4)),
            new("Reclaimable", "RECLAIMABLE", l => l.ReclaimableText),
        ];
        string format = call.String("format") is { Length: > 0 } given ? given : "table";
        cli.Out.Write(TableFormat.Render(format, Table, "*formatter.diskUsageContext", columns, Lines(document.RootElement)));
        return 0;
    }

    private sealed record Line(string Type, int Total, int Active, long Size, long Reclaimable, bool WithPercent)
    {
        public string ReclaimableText => WithPercent && Size > 0
            ? string.Create(CultureInfo.InvariantCulture, $"{Units.Size(Reclaimable, 4)} ({Reclaimable * 100 / Size}%)")
            : Units.Size(Reclaimable, 4);
    }

    private static IEnumerable<Line> Lines(JsonElement usage)
    {
        List<JsonElement> images = [.. usage.Items("Images")];
        long layers = usage.Number("LayersSize");
        long used = images.Where(i => i.Number("Containers") != 0 && i.Number("Size") != -1 && i.Number("SharedSize") != -1)
            .Sum(i => i.Number("Size") - i.Number("SharedSize"));
        yield return new Line("Images", images.Count, images.Count(i => i.Number("Containers") > 0), layers, layers - used, true);

        List<JsonElement> containers = [.. usage.Items("Containers")];
        bool IsActive(JsonElement c) => c.Text("State") is "running" or "paused" or "restarting";
        long size = containers.Sum(c => c.Number("SizeRw"));
        yield return new Line("Containers", containers.Count, containers.Count(IsActive), size,
            containers.Where(c => !IsActive(c)).Sum(c => c.Number("SizeRw")), true);

        List<JsonElement> volumes = [.. usage.Items("Volumes")];
        long Usage(JsonElement v, string name) => v.Member("UsageData")?.Number(name) ?? 0;
        yield return new Line("Local Volumes", volumes.Count, volumes.Count(v => Usage(v, "RefCount") > 0),
            volumes.Sum(v => Math.Max(0, Usage(v, "Size"))), volumes.Where(v => Usage(v, "RefCount") == 0).Sum(v => Math.Max(0, Usage(v, "Size"))), true);

        List<JsonElement> cache = [.. usage.Items("BuildCache")];
        yield return new Line("Build Cache", cache.Count, cache.Count(c => c.Flag("InUse")), usage.Member("BuilderSize") is null ? cache.Sum(c => c.Number("Size")) : usage.Number("BuilderSize"),
            cache.Where(c => !c.Flag("InUse") && !c.Flag("Shared")).Sum(c => c.Number("Size")), false);
    }
}
