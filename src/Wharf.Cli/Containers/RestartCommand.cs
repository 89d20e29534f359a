using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;

namespace Wharf.Cli.Containers;

internal static class RestartCommand
{
    public static Command Definition => new("restart", "Restart one or more containers")
    {
        Usage = "[OPTIONS] CONTAINER [CONTAINER...]",
        Aliases = ["container restart", "restart"],
        Arity = Arity.AtLeast(1),
        Flags =
        [
            new("signal", 's', FlagKind.String, "Signal to send to the container"),
            new("timeout", 't', FlagKind.Int, "Seconds to wait before killing the container"),
        ],
        Complete = Completion.AllContainers,
        Run = new(RunAsync),
    };

    private static Task<int> RunAsync(Invocation call, CancellationToken ct) =>
        Each.RunAsync(call, name => call.Cli.Client.RestartContainerAsync(name, call.IsSet("timeout") ? call.Int("timeout") : null, call.String("signal"), ct));
}
