using Wharf.Linux;
using Wharf.Linux.Plans;
using Wharf.Runtime.Launch;

namespace Wharf.Runtime.Security;

/// <summary>A procfs of the container's pid namespace that is attached nowhere: what is opened through it is procfs and nothing else.</summary>
internal static class PrivateProc
{
    public static PlanSlot Open(PlanBuilder builder)
    {
        builder.Plan.Context = "error opening a private procfs";
        PlanSlot proc = FileSystemSteps.Create(builder, "proc", "proc", [], MountAttributes.NoSuid | MountAttributes.NoExec | MountAttributes.NoDev);
        builder.Plan.Context = null;
        return proc;
    }
}
