using Wharf.Linux;
using Wharf.Linux.Plans;
using Wharf.Runtime.Launch;

namespace Wharf.Runtime.Mounts;

/// <summary>
/// linux.maskedPaths and linux.readonlyPaths. Paths that do not exist are skipped. A masked file is covered with the host's /dev/null, opened
/// before the container's tree existed: a node inside could be exchanged for something else.
/// </summary>
internal static class MaskSteps
{
    private const int AtCurrentDirectory = -100;

    public static void Mask(PlanBuilder builder)
    {
        SyscallPlan plan = builder.Plan;
        foreach (string path in builder.Linux.MaskedPaths ?? [])
        {
            plan.Context = $"error masking \"{path}\"";
            PlanSlot target = plan.NewSlot();
            PlanLabel isFile = plan.NewLabel(), done = plan.NewLabel();
            Open(builder, path, OpenFlags.Directory, target).On(Errno.ENOENT, done).On(Errno.ENOTDIR, isFile);
            PlanSlot empty = FileSystemSteps.Create(builder, "tmpfs", "tmpfs", [("size", "0")], MountAttributes.ReadOnly);
            builder.Attach(path, empty, target);
            plan.Jump(done);
            plan.Mark(isFile);
            Open(builder, path, OpenFlags.ReadOnly, target).On(Errno.ENOENT, done);
            PlanSlot nothing = plan.NewSlot();
            plan.Add("open_tree", "/dev/null", Call.open_tree, AtCurrentDirectory, plan.Text("/dev/null"), (int)(OpenTreeFlags.Clone | OpenTreeFlags.CloseOnExec)).Save(nothing);
            builder.SetAttributes(null, nothing, MountAttributes.ReadOnly | MountAttributes.NoExec, 0, MountFlags.Private, recursive: false);
            builder.Attach(path, nothing, target);
            plan.Mark(done);
            plan.Context = null;
        }
    }

    public static void MakeReadOnly(PlanBuilder builder)
    {
        SyscallPlan plan = builder.Plan;
        foreach (string path in builder.Linux.ReadonlyPaths ?? [])
        {
            plan.Context = $"error making \"{path}\" read-only";
            PlanSlot target = plan.NewSlot(), tree = plan.NewSlot();
            PlanLabel done = plan.NewLabel();
            Open(builder, path, OpenFlags.ReadOnly, target).On(Errno.ENOENT, done);
            OpenTreeFlags flags = OpenTreeFlags.Clone | OpenTreeFlags.Recursive | OpenTreeFlags.EmptyPath | OpenTreeFlags.CloseOnExec;
            plan.Add("open_tree", path, Call.open_tree, target, builder.Empty, (int)flags).Save(tree);
            builder.SetAttributes(path, tree, MountAttributes.ReadOnly, 0, 0, recursive: true);
            builder.Attach(path, tree, target);
            plan.Mark(done);
            plan.Context = null;
        }
    }

    private static PlanStep Open(PlanBuilder builder, string path, OpenFlags flags, PlanSlot target) =>
        builder.Plan.OpenInRoot("open", builder.Root, path, OpenFlags.Path | flags, refuseLinks: MountPath.IsGuarded(path)).Save(target);
}
