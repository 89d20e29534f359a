using Wharf.Linux;
using Wharf.Primitives;

namespace Wharf.Runtime.Cgroups;

/// <summary>Pausing and resuming a cgroup: the v1 freezer where it is mounted, cgroup.freeze of v2 otherwise.</summary>
internal static class CgroupFreezer
{
    private const int PollMilliseconds = 1;
    private const int PollLimit = 5000;

    public static void Set(ContainerCgroup cgroup, bool frozen)
    {
        if (LegacyFile(cgroup) is { } legacy)
        {
            string wanted = frozen ? "FROZEN" : "THAWED";
            for (int i = 0; i < PollLimit; i++)
            {
                // written again each time: a process forked meanwhile keeps the state at FREEZING otherwise
                SmallFile.Write(legacy, wanted);
                if (SmallFile.Read(legacy).Trim() == wanted)
                {
                    return;
                }

                Thread.Sleep(PollMilliseconds);
            }
        }
        else if (cgroup.UnifiedDirectory is { } directory)
        {
            SmallFile.Write(directory + "/cgroup.freeze", frozen ? "1" : "0");
            for (int i = 0; i < PollLimit; i++)
            {
                if (IsFrozen(cgroup) == frozen)
                {
                    return;
                }

                Thread.Sleep(PollMilliseconds);
            }
        }
        else
        {
            throw WharfException.Unavailable("no cgroup hierarchy can freeze processes here");
        }

        if (frozen)
        {
            // half frozen is worse than running: a process in an uninterruptible sleep held it up
            _ = LegacyFile(cgroup) is { } half ? SmallFile.TryWrite(half, "THAWED") : SmallFile.TryWrite(cgroup.UnifiedDirectory + "/cgroup.freeze", "0");
        }

        throw WharfException.Internal($"cgroup {cgroup.Path} did not become {(frozen ? "frozen" : "thawed")} in time");
    }

    /// <summary>False also for a cgroup that is not there.</summary>
    public static bool IsFrozen(ContainerCgroup cgroup) => State(cgroup) == true;

    /// <summary>Null for a cgroup that is not there.</summary>
    public static bool? State(ContainerCgroup cgroup)
    {
        if (LegacyFile(cgroup) is { } legacy)
        {
            return SmallFile.TryRead(legacy, out string state) == Errno.None ? state.Trim() != "THAWED" : null;
        }

        return cgroup.UnifiedDirectory is { } directory && SmallFile.TryRead(directory + "/cgroup.events", out string events) == Errno.None
            ? events.Contains("frozen 1", StringComparison.Ordinal)
            : null;
    }

    private static string? LegacyFile(ContainerCgroup cgroup) =>
        cgroup.Layout.LegacyWith("freezer") is { } freezer ? $"{freezer.MountPoint}{cgroup.Path}/freezer.state" : null;
}
