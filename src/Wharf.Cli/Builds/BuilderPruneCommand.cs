using System.Globalization;
using System.Text;
using System.Text.Json;
using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;
using Wharf.Cli.Framework.Output;
using Wharf.Client.Http;

namespace Wharf.Cli.Builds;

internal static class BuilderPruneCommand
{
    private static readonly string[] LimitFlags = ["keep-storage", "max-used-space", "min-free-space", "reserved-space"];

    public static Command Definition => new("prune", "Remove build cache")
    {
        Arity = Arity.None,
        Flags =
        [
            new("all", 'a', FlagKind.Bool, "Remove all unused build cache, not just dangling ones"),
            new("filter", FlagKind.Filter, "Provide filter values (e.g. \"until=24h\")"),
            new("force", 'f', FlagKind.Bool, "Do not prompt for confirmation"),
            new("keep-storage", FlagKind.Bytes, "Amount of disk space to keep for cache"),
            new("max-used-space", FlagKind.Bytes, "Maximum amount of disk space allowed to keep for cache"),
            new("min-free-space", FlagKind.Bytes, "Target amount of free disk space after pruning"),
            new("reserved-space", FlagKind.Bytes, "Amount of disk space always allowed to keep for cache"),
        ],
        Run = new(RunAsync),
    };

    private static async Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        bool all = call.Bool("all");
        string what = all ? "all build cache" : "all dangling build cache";
        if (!call.Bool("force") && !call.Cli.Confirm($"WARNING! This will remove {what}. Are you sure you want to continue?"))
        {
            return 0;
        }

        (string text, long freed) = await PruneAsync(call.Cli, all, Limits(call), Filters.From(call), ct);
        call.Cli.Out.Write(text.Length > 0 ? text + "\n" : "");
        call.Cli.Out.WriteLine($"Total reclaimed space: {Units.Size(freed, 4)}");
        return 0;
    }

    private static IEnumerable<KeyValuePair<string, long>> Limits(Invocation call) =>
        from name in LimitFlags
        where call.Int(name) > 0
        select KeyValuePair.Create(name, call.Int(name));

    internal static async Task<(string Text, long Freed)> PruneAsync(CliContext cli, bool all, IEnumerable<KeyValuePair<string, long>> limits, IReadOnlyList<KeyValuePair<string, string>> filters, CancellationToken ct)
    {
        var query = new Query { { "all", all } };
        foreach ((string name, long bytes) in limits)
        {
            query.Add(name, bytes.ToString(CultureInfo.InvariantCulture));
        }

        query.AddFilters(filters);
        using JsonDocument report = await cli.Client.PruneAsync("build", query, ct);
        var text = new StringBuilder();
        List<string> deleted = [.. PruneReport.Strings(report, "CachesDeleted")];
        if (deleted.Count > 0)
        {
            text.Append("Deleted build cache objects:\n").AppendJoin('\n', deleted).Append('\n');
        }

        return (text.ToString(), PruneReport.Freed(report));
    }
}
