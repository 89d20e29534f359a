using Microsoft.Win32.SafeHandles;

namespace Wharf.Linux;

/// <summary>
/// Mounting, by path (mount(2), umount2(2)) and by descriptor (open_tree(2), move_mount(2), fsopen(2), mount_setattr(2)). Where the
/// target lies in a tree that somebody else can change, use descriptors: a path can lead elsewhere between check and use.
/// </summary>
public static unsafe class MountCalls
{
    public static Errno Mount(string? source, NativePath target, string? type, MountFlags flags, string? data = null)
    {
        byte[]? s = Terminated(source), t = Terminated(type), d = Terminated(data);
        fixed (byte* ps = s, pt = t, pd = d)
        fixed (byte* p = target)
        {
            return SystemCall.Answer(Libc.mount(ps, p, pt, (nuint)flags, pd));
        }
    }

    public static Errno Unmount(NativePath target, UnmountFlags flags = UnmountFlags.NoFollow)
    {
        fixed (byte* p = target)
        {
            return SystemCall.Answer(Libc.umount2(p, (int)flags));
        }
    }

    public static Errno OpenTree(SafeFileHandle directory, NativePath path, OpenTreeFlags flags, out SafeFileHandle tree)
    {
        fixed (byte* p = path)
        {
            nint fd = Libc.syscall(SyscallNumber.open_tree, directory.Number(), (nint)p, (nint)(flags | OpenTreeFlags.CloseOnExec), 0, 0, 0);
            GC.KeepAlive(directory);
            return Handle(fd, out tree);
        }
    }

    /// <summary>Attaches a detached mount (or moves an attached one) onto <paramref name="target"/>, a handle of the mount point itself.</summary>
    public static Errno MoveMount(SafeFileHandle tree, SafeFileHandle target)
    {
        fixed (byte* empty = "\0"u8)
        {
            nint result = Libc.syscall(SyscallNumber.move_mount, tree.Number(), (nint)empty, target.Number(), (nint)empty,
                (nint)(MoveMountFlags.FromEmptyPath | MoveMountFlags.ToEmptyPath), 0);
            GC.KeepAlive(tree);
            GC.KeepAlive(target);
            return SystemCall.Answer(result);
        }
    }

    /// <summary>Attaches a detached mount at a path that we trust.</summary>
    public static Errno MoveMount(SafeFileHandle tree, NativePath target)
    {
        fixed (byte* empty = "\0"u8)
        fixed (byte* p = target)
        {
            nint result = Libc.syscall(SyscallNumber.move_mount, tree.Number(), (nint)empty, FileCalls.CurrentDirectory.Number(), (nint)p,
                (nint)MoveMountFlags.FromEmptyPath, 0);
            GC.KeepAlive(tree);
            return SystemCall.Answer(result);
        }
    }

    /// <summary>mount_setattr(2) on the mount that <paramref name="tree"/> is the root of.</summary>
    public static Errno SetAttributes(SafeFileHandle tree, MountAttributes set, MountAttributes clear, bool recursive, MountFlags propagation = MountFlags.None)
    {
        ulong* attributes = stackalloc ulong[4];
        attributes[0] = (ulong)set;
        attributes[1] = (ulong)clear;
        attributes[2] = (ulong)propagation;
        attributes[3] = 0;
        fixed (byte* empty = "\0"u8)
        {
            nint flags = (nint)(AtFlags.EmptyPath | (recursive ? AtFlags.Recursive : 0));
            nint result = Libc.syscall(SyscallNumber.mount_setattr, tree.Number(), (nint)empty, flags, (nint)attributes, 32, 0);
            GC.KeepAlive(tree);
            return SystemCall.Answer(result);
        }
    }

    /// <summary>fsopen(2): a new file system context, to be configured and then mounted detached.</summary>
    public static Errno OpenFileSystem(string type, out SafeFileHandle context)
    {
        fixed (byte* p = new NativePath(type))
        {
            return Handle(Libc.syscall(SyscallNumber.fsopen, (nint)p, 1, 0, 0, 0, 0), out context);
        }
    }

    /// <summary>FSCONFIG_SET_STRING, or FSCONFIG_SET_FLAG where <paramref name="value"/> is null.</summary>
    public static Errno Configure(SafeFileHandle context, string key, string? value)
    {
        byte[]? v = Terminated(value);
        fixed (byte* pv = v)
        fixed (byte* pk = new NativePath(key))
        {
            nint result = Libc.syscall(SyscallNumber.fsconfig, context.Number(), v is null ? 0 : 1, (nint)pk, (nint)pv, 0, 0);
            GC.KeepAlive(context);
            return SystemCall.Answer(result);
        }
    }

    /// <summary>FSCONFIG_CMD_CREATE and fsmount(2): the configured file system as a detached mount.</summary>
    public static Errno CreateMount(SafeFileHandle context, MountAttributes attributes, out SafeFileHandle tree)
    {
        const nint CommandCreate = 6;
        Errno errno = SystemCall.Answer(Libc.syscall(SyscallNumber.fsconfig, context.Number(), CommandCreate, 0, 0, 0, 0));
        if (errno != Errno.None)
        {
            tree = new SafeFileHandle();
            return errno;
        }

        nint fd = Libc.syscall(SyscallNumber.fsmount, context.Number(), 1, (nint)attributes, 0, 0, 0);
        GC.KeepAlive(context);
        return Handle(fd, out tree);
    }

    private static Errno Handle(nint fd, out SafeFileHandle handle)
    {
        handle = new SafeFileHandle(fd, ownsHandle: true);
        return SystemCall.Answer(fd);
    }

    private static byte[]? Terminated(string? text) => text is null ? null : System.Text.Encoding.UTF8.GetBytes(text + "\0");
}
