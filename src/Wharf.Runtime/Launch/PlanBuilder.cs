using Wharf.Linux;
using Wharf.Linux.Plans;
using Wharf.Oci.Runtime;

namespace Wharf.Runtime.Launch;

/// <summary>
/// What the parts of a compilation share: the plan under construction, the request, the slots that several parts use, and the warnings.
/// </summary>
internal sealed class PlanBuilder(LaunchRequest request)
{
    private nint _empty;

    public SyscallPlan Plan { get; } = new();

    public LaunchRequest Request { get; } = request;

    public RuntimeSpec Spec => Request.Spec;

    public LinuxSpec Linux { get; } = request.Spec.Linux ?? new LinuxSpec();

    public List<string> Warnings { get; } = [];

    /// <summary>Namespaces that clone makes.</summary>
    public NamespaceKinds NewNamespaces { get; set; }

    /// <summary>True where the container's user namespace is not ours.</summary>
    public bool HasUserNamespace { get; set; }

    /// <summary>True where the container sees its own cgroup as root.</summary>
    public bool HasCgroupNamespace { get; set; }

    /// <summary>The container's root while it is put together (a handle of its mount).</summary>
    public PlanSlot Root { get; set; }

    /// <summary>What this process may do; a user namespace's first process may do everything in it.</summary>
    public CapabilitySet Own { get; } = CapabilitySet.OwnEffective;

    /// <summary>The empty path of the calls that work on a descriptor.</summary>
    public nint Empty => _empty != 0 ? _empty : _empty = Plan.Text("");

    /// <summary>mount_setattr(2) on the mount whose root <paramref name="tree"/> is.</summary>
    public void SetAttributes(string? subject, PlanSlot tree, MountAttributes set, MountAttributes clear, MountFlags propagation, bool recursive)
    {
        const int StructureSize = 32;
        // the kernel changes the access time mode only when all of its bits are cleared in the same call
        if (((set | clear) & MountAttributes.AccessTimeMask) != 0)
        {
            clear |= MountAttributes.AccessTimeMask;
        }

        nint attributes = Plan.Words((ulong)set, (ulong)clear, (ulong)propagation, 0);
        Plan.Add("mount_setattr", subject, Call.mount_setattr, tree, Empty, (int)(AtFlags.EmptyPath | (recursive ? AtFlags.Recursive : 0)), attributes, StructureSize);
    }

    /// <summary>move_mount(2) of a detached tree onto an open mount point.</summary>
    public PlanStep Attach(string? subject, PlanSlot tree, PlanSlot target) =>
        Plan.Add("move_mount", subject, Call.move_mount, tree, Empty, target, Empty, (int)(MoveMountFlags.FromEmptyPath | MoveMountFlags.ToEmptyPath));
}
