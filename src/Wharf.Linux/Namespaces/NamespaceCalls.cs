using Microsoft.Win32.SafeHandles;

namespace Wharf.Linux;

/// <summary>The kinds of namespaces as CLONE_NEW* bits (namespaces(7)).</summary>
[Flags]
public enum NamespaceKinds : uint
{
    None = 0,
    Time = 0x80,
    Mount = 0x20000,
    Cgroup = 0x2000000,
    Uts = 0x4000000,
    Ipc = 0x8000000,
    User = 0x10000000,
    Pid = 0x20000000,
    Network = 0x40000000,
}

/// <summary>
/// unshare(2) and setns(2). Both change the calling thread only (pid and time: its future children); callers own that thread and
/// never give it back to the pool in a foreign namespace.
/// </summary>
public static class NamespaceCalls
{
    public static Errno Unshare(NamespaceKinds kinds) => SystemCall.Answer(Libc.unshare((int)kinds));

    /// <summary>Enters the namespace that <paramref name="handle"/> (a file of /proc/PID/ns, or a pidfd for several kinds) names.</summary>
    public static Errno Enter(SafeFileHandle handle, NamespaceKinds kinds)
    {
        Errno errno = SystemCall.Answer(Libc.setns(handle.Number(), (int)kinds));
        GC.KeepAlive(handle);
        return errno;
    }

    public static unsafe Errno SetHostName(string name)
    {
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(name);
        fixed (byte* p = bytes)
        {
            return SystemCall.Answer(Libc.sethostname(p, (nuint)bytes.Length));
        }
    }

    /// <summary>The name under which /proc/PID/ns lists a kind.</summary>
    public static string FileName(NamespaceKinds kind) => kind switch
    {
        NamespaceKinds.Time => "time",
        NamespaceKinds.Mount => "mnt",
        NamespaceKinds.Cgroup => "cgroup",
        NamespaceKinds.Uts => "uts",
        NamespaceKinds.Ipc => "ipc",
        NamespaceKinds.User => "user",
        NamespaceKinds.Pid => "pid",
        NamespaceKinds.Network => "net",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}
