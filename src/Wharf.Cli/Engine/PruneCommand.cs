using System.Text;
using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;
using Wharf.Cli.Framework.Output;

namespace Wharf.Cli.Engine;

internal static class PruneCommand
{
    public static Command Definition => new("prune", "Remove unused data")
    {
        Usage = "[OPTIONS]",
        Arity = Arity.None,
        Flags =
        [
            new("all", 'a', FlagKind.Bool, "Remove all unused images not just dangling ones"),
            new("filter", FlagKind.Filter, "Provide filter values (e.g. \"label=<key>=<value>\")"),
            new("force", 'f', FlagKind.Bool, "Do not prompt for confirmation"),
            new("volumes", FlagKind.Bool, "Prune anonymous volumes"),
        ],
        Run = new(RunAsync),
    };

    private static async Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        CliContext cli = call.Cli;
        bool all = call.Bool("all");
        bool volumes = call.Bool("volumes");
        List<KeyValuePair<string, string>> filters = Filters.From(call);
        if (volumes && filters.Any(f => f.Key == "until"))
        {
            throw new CommandException("ERROR: The \"until\" filter is not supported with \"--volumes\"");
        }

        if (!call.Bool("force") && !cli.Confirm(Warning(all, volumes, filters)))
        {
            return 0;
        }

        long total = 0;
        async Task PartAsync(Task<(string Text, long Freed)> part)
        {
            (string text, long freed) = await part;
            total += freed;
            cli.Out.Write(text.Length > 0 ? text + "\n" : "");
        }

        await PartAsync(Containers.PruneCommand.PruneAsync(cli, filters, ct));
        await PartAsync(NetworksAsync(cli, filters, ct));
        if (volumes)
        {
            await PartAsync(Volumes.PruneCommand.PruneAsync(cli, false, filters, ct));
        }

        await PartAsync(Images.PruneCommand.PruneAsync(cli, all, filters, ct));
        await PartAsync(Builds.BuilderPruneCommand.PruneAsync(cli, false, [], filters, ct));
        cli.Out.WriteLine($"Total reclaimed space: {Units.Size(total, 4)}");
        return 0;
    }

    private static async Task<(string Text, long Freed)> NetworksAsync(CliContext cli, List<KeyValuePair<string, string>> filters, CancellationToken ct) =>
        (await Networks.PruneCommand.PruneAsync(cli, filters, ct), 0);

    private static string Warning(bool all, bool volumes, List<KeyValuePair<string, string>> filters)
    {
        var text = new StringBuilder("WARNING! This will remove:\n  - all stopped containers\n  - all networks not used by at least one container\n");
        text.Append(volumes ? "  - all anonymous volumes not used by at least one container\n" : "");
        text.Append(all ? "  - all images without at least one container associated to them\n  - all build cache\n" : "  - all dangling images\n  - unused build cache\n");
        if (filters.Count > 0)
        {
            text.Append("\n  Items to be pruned will be filtered with:\n");
            foreach ((string name, string value) in filters.OrderBy(f => f.Key + f.Value, StringComparer.Ordinal))
            {
                text.Append("  - ").Append(name).Append('=').Append(value).Append('\n');
            }
        }

        return text.Append("\nAre you sure you want to continue?").ToString();
    }
}
