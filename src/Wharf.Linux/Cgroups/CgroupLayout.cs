namespace Wharf.Linux;

/// <summary>
/// One mounted hierarchy. <see cref="Controllers"/> are those of its mount options for v1 (with "name=systemd" for a named one), those
/// of cgroup.controllers for v2.
/// </summary>
public sealed record CgroupHierarchy(bool Unified, IReadOnlyList<string> Controllers, string MountPoint, string Root)
{
    public bool Has(string controller)
    {
        foreach (string own in Controllers)
        {
            if (own == controller)
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>
/// How this machine's cgroups are laid out: v1 hierarchies, the v2 tree, or both (hybrid), as mounted. See cgroups(7).
/// </summary>
public sealed class CgroupLayout
{
    private static readonly Lazy<CgroupLayout> Shared = new(() => Of(MountTable.Parse(Lines)));
    private static string? s_lines;

    private CgroupLayout(List<CgroupHierarchy> hierarchies)
    {
        Hierarchies = hierarchies;
        Unified = hierarchies.Find(h => h.Unified);
        Legacy = hierarchies.FindAll(h => !h.Unified);
    }

    /// <summary>This machine's, read once: hierarchies are not mounted or unmounted while we run.</summary>
    public static CgroupLayout Current => Shared.Value;

    /// <summary>
    /// The lines of the table of mounts that <see cref="Current"/> comes from. Who was told them by the program that started it sets them first: the table of a busy
    /// host has thousands of others to read.
    /// </summary>
    public static string Lines
    {
        get => s_lines ??= MountTable.OwnLinesOf("cgroup");
        set => s_lines = value;
    }

    public IReadOnlyList<CgroupHierarchy> Hierarchies { get; }

    /// <summary>The v2 tree; null where it is not mounted.</summary>
    public CgroupHierarchy? Unified { get; }

    /// <summary>The v1 hierarchies.</summary>
    public IReadOnlyList<CgroupHierarchy> Legacy { get; }

    /// <summary>True where there is the v2 tree and nothing else.</summary>
    public bool IsUnifiedOnly => Hierarchies.Count == 1 && Hierarchies[0].Unified;

    /// <summary>The v1 hierarchy with a controller, or the v2 tree if the controller lives there.</summary>
    public CgroupHierarchy? With(string controller) => LegacyWith(controller) ?? (Unified?.Has(controller) == true ? Unified : null);

    /// <summary>The v1 hierarchy with a controller.</summary>
    public CgroupHierarchy? LegacyWith(string controller)
    {
        foreach (CgroupHierarchy hierarchy in Legacy)
        {
            if (hierarchy.Has(controller))
            {
                return hierarchy;
            }
        }

        return null;
    }

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
                string[] controllers = Array.FindAll(mount.SuperOptions.Split(','), IsController);
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
