using Wharf.OciRuntime.CommandLine;

namespace Wharf.OciRuntime.Lifecycle;

internal static class CreateCommand
{
    public static readonly Command Command = new("create", "create a container", ContainerCreation.Flags, (arguments, session) =>
    {
        string id = arguments.Operand(1, 1, "create")[0];
        new ContainerCreation(session, arguments, id).Create(waitsForStart: true);
        return 0;
    });
}
