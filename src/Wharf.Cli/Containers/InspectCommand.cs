using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;
using Wharf.Cli.Framework.Inspection;

namespace Wharf.Cli.Containers;

internal static class InspectCommand
{
    public static Command Definition => new("inspect", "Display detailed information on one or more containers")
    {
        Usage = "[OPTIONS] CONTAINER [CONTAINER...]",
        Arity = Arity.AtLeast(1),
        Flags =
        [
            new("format", 'f', FlagKind.String, FormatHelp.Inspect),
            new("size", 's', FlagKind.Bool, "Display total file sizes"),
        ],
        Complete = Completion.AllContainers,
        Run = new(RunAsync),
    };

    private static Task<int> RunAsync(Invocation call, CancellationToken ct) =>
        Inspector.RunAsync(call, "container.InspectResponse", name => call.Cli.Client.InspectContainerRawAsync(name, call.Bool("size"), ct));
}
