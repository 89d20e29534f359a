using Wharf.Linux;

namespace Wharf.Runtime.Shims.Daemon;

/// <summary>Takes shims out of the daemon's cgroup, in the hierarchies by which service managers end a service.</summary>
internal static class ShimCgroup
{
    public static void Enter(string? path, int pid)
    {
        if (path is null)
        {
            return;
        }

        foreach (CgroupHierarchy hierarchy in CgroupLayout.Current.Hierarchies.Where(h => h.Unified || h.Has("name=systemd")))
        {
            string directory = hierarchy.MountPoint + "/" + path.Trim('/');
            Directory.CreateDirectory(directory);
            SmallFile.Write(directory + "/cgroup.procs", pid.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }
    }
}
