using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;
using Wharf.Primitives;

namespace Wharf.Cli.Containers;

internal static class RemoveCommand
{
    public static Command Definition => new("rm", "Remove one or more containers")
    {
        Usage = "[OPTIONS] CONTAINER [CONTAINER...]",
        OtherNames = ["remove"],
        Aliases = ["container rm", "container remove", "rm"],
        Arity = Arity.AtLeast(1),
        Flags =
        [
            new("force", 'f', FlagKind.Bool, "Force the removal of a running container (uses SIGKILL)"),
            new("link", 'l', FlagKind.Bool, "Remove the specified link"),
            new("volumes", 'v', FlagKind.Bool, "Remove anonymous volumes associated with the container"),
        ],
        Complete = Completion.AllContainers,
        Run = new(RunAsync),
    };

    private static Task<int> RunAsync(Invocation call, CancellationToken ct) => Each.RunTogetherAsync(call, name =>
    {
        string container = name.Trim('/');
        return container.Length == 0
            ? throw new CommandException("container name cannot be empty")
            : call.Cli.Client.RemoveContainerAsync(container, call.Bool("volumes"), call.Bool("link"), call.Bool("force"), ct);
    }, ct, harmless: e => call.Bool("force") && e.Kind == ErrorKind.NotFound);
}
