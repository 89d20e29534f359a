using System.Text;
using System.Text.Json;
using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;
using Wharf.Cli.Framework.Output;
using Wharf.Client.Http;

namespace Wharf.Cli.Images;

internal static class PruneCommand
{
    public static Command Definition => new("prune", "Remove unused images")
    {
        Usage = "[OPTIONS]",
        Arity = Arity.None,
        Flags =
        [
            new("all", 'a', FlagKind.Bool, "Remove all unused images, not just dangling ones"),
            new("filter", FlagKind.Filter, "Provide filter values (e.g. \"until=<timestamp>\")"),
            new("force", 'f', FlagKind.Bool, "Do not prompt for confirmation"),
        ],
        Run = new(RunAsync),
    };

    private static async Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        bool all = call.Bool("all");
        string what = all ? "all images without at least one container associated to them." : "all dangling images.";
        if (!call.Bool("force") && !call.Cli.Confirm($"WARNING! This will remove {what}\nAre you sure you want to continue?"))
        {
            return 0;
        }

        (string text, long freed) = await PruneAsync(call.Cli, all, Filters.From(call), ct);
        call.Cli.Out.Write(text.Length > 0 ? text + "\n" : "");
        call.Cli.Out.WriteLine($"Total reclaimed space: {Units.Size(freed, 4)}");
        return 0;
    }

    internal static async Task<(string Text, long Freed)> PruneAsync(CliContext cli, bool all, IReadOnlyList<KeyValuePair<string, string>> filters, CancellationToken ct)
    {
        var query = new Query();
        query.AddFilters([.. filters, new("dangling", all ? "false" : "true")]);
        using JsonDocument report = await cli.Client.PruneAsync("images", query, ct);
        var text = new StringBuilder();
        if (report.RootElement.TryGetProperty("ImagesDeleted", out JsonElement deleted) && deleted.ValueKind == JsonValueKind.Array && deleted.GetArrayLength() > 0)
        {
            text.Append("Deleted Images:\n");
            foreach (JsonElement item in deleted.EnumerateArray())
            {
                text.Append(item.TryGetProperty("Untagged", out JsonElement tag) && tag.GetString() is { Length: > 0 } name
                    ? $"untagged: {name}\n"
                    : $"deleted: {item.GetProperty("Deleted").GetString()}\n");
            }
        }

        return (text.ToString(), PruneReport.Freed(report));
    }
}
