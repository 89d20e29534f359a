using System.Text;
using System.Text.Json;
using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;
using Wharf.Cli.Framework.Output;
using Wharf.Client.Http;

namespace Wharf.Cli.Containers;

internal static class PruneCommand
{
    public static Command Definition => new("prune", "Remove all stopped containers")
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
        if (!call.Bool("force") && !call.Cli.Confirm("WARNING! This will remove all stopped containers.\nAre you sure you want to continue?"))
        {
            return 0;
        }

        (string text, long freed) = await PruneAsync(call.Cli, Filters.From(call), ct);
        call.Cli.Out.Write(text.Length > 0 ? text + "\n" : "");
        call.Cli.Out.WriteLine($"Total reclaimed space: {Units.Size(freed, 4)}");
        return 0;
    }

    /// <returns>What was removed, as text, and the bytes that it held.</returns>
    internal static async Task<(string Text, long Freed)> PruneAsync(CliContext cli, IReadOnlyList<KeyValuePair<string, string>> filters, CancellationToken ct)
    {
        var query = new Query();
        query.AddFilters(filters);
        using JsonDocument report = await cli.Client.PruneAsync("containers", query, ct);
        var text = new StringBuilder();
        List<string> deleted = [.. PruneReport.Strings(report, "ContainersDeleted")];
        if (deleted.Count > 0)
        {
            text.Append("Deleted Containers:\n").AppendJoin('\n', deleted).Append('\n');
        }

        return (text.ToString(), PruneReport.Freed(report));
    }
}
