using Wharf.OciRuntime.CommandLine;

namespace Wharf.OciRuntime.Lifecycle;

internal static class CreateCommand
{
    // create is no subreaper, so not to be one is what it does anyway
    public static readonly Command Command = new("create", "create a container", [.. ContainerCreation.Flags, new Option("no-subreaper", TakesValue: false)], (arguments, session) =>
    {
        string id = arguments.Operand(1, 1, "create")[0];
        new ContainerCreation(session, arguments, id).Create(waitsForStart: true);
        return 0;
    });
}
