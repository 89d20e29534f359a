using Wharf.Linux;

namespace Wharf.Archive.Trees;

/// <summary>File systems that show the kernel and hold no files of anybody: a copy of a running container's root stops before them.</summary>
internal static class KernelFileSystems
{
    private const long Mqueue = 0x19800202;
    private const long Securityfs = 0x73636673;
    private const long Debugfs = 0x64626720;
    private const long Bpf = 0xcafe4a11;

    public static bool IsOn(TreeNode node) =>
        NameCalls.FileSystem(node.Handle, out FileSystemStatus status) == Errno.None
        && status.Type is FileSystemStatus.ProcMagic or FileSystemStatus.SysfsMagic or FileSystemStatus.CgroupMagic or FileSystemStatus.Cgroup2Magic
            or FileSystemStatus.DevptsMagic or Mqueue or Securityfs or Debugfs or Bpf;
}
