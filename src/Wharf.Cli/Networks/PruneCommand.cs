using System.Text.Json;
using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;
using Wharf.Cli.Framework.Output;
using Wharf.Client.Http;

namespace Wharf.Cli.Networks;

internal static class PruneCommand
{
    public static Command Definition => new("prune", "Remove all unused networks")
    {
        Usage = "[OPTIONS]",
        Arity = Arity.None,
        Flags =
        [
            new("filter", FlagKind.Filter, "Provide filter values (e.g. \"until=<timestamp>\")"),
            new("force", 'f', FlagKind.Bool, "Do not prompt for confirmation"),
        ],
        Run = new(RunAsync),
    };

    private static async Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        if (!call.Bool("force") && !call.Cli.Confirm("WARNING! This will remove all custom networks not used by at least one container.\nAre you sure you want to continue?"))
        {
            return 0;
        }

        string text = await PruneAsync(call.Cli, Filters.From(call), ct);
        call.Cli.Out.Write(text.Length > 0 ? text + "\n" : "");
        return 0;
    }

    internal static async Task<string> PruneAsync(CliContext cli, IReadOnlyList<KeyValuePair<string, string>> filters, CancellationToken ct)
    {
        var query = new Query();
        query.AddFilters(filters);
        using JsonDocument report = await cli.Client.PruneAsync("networks", query, ct);
        List<string> deleted = [.. PruneReport.Strings(report, "NetworksDeleted")];
        return deleted.Count > 0 ? $"Deleted Networks:\n{string.Join('\n', deleted)}\n" : "";
    }
}
