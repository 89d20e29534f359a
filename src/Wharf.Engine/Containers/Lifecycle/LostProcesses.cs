using Wharf.Engine.Launch;
using Wharf.Linux;
using Wharf.Runtime.Cgroups;

namespace Wharf.Engine.Containers.Lifecycle;

/// <summary>Ends what is left of a container whose shim is gone: nobody reaps its processes, keeps its log or knows its exit any more.</summary>
internal static class LostProcesses
{
    public static void End(EngineCore core, ContainerRecord record)
    {
        try
        {
            ContainerCgroup cgroup = ContainerCgroup.Open(SpecBuilder.CgroupPath(record, core.Options), record.Id);
            if (cgroup.Pids().Count > 0)
            {
                core.Log.Warning($"container {record.Id} has processes without a shim: they are killed");
                cgroup.SignalAll(Signal.Kill);
                if (cgroup.IsFrozen)
                {
                    // a paused process dies when it wakes
                    cgroup.Thaw();
                }
            }

            cgroup.Delete();
        }
        catch (Exception e)
        {
            // the container counts as ended all the same; what could not be killed is the kernel's, and told
            core.Log.Error($"cannot end what is left of container {record.Id}", e);
        }
    }
}
