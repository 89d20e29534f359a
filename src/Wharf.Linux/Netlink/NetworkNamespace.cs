using System.Net.Sockets;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Wharf.Linux.Netlink;

/// <summary>A network namespace that a descriptor holds alive (network_namespaces(7)), and what is done inside it.</summary>
public static class NetworkNamespace
{
    /// <summary>Opens a namespace by a path: a bind mount of it, or /proc/PID/ns/net.</summary>
    public static Errno Open(string path, out SafeFileHandle ns) => FileCalls.Open(path, OpenFlags.ReadOnly | OpenFlags.CloseOnExec, out ns);

    /// <summary>
    /// Gives the namespace a path that keeps it alive after every process and descriptor is gone, and that nsenter(1) can use.
    /// </summary>
    /// <exception cref="Primitives.WharfException">When the file cannot be made or the mount is refused; nothing is left then.</exception>
    public static void Bind(SafeFileHandle ns, string path)
    {
        File.WriteAllBytes(path, []);
        Errno errno = MountCalls.Mount($"/proc/self/fd/{ns.Number()}", path, null, MountFlags.Bind);
        GC.KeepAlive(ns);
        if (errno != Errno.None)
        {
            File.Delete(path);
            errno.ThrowIfError("bind network namespace to", path);
        }
    }

    /// <summary>Removes such a path; the namespace lives on while a process or descriptor is in it.</summary>
    public static void Unbind(string path)
    {
        Errno errno = MountCalls.Unmount(path, UnmountFlags.Detach | UnmountFlags.NoFollow);
        if (errno is not (Errno.None or Errno.EINVAL or Errno.ENOENT))
        {
            errno.ThrowIfError("umount2", path);
        }

        File.Delete(path);
    }

    /// <summary>A socket that belongs to the calling thread's namespace; any thread may bind and use it after.</summary>
    /// <exception cref="Primitives.WharfException">When the kernel refuses.</exception>
    public static SafeSocketHandle OpenSocket(AddressFamily family, SocketType type, ProtocolType protocol)
    {
        int domain = family == AddressFamily.InterNetworkV6 ? 10 : 2;
        int fd = NetlinkInterop.socket(domain, (int)type | NetlinkInterop.SOCK_CLOEXEC, (int)protocol);
        return fd >= 0 ? new SafeSocketHandle(fd, ownsHandle: true) : throw NetlinkInterop.LastError.ToException("socket");
    }

    /// <summary>Writes a file of /proc/sys/net as the calling thread's namespace has it; a missing one is an answer, not an error.</summary>
    /// <param name="name">With slashes: <c>net/ipv4/ip_forward</c>.</param>
    /// <param name="value">Without a line end.</param>
    public static Errno SetSysctl(string name, string value)
    {
        Errno errno = FileCalls.Open("/proc/sys/" + name, OpenFlags.WriteOnly | OpenFlags.CloseOnExec, out SafeFileHandle file);
        if (errno != Errno.None)
        {
            return errno;
        }

        using (file)
        {
            return FileCalls.WriteAll(file, Encoding.ASCII.GetBytes(value));
        }
    }
}
