using Wharf.Client.Answers;
using Wharf.Api.Volumes;
using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;
using Wharf.Cli.Framework.Output;
using Wharf.Client.Http;

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
        Run = new(RunAsync),
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
        VolumeListResponse response = await cli.Client.GetAsync("/volumes" + query, ClientJson.Default.VolumeListResponse, ct);
        string format = call.String("format");
        bool quiet = call.Bool("quiet");
        if (format.Length == 0)
        {
            format = cli.Config["volumesFormat"] is { Length: > 0 } configured && !quiet ? configured : "table";
        }

        format = quiet
            ? RawFormat.ExpandQuiet(format, "name", "Name")
            : RawFormat.Expand(format, RawFormat.Field("name", "Name"), RawFormat.Field("driver", "Driver"));
        cli.Out.Write(TableFormat.Render(quiet && format == "table" ? "{{.Name}}" : format, Table, "*formatter.volumeContext", VolumeColumns.All,
            (response.Volumes ?? []).OrderBy(v => v.Name, Comparer<string?>.Create((a, b) => Containers.PortCommand.Natural(a ?? "", b ?? "")))));
        return 0;
    }
}
