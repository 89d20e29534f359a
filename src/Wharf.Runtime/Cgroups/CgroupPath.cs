using Wharf.Linux;
using Wharf.Primitives;

namespace Wharf.Runtime.Cgroups;

/// <summary>Turns linux.cgroupsPath into a path below the hierarchies (config-linux.md, "Cgroups Path").</summary>
public static class CgroupPath
{
    /// <exception cref="WharfException">InvalidArgument: ".." in it, or systemd's slice:prefix:name form, which needs systemd.</exception>
    public static string Resolve(string? cgroupsPath, string containerId)
    {
        if (string.IsNullOrEmpty(cgroupsPath))
        {
            return Own() + containerId;
        }

        if (cgroupsPath.Split(':').Length == 3)
        {
            throw WharfException.Invalid($"cgroupsPath \"{cgroupsPath}\" is for the systemd cgroup driver; use cgroupfs paths");
        }

        string[] parts = cgroupsPath.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (Array.IndexOf(parts, "..") >= 0)
        {
            throw WharfException.Invalid($"cgroupsPath \"{cgroupsPath}\" must not contain \"..\"");
        }

        string clean = string.Join('/', Array.FindAll(parts, part => part != "."));
        return clean.Length == 0 ? throw WharfException.Invalid($"cgroupsPath \"{cgroupsPath}\" names no cgroup")
            : cgroupsPath[0] == '/' ? "/" + clean : Own() + clean;
    }

    // The runtime's own cgroup, so that what confines it confines the container too. v1 hierarchies may differ; one path is kept for all.
    private static string Own()
    {
        IReadOnlyDictionary<string, string> own = ProcessCgroups.Own();
        CgroupLayout layout = CgroupLayout.Current;
        string path = layout.IsUnifiedOnly ? own.GetValueOrDefault("", "/")
            : own.GetValueOrDefault("memory") ?? own.GetValueOrDefault("cpu") ?? own.GetValueOrDefault("", "/");
        return path.EndsWith('/') ? path : path + "/";
    }
}
