using Microsoft.Win32.SafeHandles;
using Wharf.Linux;
using Wharf.Linux.Plans;
using Wharf.Runtime.Cgroups;

namespace Wharf.Runtime.Launch;

/// <summary>The way into the container's cgroup and its cgroup namespace.</summary>
internal static class CgroupSteps
{
    /// <returns>The v2 directory to be born in, kept by the plan; null where there is none.</returns>
    public static SafeFileHandle? Enter(PlanBuilder builder, NamespaceChoice namespaces)
    {
        SafeFileHandle? unified = Enter(builder.Plan, builder.Request.Cgroup);
        if (namespaces.HasOwn(NamespaceKinds.Cgroup))
        {
            builder.Plan.Add("unshare", "cgroup namespace", Call.unshare, (int)NamespaceKinds.Cgroup);
        }

        return unified;
    }

    public static SafeFileHandle? Enter(SyscallPlan plan, ContainerCgroup? cgroup)
    {
        if (cgroup is null)
        {
            return null;
        }

        nint zero = plan.Text("0");
        foreach (SafeFileHandle tasks in cgroup.OpenTaskFiles())
        {
            // "0" is the writer itself. To tasks, not to cgroup.procs: that waits for the kernel's lock over all thread groups, 10 ms at times.
            plan.Add("write", "cgroup tasks", Call.write, plan.Keep(tasks), zero, 1);
        }

        SafeFileHandle? unified = cgroup.OpenUnified();
        if (unified is not null)
        {
            plan.Keep(unified);
        }

        return unified;
    }
}
