using Wharf.OciRuntime.CommandLine;
using Wharf.OciRuntime.Containers;

namespace Wharf.OciRuntime.Lifecycle;

internal static class PauseCommand
{
    public static readonly Command Pause = new("pause", "pause suspends all processes inside the container", [], (arguments, session) =>
    {
        Container container = session.Store.Load(arguments.Operand(1, 1, "pause")[0]);
        container.Require("running", "created");
        container.Cgroup.Freeze();
        return 0;
    });

    public static readonly Command Resume = new("resume", "resumes all processes that have been previously paused", [], (arguments, session) =>
    {
        Container container = session.Store.Load(arguments.Operand(1, 1, "resume")[0]);
        container.Require("paused");
        container.Cgroup.Thaw();
        return 0;
    });
}
