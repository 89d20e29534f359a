using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;

namespace Wharf.Cli.Containers;

internal static class KillCommand
{
    public static Command Definition => new("kill", "Kill one or more running containers")
    {
        Usage = "[OPTIONS] CONTAINER [CONTAINER...]",
        Aliases = ["container kill", "kill"],
        Arity = Arity.AtLeast(1),
        Flags =
        [
            new("signal", 's', FlagKind.String, "Signal to send to the container"),
        ],
        Complete = Completion.RunningContainers,
        Run = new(RunAsync),
    };

    private static Task<int> RunAsync(Invocation call, CancellationToken ct) =>
        Each.RunTogetherAsync(call, name => call.Cli.Client.KillContainerAsync(name, call.String("signal"), ct), ct);
}
