using Wharf.Api.Containers;
using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;
using Wharf.Cli.Framework.Output;
using Wharf.Client.Http;

namespace Wharf.Cli.Containers;

internal static class ListCommand
{
    private const string TypeName = "*formatter.ContainerContext";

    private const string Table =
        "{{.ID}}\t{{.Image}}\t{{.Command}}\t{{.RunningFor}}\t{{.Status}}\t{{.Ports}}\t{{.Names}}";

    public static Command Definition => new("ls", "List containers")
    {
        Usage = "[OPTIONS]",
        OtherNames = ["list", "ps"],
        Aliases = ["container ls", "container list", "container ps", "ps"],
        Arity = Arity.None,
        Flags =
        [
            new("all", 'a', FlagKind.Bool, "Show all containers (default shows just running)"),
            new("filter", 'f', FlagKind.Filter, "Filter output based on conditions provided"),
            new("format", FlagKind.String, FormatHelp.List),
            new("last", 'n', FlagKind.Int, "Show n last created containers (includes all states)", "-1"),
            new("latest", 'l', FlagKind.Bool, "Show the latest created container (includes all states)"),
            new("no-trunc", FlagKind.Bool, "Don't truncate output"),
            new("quiet", 'q', FlagKind.Bool, "Only display container IDs"),
            new("size", 's', FlagKind.Bool, "Display total file sizes"),
        ],
        Run = new(RunAsync),
    };

    private static async Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        CliContext cli = call.Cli;
        string format = call.String("format");
        bool quiet = call.Bool("quiet");
        if (format.Length == 0)
        {
            format = !quiet && cli.Config["psFormat"] is { Length: > 0 } configured ? configured : "table";
        }

        if (quiet && call.IsSet("format"))
        {
            cli.Error.WriteLine("WARNING: Ignoring custom format, because both --format and --quiet are set.");
            format = format == "raw" ? format : "table";
        }

        format = Raw(format, quiet, call.Bool("size"));
        Column<ContainerSummary>[] columns = ContainerColumns.For(cli.Clock, call.Bool("no-trunc"));
        if (format is not ("table" or "json"))
        {
            TableFormat.Check(format, TypeName, columns, new ContainerSummary());
        }

        long last = call.Bool("latest") && call.Int("last") == -1 ? 1 : call.Int("last");
        bool size = call.Bool("size") || (!call.IsSet("size") && !quiet && NeedsSize(format));
        var query = new Query
        {
            { "all", call.Bool("all") },
            { "limit", last > 0 ? last.ToString(System.Globalization.CultureInfo.InvariantCulture) : null },
            { "size", size },
        };
        query.AddFilters(Filters.From(call));
        List<ContainerSummary> containers = await cli.Client.ListContainersAsync(query, ct);
        cli.Out.Write(TableFormat.Render(
            quiet && format == "table" ? "{{.ID}}" : format,
            call.Bool("size") ? Table + "\t{{.Size}}" : Table,
            TypeName,
            columns,
            containers));
        return 0;
    }

    // Measuring is work for the engine; the word json alone does not ask for it, as in Docker's client.
    private static bool NeedsSize(string format) =>
        format.Contains(".Size", StringComparison.Ordinal) || format.Contains("json .", StringComparison.Ordinal);

    private static string Raw(string format, bool quiet, bool size) => quiet
        ? RawFormat.ExpandQuiet(format, "container_id", "ID")
        : RawFormat.Expand(format,
        [
            RawFormat.Field("container_id", "ID"), RawFormat.Field("image", "Image"), RawFormat.Field("command", "Command"), RawFormat.Field("created_at", "CreatedAt"),
            RawFormat.Padded("state", "State"), RawFormat.Padded("status", "Status"), RawFormat.Field("names", "Names"),
            RawFormat.Padded("labels", "Labels"), RawFormat.Padded("ports", "Ports"),
            .. size ? [RawFormat.Field("size", "Size")] : Array.Empty<(string, string)>(),
        ]);
}
