using Wharf.Linux;

namespace Wharf.Runtime.Launch;

/// <summary>In which namespaces a process differs from us, by the inodes of /proc/PID/ns.</summary>
internal readonly record struct ContainerNamespaces(NamespaceKinds Foreign)
{
    private static readonly NamespaceKinds[] Kinds =
    [
        NamespaceKinds.Mount, NamespaceKinds.Uts, NamespaceKinds.Ipc, NamespaceKinds.Network, NamespaceKinds.Pid, NamespaceKinds.Cgroup, NamespaceKinds.User,
    ];

    /// <exception cref="Wharf.Primitives.WharfException">NotFound: the process has ended.</exception>
    public static ContainerNamespaces Of(int pid)
    {
        NamespaceKinds foreign = NamespaceKinds.None;
        foreach (NamespaceKinds kind in Kinds)
        {
            string name = NamespaceCalls.FileName(kind);
            if (Inode($"/proc/{pid}/ns/{name}") != Inode($"/proc/self/ns/{name}"))
            {
                foreign |= kind;
            }
        }

        return new ContainerNamespaces(foreign);
    }

    private static ulong Inode(string path)
    {
        NameCalls.Status(FileCalls.CurrentDirectory, path, AtFlags.None, out FileStatus status).ThrowIfError("stat", path);
        return status.Inode;
    }
}
