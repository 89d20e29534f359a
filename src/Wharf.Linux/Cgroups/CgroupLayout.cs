namespace Wharf.Linux;

/// <summary>
/// One mounted hierarchy. <see cref="Controllers"/> are those of its mount options for v1 (with "name=systemd" for a named one), those
/// of cgroup.controllers for v2.
/// </summary>
public sealed record CgroupHierarchy(bool Unified, IReadOnlyList<string> Controllers, string MountPoint, string Root)
{
    public bool Has(string controller) => Controllers.Contains(controller);
}

/// <summary>
/// How this machine's cgroups are laid out: v1 hierarchies, the v2 tree, or both (hybrid), as mounted. See cgroups(7).
/// </summary>
public sealed class CgroupLayout
{
    private static readonly Lazy<CgroupLayout> Shared = new(() => Of(MountTable.Own()));

    private CgroupLayout(IReadOnlyList<CgroupHierarchy> hierarchies) => Hierarchies = hierarchies;

    /// <summary>This machine's, read once: hierarchies are not mounted or unmounted while we run.</summary>
    public static CgroupLayout Current => Shared.Value;

    public IReadOnlyList<CgroupHierarchy> Hierarchies { get; }

    public CgroupHierarchy? Unified => Hierarchies.FirstOrDefault(h => h.Unified);

    public IEnumerable<CgroupHierarchy> Legacy => Hierarchies.Where(h => !h.Unified);

    /// <summary>True where there is the v2 tree and nothing else.</summary>
    public bool IsUnifiedOnly => Hierarchies.Count == 1 && Hierarchies[0].Unified;

    /// <summary>The v1 hierarchy with a controller, or the v2 tree if the controller lives there.</summary>
    public CgroupHierarchy? With(string controller) => Hierarchies.FirstOrDefault(h => h.Has(controller));

    public static CgroupLayout Of(IReadOnlyList<MountEntry> mounts)
    {
        var found = new List<CgroupHierarchy>();
        foreach (MountEntry mount in mounts)
        {
            if (mount.Type == "cgroup2" && !found.Exists(h => h.Unified))
            {
                _ = SmallFile.TryRead(mount.MountPoint + "/cgroup.controllers", out string available);
                found.Add(new CgroupHierarchy(true, available.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries), mount.MountPoint, mount.Root));
            }
            else if (mount.Type == "cgroup")
            {
                string[] controllers = [.. mount.SuperOptions.Split(',').Where(IsController)];
                if (controllers.Length > 0 && !found.Exists(h => !h.Unified && h.Has(controllers[0])))
                {
                    found.Add(new CgroupHierarchy(false, controllers, mount.MountPoint, mount.Root));
                }
            }
        }

        return new CgroupLayout(found);
    }

    private static bool IsController(string option) =>
        option.StartsWith("name=", StringComparison.Ordinal)
        || option is "cpu" or "cpuacct" or "cpuset" or "memory" or "devices" or "freezer" or "blkio" or "pids" or "hugetlb"
            or "net_cls" or "net_prio" or "perf_event" or "rdma" or "misc";
}
