using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;

namespace Wharf.Cli.Containers;

internal static class PauseCommand
{
    public static Command Definition => new("pause", "Pause all processes within one or more containers")
    {
        Usage = "CONTAINER [CONTAINER...]",
        Aliases = ["container pause", "pause"],
        Arity = Arity.AtLeast(1),
        Complete = Completion.RunningContainers,
        Run = new(RunAsync),
    };

    private static Task<int> RunAsync(Invocation call, CancellationToken ct) =>
        Each.RunTogetherAsync(call, name => call.Cli.Client.PauseContainerAsync(name, ct), ct);
}
