using Wharf.Oci.Runtime;
using Wharf.OciRuntime.CommandLine;

namespace Wharf.OciRuntime.Inspection;

internal static class StateCommand
{
    public static readonly Command Command = new("state", "output the state of a container", [], (arguments, session) =>
    {
        ContainerState state = session.Store.Load(arguments.Operand(1, 1, "state")[0]).State;
        session.Print(System.Text.Encoding.UTF8.GetString(ContainerStateJson.Write(state)));
        return 0;
    });
}
