using Microsoft.Win32.SafeHandles;
using Wharf.Linux;
using Wharf.Linux.Plans;
using Wharf.Oci.Runtime;
using Wharf.Primitives;
using Wharf.Runtime.Launch;
using Wharf.Runtime.Mounts;

namespace Wharf.Runtime.Devices;

/// <summary>
/// The devices that a specification lists for a container in a user namespace, where nobody may make nodes: made by us before the launch, in a
/// tmpfs that is attached nowhere, and bound from there one by one. Their owners are ids of the container.
/// </summary>
internal static class ForeignNodes
{
    public static void Attach(PlanBuilder builder, PlanSlot dev, IReadOnlyList<LinuxDevice> devices)
    {
        SyscallPlan plan = builder.Plan;
        int tree = plan.Keep(Create(devices, builder.Linux));
        nint here = plan.Text(".");
        // A tree that is attached nowhere gives no copies of its parts: it lies on /dev for that long.
        plan.Add("move_mount", "device nodes", Call.move_mount, tree, builder.Empty, dev, builder.Empty, (int)(MoveMountFlags.FromEmptyPath | MoveMountFlags.ToEmptyPath));
        var nodes = new PlanSlot[devices.Count];
        for (int i = 0; i < nodes.Length; i++)
        {
            nodes[i] = plan.NewSlot();
            plan.Add("open_tree", devices[i].Path, Call.open_tree, tree, plan.Text(NameOf(i)), (int)(OpenTreeFlags.Clone | OpenTreeFlags.CloseOnExec)).Save(nodes[i]);
        }

        plan.Add("fchdir", "device nodes", Call.fchdir, tree);
        plan.Add("umount2", "device nodes", Call.umount2, here, (int)UnmountFlags.Detach);
        plan.Add("fchdir", "rootfs", Call.fchdir, builder.Root);
        for (int i = 0; i < nodes.Length; i++)
        {
            plan.Context = DeviceSteps.ContextOf(devices[i]);
            builder.Attach(devices[i].Path, nodes[i], MountPath.OpenTarget(builder, devices[i].Path, directory: false));
        }

        plan.Context = null;
    }

    private static string NameOf(int index) => index.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static SafeFileHandle Create(IReadOnlyList<LinuxDevice> devices, LinuxSpec linux)
    {
        SafeFileHandle tree = FilledTmpfs.CreateEmpty([("mode", "711")], MountAttributes.NoSuid | MountAttributes.NoExec);
        try
        {
            for (int i = 0; i < devices.Count; i++)
            {
                LinuxDevice device = devices[i];
                string name = NameOf(i), context = $"{DeviceSteps.ContextOf(device)}: mknod";
                NameCalls.MakeNode(tree, name, DeviceSteps.ModeOf(device), DeviceSteps.NumberOf(device)).ThrowIfError(context, device.Path);
                // mknod(2) heeds our umask
                NameCalls.ChangeMode(tree, name, DeviceSteps.ModeOf(device) & 0xfff).ThrowIfError(context, device.Path);
                uint owner = HostId(linux.UidMappings, device.Uid ?? 0, device), group = HostId(linux.GidMappings, device.Gid ?? 0, device);
                NameCalls.ChangeOwner(tree, name, owner, group, AtFlags.SymlinkNoFollow).ThrowIfError(context, device.Path);
            }

            return tree;
        }
        catch
        {
            tree.Dispose();
            throw;
        }
    }

    private static uint HostId(IReadOnlyList<IdMapping>? mappings, uint id, LinuxDevice device)
    {
        foreach (IdMapping mapping in mappings ?? [])
        {
            if (id >= mapping.ContainerId && id - mapping.ContainerId < mapping.Size)
            {
                return mapping.HostId + (id - mapping.ContainerId);
            }
        }

        throw WharfException.Invalid($"device {device.Path}: the container's user namespace has no id {id}");
    }
}
