using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;

namespace Wharf.Cli.Containers;

internal static class StopCommand
{
    public static Command Definition => new("stop", "Stop one or more running containers")
    {
        Usage = "[OPTIONS] CONTAINER [CONTAINER...]",
        Aliases = ["container stop", "stop"],
        Arity = Arity.AtLeast(1),
        Flags =
        [
            new("signal", 's', FlagKind.String, "Signal to send to the container"),
            new("timeout", 't', FlagKind.Int, "Seconds to wait before killing the container"),
        ],
        Complete = Completion.RunningContainers,
        Run = new(RunAsync),
    };

    private static Task<int> RunAsync(Invocation call, CancellationToken ct) =>
        Each.RunTogetherAsync(call, name => call.Cli.Client.StopContainerAsync(name, call.IsSet("timeout") ? call.Int("timeout") : null, call.String("signal"), ct), ct);
}
