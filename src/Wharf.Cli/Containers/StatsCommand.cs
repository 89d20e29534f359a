using System.Text.Json;
using Wharf.Api.Containers;
using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;
using Wharf.Cli.Framework.Output;
using Wharf.Client.Http;
using Wharf.Client.Streams;
using Wharf.Primitives;

namespace Wharf.Cli.Containers;

internal static class StatsCommand
{
    private const string Table = "{{.ID}}\t{{.Name}}\t{{.CPUPerc}}\t{{.MemUsage}}\t{{.MemPerc}}\t{{.NetIO}}\t{{.BlockIO}}\t{{.PIDs}}";
    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(500);

    public static Command Definition => new("stats", "Display a live stream of container(s) resource usage statistics")
    {
        Usage = "[OPTIONS] [CONTAINER...]",
        Aliases = ["container stats", "stats"],
        Arity = Arity.Any,
        Flags =
        [
            new("all", 'a', FlagKind.Bool, "Show all containers (default shows just running)"),
            new("format", FlagKind.String, FormatHelp.List),
            new("no-stream", FlagKind.Bool, "Disable streaming stats and only pull the first result"),
            new("no-trunc", FlagKind.Bool, "Do not truncate output"),
        ],
        Complete = Completion.RunningContainers,
        Run = new(RunAsync),
    };

    private static async Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        CliContext cli = call.Cli;
        string format = call.String("format") is { Length: > 0 } given ? given : cli.Config["statsFormat"] is { Length: > 0 } configured ? configured : "table";
        Column<ContainerUsage>[] columns = ContainerUsage.Columns(call.Bool("no-trunc"));
        if (call.Bool("no-stream"))
        {
            // all at once: each is observed for a second
            Task<ContainerUsage?>[] observed = [.. (await NamesAsync(call, ct)).Select(name => Task.Run(() => ObserveAsync(call, name, ct), ct))];
            ContainerUsage?[] usages = await Task.WhenAll(observed);
            cli.Out.Write(Render(format, columns, usages.OfType<ContainerUsage>()));
            return 0;
        }

        return await WatchAsync(call, format, columns, ct);
    }

    /// <returns>Null for a container that went away since it was listed; one that was asked for by name must be there.</returns>
    private static async Task<ContainerUsage?> ObserveAsync(Invocation call, string name, CancellationToken ct)
    {
        try
        {
            using EngineReply reply = await call.Cli.Client.StatsAsync(name, stream: false, oneShot: false, ct);
            using JsonDocument document = JsonDocument.Parse(await reply.ReadAllAsync(ct));
            return ContainerUsage.From(name, document.RootElement);
        }
        catch (WharfException gone) when (gone.Kind == ErrorKind.NotFound && call.Arguments.Count == 0)
        {
            return null;
        }
    }

    private static async Task<int> WatchAsync(Invocation call, string format, Column<ContainerUsage>[] columns, CancellationToken ct)
    {
        var watched = new Dictionary<string, UsageWatcher>(StringComparer.Ordinal);
        CliContext cli = call.Cli;
        while (!ct.IsCancellationRequested)
        {
            List<string> names = await NamesAsync(call, ct);
            foreach (string name in names)
            {
                if (!watched.TryGetValue(name, out UsageWatcher? watcher) || watcher.IsOver)
                {
                    watched[name] = UsageWatcher.Start(cli, name, ct);
                }
            }

            UsageWatcher[] current = [.. names.Select(n => watched[n])];
            if (call.Arguments.Count > 0 && current.FirstOrDefault(w => w.Failure is not null) is { } failed)
            {
                throw failed.Failure!;
            }

            // home, the new lines each cleared behind, then everything below
            string page = Render(format, columns, current.Select(w => w.Latest)).Replace("\n", "\u001b[K\n", StringComparison.Ordinal);
            cli.Out.Write("\u001b[H" + page + "\u001b[J");
            await Task.Delay(Refresh, cli.Clock, ct);
        }

        return 0;
    }

    private static async Task<List<string>> NamesAsync(Invocation call, CancellationToken ct)
    {
        if (call.Arguments.Count > 0)
        {
            return [.. call.Arguments];
        }

        List<ContainerSummary> containers = await call.Cli.Client.ListContainersAsync(new Query { { "all", call.Bool("all") } }, ct);
        return [.. containers.Select(c => c.Id![..12])];
    }

    private static string Render(string format, Column<ContainerUsage>[] columns, IEnumerable<ContainerUsage> usages) =>
        TableFormat.Render(format, Table, "*container.statsContext", columns, usages);

    /// <summary>Follows one container's statistics on a thread of its own.</summary>
    private sealed class UsageWatcher
    {
        private volatile ContainerUsage _latest;

        private UsageWatcher(string name) => _latest = ContainerUsage.Unknown(name);

        public ContainerUsage Latest => _latest;

        public bool IsOver { get; private set; }

        public WharfException? Failure { get; private set; }

        public static UsageWatcher Start(CliContext cli, string name, CancellationToken ct)
        {
            var watcher = new UsageWatcher(name);
            new Thread(() => watcher.FollowAsync(cli, name, ct).GetAwaiter().GetResult()) { IsBackground = true }.Start();
            return watcher;
        }

        private async Task FollowAsync(CliContext cli, string name, CancellationToken ct)
        {
            try
            {
                using EngineReply reply = await cli.Client.StatsAsync(name, stream: true, oneShot: false, ct);
                await foreach (ReadOnlyMemory<byte> json in JsonLines.ReadRawAsync(reply.Body, ct))
                {
                    using JsonDocument document = JsonDocument.Parse(json);
                    _latest = ContainerUsage.From(name, document.RootElement);
                }
            }
            catch (WharfException e)
            {
                Failure = e;
            }
            catch (IOException)
            {
                // the container or the engine has gone: the next round asks again
                _latest = ContainerUsage.Unknown(name);
            }

            IsOver = true;
        }
    }
}
