using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;
using Wharf.Client;
using Wharf.Client.Http;
using Wharf.Client.Streams;

namespace Wharf.Cli.Containers;

internal static class LogsCommand
{
    private const int BufferLength = 64 << 10;
    private static readonly ApiVersion TypesAreTold = new(1, 42);

    public static Command Definition => new("logs", "Fetch the logs of a container")
    {
        Usage = "[OPTIONS] CONTAINER",
        Aliases = ["container logs", "logs"],
        Arity = Arity.Exactly(1),
        Flags =
        [
            new("details", FlagKind.Bool, "Show extra details provided to logs"),
            new("follow", 'f', FlagKind.Bool, "Follow log output"),
            new("since", FlagKind.String, "Show logs since timestamp (e.g. \"2013-01-02T13:23:37Z\") or relative (e.g. \"42m\" for 42 minutes)"),
            new("tail", 'n', FlagKind.String, "Number of lines to show from the end of the logs", "all"),
            new("timestamps", 't', FlagKind.Bool, "Show timestamps"),
            new("until", FlagKind.String, "Show logs before a timestamp (e.g. \"2013-01-02T13:23:37Z\") or relative (e.g. \"42m\" for 42 minutes)"),
        ],
        Complete = Completion.AllContainers,
        Run = new(RunAsync),
    };

    private static async Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        CliContext cli = call.Cli;
        var query = new Query
        {
            { "stdout", true },
            { "stderr", true },
            { "since", Timestamps.ToQuery(call.String("since"), cli.Clock, "since") },
            { "until", Timestamps.ToQuery(call.String("until"), cli.Clock, "until") },
            { "timestamps", call.Bool("timestamps") },
            { "follow", call.Bool("follow") },
            { "tail", call.String("tail") },
            { "details", call.Bool("details") },
        };
        using EngineReply reply = await cli.Client.LogsAsync(call.Arguments[0], query, ct);

        // Asked only where the answer does not tell: a question less is a third of the time of a short log.
        bool framed = cli.Client.Version >= TypesAreTold && reply.Head.IsMultiplexed is { } told
            ? told
            : !(await cli.Client.GlanceAtContainerAsync(call.Arguments[0], ct)).Tty;
        if (!framed)
        {
            byte[] buffer = new byte[BufferLength];
            int count;
            while ((count = await reply.Body.ReadAsync(buffer, ct)) > 0)
            {
                cli.Out.Write(buffer.AsSpan(0, count));
            }
        }
        else
        {
            await new FrameReader(reply.Body.ReadAsync).CopyAsync((stream, bytes) => (stream == FrameReader.Stderr ? cli.Error : cli.Out).Write(bytes), ct);
        }

        return 0;
    }
}
