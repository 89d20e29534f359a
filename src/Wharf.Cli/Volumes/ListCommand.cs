using Wharf.Api.Json;
using Wharf.Api.Volumes;
using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;
using Wharf.Cli.Framework.Output;
using Wharf.Client.Http;
using Wharf.Templates.Values;

namespace Wharf.Cli.Volumes;

internal static class ListCommand
{
    private const string Table = "{{.Driver}}\t{{.Name}}";

    public static Command Definition => new("ls", "List volumes")
    {
        Usage = "[OPTIONS]",
        OtherNames = ["list"],
        Aliases = ["volume ls", "volume list"],
        Arity = Arity.None,
        Flags =
        [
            new("cluster", FlagKind.Bool, "Display only cluster volumes, and use cluster volume list formatting"),
            new("filter", 'f', FlagKind.Filter, "Provide filter values (e.g. \"dangling=true\")"),
            new("format", FlagKind.String, FormatHelp.List),
            new("quiet", 'q', FlagKind.Bool, "Only display volume names"),
        ],
        Run = RunAsync,
    };

    private static async Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        if (call.Bool("cluster"))
        {
            throw new CommandException("--cluster lists volumes of a swarm; this engine is not in a swarm");
        }

        CliContext cli = call.Cli;
        var query = new Query();
        query.AddFilters(Filters.From(call));
        VolumeListResponse response = await cli.Client.GetAsync("/volumes" + query, ApiJsonContext.Default.VolumeListResponse, ct);
        string format = call.String("format");
        bool quiet = call.Bool("quiet");
        if (format.Length == 0)
        {
            format = cli.Config["volumesFormat"] is { Length: > 0 } configured && !quiet ? configured : "table";
        }

        Column<Volume>[] columns =
        [
            new("Name", "VOLUME NAME", v => v.Name ?? ""),
            new("Driver", "DRIVER", v => v.Driver ?? ""),
            new("Scope", "SCOPE", v => v.Scope ?? ""),
            new("Mountpoint", "MOUNTPOINT", v => v.Mountpoint ?? ""),
            new("Labels", "LABELS", v => Labels.Join(v.Labels)),
            new("Label", "LABEL", v => new TemplateMethod(1, a => v.Labels is { } l && a[0] is string name && l.TryGetValue(name, out string? t) ? t : "")) { InJson = false },
            new("Links", "LINKS", v => v.UsageData is { } usage ? usage.RefCount.ToString(System.Globalization.CultureInfo.InvariantCulture) : "N/A"),
            new("Size", "SIZE", v => v.UsageData is { } usage ? Units.Size(usage.Size, 4) : "N/A"),
            new("Group", "GROUP", _ => "N/A"),
            new("Availability", "AVAILABILITY", _ => "N/A"),
            new("Status", "STATUS", _ => "N/A"),
        ];
        cli.Out.Write(TableFormat.Render(quiet && format == "table" ? "{{.Name}}" : format, Table, "*formatter.volumeContext", columns,
            (response.Volumes ?? []).OrderBy(v => v.Name, Comparer<string?>.Create((a, b) => Containers.PortCommand.Natural(a ?? "", b ?? "")))));
        return 0;
    }
}
