using Wharf.Linux;
using Wharf.Linux.Plans;
using Wharf.Runtime.Launch;

namespace Wharf.Runtime.Mounts;

/// <summary>Mount points in a root that an image made.</summary>
internal static class MountPath
{
    /// <summary>Opens (and makes) a mount point. Directories must be directories; files may be anything that is none.</summary>
    public static PlanSlot OpenTarget(PlanBuilder builder, string destination, bool directory)
    {
        PlanSlot target = builder.Plan.NewSlot();
        OpenFlags flags = OpenFlags.Path | (directory ? OpenFlags.Directory : 0);
        builder.Plan.OpenInRoot("open", builder.Root, destination, flags, directory ? PlanMake.Directory : PlanMake.File, refuseLinks: IsGuarded(destination)).Save(target);
        return target;
    }

    /// <summary>
    /// True for /proc, /sys and /dev and what is below: there an image has no business with links, and a link there would let it
    /// choose what a process takes for the kernel's files.
    /// </summary>
    public static bool IsGuarded(string destination)
    {
        string path = Clean(destination);
        return IsAtOrBelow(path, "/proc") || IsAtOrBelow(path, "/sys") || IsAtOrBelow(path, "/dev");
    }

    /// <summary>File systems that are the kernel's or born empty: read-only is a matter of the mount, not of the file system.</summary>
    public static bool IsKernelFileSystem(string type) =>
        type is "proc" or "sysfs" or "tmpfs" or "devpts" or "mqueue" or "cgroup" or "cgroup2" or "debugfs" or "tracefs" or "securityfs" or "bpf" or "devtmpfs";

    /// <summary>The path without empty parts, "." and "..".</summary>
    public static string Clean(string path) => Path.GetFullPath(path, "/") is { Length: > 1 } full ? full.TrimEnd('/') : "/";

    private static bool IsAtOrBelow(string path, string directory) =>
        path.StartsWith(directory, StringComparison.Ordinal) && (path.Length == directory.Length || path[directory.Length] == '/');
}
