using Wharf.Client.Answers;
using Wharf.Api.Networks;
using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;
using Wharf.Cli.Framework.Output;
using Wharf.Client.Http;
using Wharf.Templates.Values;

namespace Wharf.Cli.Networks;

internal static class ListCommand
{
    private const string Table = "{{.ID}}\t{{.Name}}\t{{.Driver}}\t{{.Scope}}";

    public static Command Definition => new("ls", "List networks")
    {
        Usage = "[OPTIONS]",
        OtherNames = ["list"],
        Aliases = ["network ls", "network list"],
        Arity = Arity.None,
        Flags =
        [
            new("filter", 'f', FlagKind.Filter, "Provide filter values (e.g. \"driver=bridge\")"),
            new("format", FlagKind.String, FormatHelp.List),
            new("no-trunc", FlagKind.Bool, "Do not truncate the output"),
            new("quiet", 'q', FlagKind.Bool, "Only display network IDs"),
        ],
        Run = new(RunAsync),
    };

    private static async Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        CliContext cli = call.Cli;
        var query = new Query();
        query.AddFilters(Filters.From(call));
        List<NetworkSummary> networks = await cli.Client.GetAsync("/networks" + query, ClientJson.Default.ListNetworkSummary, ct);
        string format = call.String("format");
        bool quiet = call.Bool("quiet");
        if (format.Length == 0)
        {
            format = cli.Config["networksFormat"] is { Length: > 0 } configured && !quiet ? configured : "table";
        }

        bool noTrunc = call.Bool("no-trunc");
        Column<NetworkSummary>[] columns =
        [
            new("ID", "NETWORK ID", n => noTrunc ? n.Id : Units.ShortId(n.Id ?? "")),
            new("Name", "NAME", n => n.Name ?? ""),
            new("Driver", "DRIVER", n => n.Driver ?? ""),
            new("Scope", "SCOPE", n => n.Scope ?? ""),
            new("IPv4", "IPV4", n => Text(n.EnableIPv4)),
            new("IPv6", "IPV6", n => Text(n.EnableIPv6)),
            new("Internal", "INTERNAL", n => Text(n.Internal)),
            new("Labels", "LABELS", n => Labels.Join(n.Labels)),
            new("Label", "LABEL", n => new TemplateMethod(1, a => n.Labels is { } l && a[0] is string name && l.TryGetValue(name, out string? v) ? v : "")) { InJson = false },
            new("CreatedAt", "CREATED AT", n => DateTimeOffset.TryParse(n.Created, out DateTimeOffset time) ? GoTime.Exact(time, n.Created!) : ""),
        ];
        format = quiet
            ? RawFormat.ExpandQuiet(format, "network_id", "ID")
            : RawFormat.Expand(format, RawFormat.Field("network_id", "ID"), RawFormat.Field("name", "Name"), RawFormat.Field("driver", "Driver"), RawFormat.Field("scope", "Scope"));
        cli.Out.Write(TableFormat.Render(quiet && format == "table" ? "{{.ID}}" : format, Table, "*network.networkContext", columns,
            networks.OrderBy(n => n.Name, Comparer<string?>.Create((a, b) => Containers.PortCommand.Natural(a ?? "", b ?? "")))));
        return 0;
    }

    private static string Text(bool flag) => flag ? "true" : "false";
}
