using Wharf.Cli.Containers;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;
using Wharf.Client;
using Wharf.Client.Http;

namespace Wharf.Cli.Volumes;

internal static class RemoveCommand
{
    public static Command Definition => new("rm", "Remove one or more volumes")
    {
        Usage = "[OPTIONS] VOLUME [VOLUME...]",
        Description = "Remove one or more volumes. You cannot remove a volume that is in use by a container.",
        OtherNames = ["remove"],
        Aliases = ["volume rm", "volume remove"],
        Arity = Arity.AtLeast(1),
        Flags =
        [
            new("force", 'f', FlagKind.Bool, "Force the removal of one or more volumes"),
        ],
        Complete = Completion.Volumes,
        Run = new(RunAsync),
    };

    private static Task<int> RunAsync(Invocation call, CancellationToken ct) => Each.RunAsync(call, async name =>
        await call.Cli.Client.CallAsync("DELETE", "/volumes/" + EngineClient.PathOf(name, "volume") + new Query { { "force", call.Bool("force") } }, null, ct));
}
