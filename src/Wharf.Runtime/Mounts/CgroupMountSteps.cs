using Wharf.Linux;
using Wharf.Linux.Plans;
using Wharf.Primitives;
using Wharf.Runtime.Launch;

namespace Wharf.Runtime.Mounts;

/// <summary>
/// A mount of type "cgroup": what the container sees at /sys/fs/cgroup. With v2 alone one mount; otherwise a tmpfs with one directory per v1
/// hierarchy. In a cgroup namespace the kernel shows the container's own cgroup as root; without one its directory is bound.
/// </summary>
internal static class CgroupMountSteps
{
    private const int AtCurrentDirectory = -100;

    public static void Attach(PlanBuilder builder, PreparedMount mount)
    {
        CgroupLayout layout = CgroupLayout.Current;
        MountAttributes attributes = mount.Options.Set;
        PlanSlot target = MountPath.OpenTarget(builder, mount.Spec.Destination, directory: true);
        if (layout.IsUnifiedOnly)
        {
            builder.Attach(mount.Spec.Destination, Hierarchy(builder, layout.Hierarchies[0], attributes), target);
            return;
        }

        PlanSlot directory = FileSystemSteps.Create(builder, "tmpfs", "tmpfs", [("mode", "755")], attributes & ~MountAttributes.ReadOnly);
        builder.Attach(mount.Spec.Destination, directory, target);
        foreach (CgroupHierarchy hierarchy in layout.Legacy)
        {
            Legacy(builder, hierarchy, directory, attributes);
        }

        if (mount.Options.IsReadOnly)
        {
            builder.SetAttributes(mount.Spec.Destination, directory, MountAttributes.ReadOnly, 0, 0, recursive: false);
        }
    }

    private static void Legacy(PlanBuilder builder, CgroupHierarchy hierarchy, PlanSlot directory, MountAttributes attributes)
    {
        const int Mode = 0b111_101_101;
        SyscallPlan plan = builder.Plan;
        string name = Path.GetFileName(hierarchy.MountPoint);
        nint text = plan.Text(name);
        PlanSlot point = plan.NewSlot();
        plan.Add("mkdir", name, Call.mkdirat, directory, text, Mode);
        plan.Add("open", name, Call.openat, directory, text, (int)(OpenFlags.Path | OpenFlags.Directory | OpenFlags.NoFollow | OpenFlags.CloseOnExec)).Save(point);
        builder.Attach(name, Hierarchy(builder, hierarchy, attributes), point);
        if (hierarchy.Controllers.Count > 1)
        {
            // cpu and cpuacct lead to "cpu,cpuacct", as on the host
            foreach (string controller in hierarchy.Controllers)
            {
                plan.Add("symlink", controller, Call.symlinkat, text, directory, plan.Text(controller)).Allow(Errno.EEXIST);
            }
        }
    }

    private static PlanSlot Hierarchy(PlanBuilder builder, CgroupHierarchy hierarchy, MountAttributes attributes)
    {
        if (builder.HasCgroupNamespace)
        {
            return FileSystemSteps.Create(builder, hierarchy.Unified ? "cgroup2" : "cgroup", "cgroup", hierarchy.Unified ? [] : Options(hierarchy), attributes);
        }

        string path = hierarchy.MountPoint + (builder.Request.Cgroup?.Path ?? throw WharfException.Invalid("a cgroup mount without a cgroup namespace needs a cgroup of the container's own"));
        PlanSlot tree = builder.Plan.NewSlot();
        builder.Plan.Add("open_tree", path, Call.open_tree, AtCurrentDirectory, builder.Plan.Text(path), (int)(OpenTreeFlags.Clone | OpenTreeFlags.CloseOnExec)).Save(tree);
        builder.SetAttributes(path, tree, attributes, 0, MountFlags.Private, recursive: false);
        return tree;
    }

    private static List<(string, string?)> Options(CgroupHierarchy hierarchy)
    {
        var options = new List<(string, string?)>();
        foreach (string controller in hierarchy.Controllers)
        {
            options.Add(controller.StartsWith("name=", StringComparison.Ordinal) ? ("name", controller[5..]) : (controller, null));
        }

        return options;
    }
}
