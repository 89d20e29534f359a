using Microsoft.Win32.SafeHandles;

namespace Wharf.Linux;

/// <summary>
/// Calls that make, change or read names, always relative to an open directory (mkdirat(2), mknodat(2), fchownat(2), utimensat(2),
/// statx(2) ...). Pass <see cref="FileCalls.CurrentDirectory"/> for absolute paths. An empty name with <see cref="AtFlags.EmptyPath"/>
/// means the directory handle itself.
/// </summary>
public static unsafe class NameCalls
{
    public static Errno MakeDirectory(SafeFileHandle directory, NativePath path, uint mode)
    {
        fixed (byte* p = path)
        {
            return Done(Libc.mkdirat(directory.Number(), p, mode), directory);
        }
    }

    /// <param name="directory">Where the name is resolved from.</param>
    /// <param name="path">The new name.</param>
    /// <param name="mode">Type (<see cref="FileType"/>) and permissions; the umask applies.</param>
    /// <param name="device">From <see cref="DeviceNumber.Make"/>; 0 for fifos and sockets.</param>
    public static Errno MakeNode(SafeFileHandle directory, NativePath path, uint mode, ulong device)
    {
        fixed (byte* p = path)
        {
            return Done(Libc.mknodat(directory.Number(), p, mode, device), directory);
        }
    }

    /// <summary>unlinkat(2); <see cref="AtFlags.RemoveDirectory"/> removes an empty directory.</summary>
    public static Errno Unlink(SafeFileHandle directory, NativePath path, AtFlags flags = AtFlags.None)
    {
        fixed (byte* p = path)
        {
            return Done(Libc.unlinkat(directory.Number(), p, (int)flags), directory);
        }
    }

    public static Errno MakeSymbolicLink(NativePath target, SafeFileHandle directory, NativePath path)
    {
        fixed (byte* t = target)
        fixed (byte* p = path)
        {
            return Done(Libc.symlinkat(t, directory.Number(), p), directory);
        }
    }

    public static Errno Link(SafeFileHandle fromDirectory, NativePath from, SafeFileHandle toDirectory, NativePath to, AtFlags flags = AtFlags.None)
    {
        fixed (byte* f = from)
        fixed (byte* t = to)
        {
            Errno errno = Done(Libc.linkat(fromDirectory.Number(), f, toDirectory.Number(), t, (int)flags), fromDirectory);
            GC.KeepAlive(toDirectory);
            return errno;
        }
    }

    public static Errno Rename(SafeFileHandle fromDirectory, NativePath from, SafeFileHandle toDirectory, NativePath to, RenameFlags flags = RenameFlags.None)
    {
        fixed (byte* f = from)
        fixed (byte* t = to)
        {
            Errno errno = Done(Libc.renameat2(fromDirectory.Number(), f, toDirectory.Number(), t, (uint)flags), fromDirectory);
            GC.KeepAlive(toDirectory);
            return errno;
        }
    }

    /// <summary>The link's target as the bytes it has.</summary>
    public static Errno ReadLink(SafeFileHandle directory, NativePath path, out byte[] target)
    {
        const int Longest = 4096;
        byte* buffer = stackalloc byte[Longest];
        fixed (byte* p = path)
        {
            nint length = Libc.readlinkat(directory.Number(), p, buffer, Longest);
            Errno errno = Done(length, directory);
            target = length > 0 ? new ReadOnlySpan<byte>(buffer, (int)length).ToArray() : [];
            return errno;
        }
    }

    public static Errno ChangeOwner(SafeFileHandle directory, NativePath path, uint uid, uint gid, AtFlags flags)
    {
        fixed (byte* p = path)
        {
            return Done(Libc.fchownat(directory.Number(), p, uid, gid, (int)flags), directory);
        }
    }

    /// <summary>Permissions of a name; follows a symbolic link in the last place, so callers check or open with NoFollow first.</summary>
    public static Errno ChangeMode(SafeFileHandle directory, NativePath path, uint mode)
    {
        fixed (byte* p = path)
        {
            return Done(Libc.fchmodat(directory.Number(), p, mode, 0), directory);
        }
    }

    /// <summary>Permissions of an open file. For an O_PATH handle goes through /proc/self/fd, as fchmod(2) refuses those.</summary>
    public static Errno ChangeMode(SafeFileHandle file, uint mode)
    {
        Errno errno = Done(Libc.fchmod(file.Number(), mode), file);
        if (errno == Errno.EBADF)
        {
            errno = ChangeMode(FileCalls.CurrentDirectory, $"/proc/self/fd/{file.Number()}", mode);
            GC.KeepAlive(file);
        }

        return errno;
    }

    public static Errno SetTimes(SafeFileHandle directory, NativePath path, TimeSpec accessed, TimeSpec modified, AtFlags flags)
    {
        TimeSpec* times = stackalloc TimeSpec[2];
        times[0] = accessed;
        times[1] = modified;
        fixed (byte* p = path)
        {
            return Done(Libc.utimensat(directory.Number(), p, times, (int)flags), directory);
        }
    }

    public static Errno Status(SafeFileHandle directory, NativePath path, AtFlags flags, out FileStatus status, uint mask = FileStatus.MaskBasic)
    {
        status = default;
        fixed (FileStatus* s = &status)
        fixed (byte* p = path)
        {
            return Done(Libc.statx(directory.Number(), p, (int)flags, mask, s), directory);
        }
    }

    /// <summary>What the kernel knows of an open file.</summary>
    public static Errno Status(SafeFileHandle file, out FileStatus status, uint mask = FileStatus.MaskBasic) =>
        Status(file, "\0"u8, AtFlags.EmptyPath, out status, mask);

    public static Errno FileSystem(NativePath path, out FileSystemStatus status)
    {
        status = default;
        fixed (FileSystemStatus* s = &status)
        fixed (byte* p = path)
        {
            return SystemCall.Answer(Libc.statfs(p, s));
        }
    }

    public static Errno FileSystem(SafeFileHandle file, out FileSystemStatus status)
    {
        status = default;
        fixed (FileSystemStatus* s = &status)
        {
            return Done(Libc.fstatfs(file.Number(), s), file);
        }
    }

    private static Errno Done(nint result, SafeFileHandle used)
    {
        Errno errno = SystemCall.Answer(result);
        GC.KeepAlive(used);
        return errno;
    }
}
