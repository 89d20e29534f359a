using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;

namespace Wharf.Cli.Containers;

internal static class UnpauseCommand
{
    public static Command Definition => new("unpause", "Unpause all processes within one or more containers")
    {
        Usage = "CONTAINER [CONTAINER...]",
        Aliases = ["container unpause", "unpause"],
        Arity = Arity.AtLeast(1),
        Complete = Completion.RunningContainers,
        Run = new(RunAsync),
    };

    private static Task<int> RunAsync(Invocation call, CancellationToken ct) =>
        Each.RunTogetherAsync(call, name => call.Cli.Client.UnpauseContainerAsync(name, ct), ct);
}
