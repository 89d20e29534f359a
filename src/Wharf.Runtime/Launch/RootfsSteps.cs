using Wharf.Linux;
using Wharf.Linux.Plans;
using Wharf.Primitives;
using Wharf.Runtime.Shims;

namespace Wharf.Runtime.Launch;

/// <summary>The container's root: mounted (or bound) first, made the root of the namespace last.</summary>
internal static class RootfsSteps
{
    private const int AtCurrentDirectory = -100;

    // mount(2) takes one page of options
    private const int MaxMountData = 4000;

    /// <summary>Cuts our mounts off from the host's, as far as linux.rootfsPropagation leaves it to us.</summary>
    public static void Isolate(PlanBuilder builder)
    {
        MountFlags propagation = builder.Linux.RootfsPropagation switch
        {
            null or "" or "slave" or "rslave" or "shared" or "rshared" => MountFlags.Slave,
            "private" or "rprivate" or "unbindable" or "runbindable" => MountFlags.Private,
            string other => throw WharfException.Invalid($"rootfsPropagation \"{other}\" is unknown"),
        };
        nint root = builder.Plan.Text("/");
        builder.Plan.Add("mount", propagation == MountFlags.Slave ? "/ as slave" : "/ as private", Call.mount, builder.Empty, root, 0,
            (ulong)(propagation | MountFlags.Recursive), 0);
    }

    /// <summary>Puts the root file system onto its host path (in this namespace only) and opens it.</summary>
    public static void Mount(PlanBuilder builder)
    {
        string path = Path(builder);
        SyscallPlan plan = builder.Plan;
        builder.Root = plan.NewSlot();
        plan.Context = $"error mounting rootfs at {path}";
        if (builder.Request.Rootfs is { Type: "overlay" } overlay)
        {
            Overlay(builder, overlay, path);
        }
        else
        {
            string source = builder.Request.Rootfs is { Type: "bind" } bind ? bind.Upper : path;
            plan.Add("mount", source, Call.mount, plan.Text(source), plan.Text(path), 0, (ulong)(MountFlags.Bind | MountFlags.Recursive), 0);
        }

        plan.Add("open", path, Call.openat, AtCurrentDirectory, plan.Text(path), (int)(OpenFlags.Path | OpenFlags.Directory | OpenFlags.CloseOnExec)).Save(builder.Root);
        plan.Context = null;
    }

    /// <summary>Where the root file system is on the host.</summary>
    public static string Path(PlanBuilder builder)
    {
        string path = builder.Spec.Root?.Path is { Length: > 0 } given ? given
            : builder.Request.Rootfs is { } rootfs ? rootfs.Upper
            : throw WharfException.Invalid("the specification names no root");
        return System.IO.Path.GetFullPath(path, builder.Request.Bundle);
    }

    /// <summary>Makes the root the namespace's root and leaves nothing of the host's tree in it.</summary>
    public static void Enter(PlanBuilder builder)
    {
        SyscallPlan plan = builder.Plan;
        nint dot = plan.Text("."), slash = plan.Text("/");
        plan.Add("fchdir", "rootfs", Call.fchdir, builder.Root);
        if (builder.Request.NoPivot)
        {
            HideKernelFileSystems(builder);
            plan.Add("mount", "rootfs onto /", Call.mount, dot, slash, 0, (ulong)MountFlags.Move, 0);
            plan.Add("chroot", "rootfs", Call.chroot, dot);
        }
        else
        {
            // both at once: the old root lands on top of the new one and is taken off from there (pivot_root(2), NOTES)
            plan.Add("pivot_root", null, Call.pivot_root, dot, dot);
            plan.Add("umount2", "old root", Call.umount2, dot, (int)UnmountFlags.Detach);
        }

        plan.Add("chdir", "/", Call.chdir, slash);
        Propagate(builder, slash);
    }

    /// <summary>root.readonly, after everything that had to be made in it.</summary>
    public static void MakeReadOnly(PlanBuilder builder)
    {
        if (builder.Spec.Root is { Readonly: true } || builder.Request.Rootfs is { ReadOnly: true })
        {
            builder.SetAttributes("rootfs read-only", builder.Root, MountAttributes.ReadOnly, 0, 0, recursive: false);
        }
    }

    // The old tree stays below the moved root. Whole views of proc and sysfs in it would let a user namespace in the container mount its own, bare of masks.
    private static void HideKernelFileSystems(PlanBuilder builder)
    {
        SyscallPlan plan = builder.Plan;
        string root = Path(builder) + "/";
        nint tmpfs = plan.Text("tmpfs");
        foreach (MountEntry mount in MountTable.Own())
        {
            if (mount.Type is not ("proc" or "sysfs") || mount.MountPoint.StartsWith(root, StringComparison.Ordinal))
            {
                continue;
            }

            nint point = plan.Text(mount.MountPoint);
            PlanLabel cover = plan.NewLabel(), done = plan.NewLabel();
            plan.Add("umount2", mount.MountPoint, Call.umount2, point, (int)UnmountFlags.Detach).On(Errno.EINVAL, cover).On(Errno.EPERM, cover).On(Errno.ENOENT, done);
            plan.Jump(done);
            plan.Mark(cover);
            plan.Add("mount", $"tmpfs over {mount.MountPoint}", Call.mount, tmpfs, point, tmpfs, 0, 0);
            plan.Mark(done);
        }
    }

    private static void Propagate(PlanBuilder builder, nint slash)
    {
        MountFlags flags = builder.Linux.RootfsPropagation switch
        {
            "shared" => MountFlags.Shared,
            "rshared" => MountFlags.Shared | MountFlags.Recursive,
            "unbindable" => MountFlags.Unbindable,
            "runbindable" => MountFlags.Unbindable | MountFlags.Recursive,
            _ => MountFlags.None,
        };
        if (flags != MountFlags.None)
        {
            builder.Plan.Add("mount", $"/ as {builder.Linux.RootfsPropagation}", Call.mount, builder.Empty, slash, 0, (ulong)flags, 0);
        }
    }

    private static void Overlay(PlanBuilder builder, RootfsMount overlay, string path)
    {
        SyscallPlan plan = builder.Plan;
        if (builder.HasUserNamespace)
        {
            // In a user namespace we may not write below the data root, as overlay must: the mount is made here and now, and attached there.
            int tree = plan.Keep(OverlayMount.Create(overlay));
            plan.Add("move_mount", path, Call.move_mount, tree, builder.Empty, AtCurrentDirectory, plan.Text(path), (int)MoveMountFlags.FromEmptyPath);
            return;
        }

        string data = OverlayMount.Data(overlay);
        if (System.Text.Encoding.UTF8.GetByteCount(data) <= MaxMountData)
        {
            plan.Add("mount", "overlay", Call.mount, plan.Text("overlay"), plan.Text(path), plan.Text("overlay"), 0, plan.Text(data));
            return;
        }

        PlanSlot detached = FileSystemSteps.Create(builder, "overlay", "overlay", OverlayMount.Options(overlay), MountAttributes.None);
        plan.Add("move_mount", path, Call.move_mount, detached, builder.Empty, AtCurrentDirectory, plan.Text(path), (int)MoveMountFlags.FromEmptyPath);
    }
}
