using System.Text.Json;
using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;
using Wharf.Cli.Framework.Output;
using Wharf.Client;
using Wharf.Client.Http;

namespace Wharf.Cli.Volumes;

internal static class PruneCommand
{
    // before it, the engine took every unused volume for prunable
    private static readonly ApiVersion AnonymousOnlySince = new(1, 42);

    public static Command Definition => new("prune", "Remove unused local volumes")
    {
        Usage = "[OPTIONS]",
        Arity = Arity.None,
        Flags =
        [
            new("all", 'a', FlagKind.Bool, "Remove all unused volumes, not just anonymous ones"),
            new("filter", FlagKind.Filter, "Provide filter values (e.g. \"label=<label>\")"),
            new("force", 'f', FlagKind.Bool, "Do not prompt for confirmation"),
        ],
        Run = new(RunAsync),
    };

    private static async Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        List<KeyValuePair<string, string>> filters = Filters.From(call);
        bool all = call.Bool("all");
        if (all && filters.Any(f => f.Key == "all"))
        {
            throw new CommandException("conflicting options: cannot specify both --all and --filter all=1");
        }

        await call.Cli.Client.AgreeAsync(ct);
        bool anonymousOnly = call.Cli.Client.Version >= AnonymousOnlySince && !all;
        string what = anonymousOnly ? "anonymous local volumes" : "local volumes";
        if (!call.Bool("force") && !call.Cli.Confirm($"WARNING! This will remove {what} not used by at least one container.\nAre you sure you want to continue?"))
        {
            return 0;
        }

        (string text, long freed) = await PruneAsync(call.Cli, all, filters, ct);
        call.Cli.Out.Write(text.Length > 0 ? text + "\n" : "");
        call.Cli.Out.WriteLine($"Total reclaimed space: {Units.Size(freed, 4)}");
        return 0;
    }

    internal static async Task<(string Text, long Freed)> PruneAsync(CliContext cli, bool all, IReadOnlyList<KeyValuePair<string, string>> filters, CancellationToken ct)
    {
        var query = new Query();
        query.AddFilters(all ? [.. filters, new("all", "true")] : filters);
        using JsonDocument report = await cli.Client.PruneAsync("volumes", query, ct);
        List<string> deleted = [.. PruneReport.Strings(report, "VolumesDeleted")];
        return (deleted.Count > 0 ? $"Deleted Volumes:\n{string.Join('\n', deleted)}\n" : "", PruneReport.Freed(report));
    }
}
