using Microsoft.Win32.SafeHandles;

namespace Wharf.Linux;

/// <summary>Hints of where a file system puts what is made (ioctl_iflags(2)).</summary>
public static unsafe class PlacementCalls
{
    private const nuint GetFlags = 0x80086601;
    private const nuint SetFlags = 0x40086602;
    private const uint TopDirectory = 0x00020000;

    /// <summary>
    /// Says that the directories made in this one have nothing to do with each other, so that each finds room of its own instead of all sharing what is near
    /// their parent (FS_TOPDIR_FL). EOPNOTSUPP or ENOTTY where a file system has no such hint.
    /// </summary>
    public static Errno Spread(string directory)
    {
        Errno errno = FileCalls.Open(directory, OpenFlags.ReadOnly | OpenFlags.Directory | OpenFlags.CloseOnExec, out SafeFileHandle opened);
        using (opened)
        {
            if (errno != Errno.None)
            {
                return errno;
            }

            // declared as long, used as int by the kernel
            ulong flags = 0;
            errno = SystemCall.Answer(Libc.ioctl(opened.Number(), GetFlags, (nint)(&flags)));
            if (errno == Errno.None && ((uint)flags & TopDirectory) == 0)
            {
                flags |= TopDirectory;
                errno = SystemCall.Answer(Libc.ioctl(opened.Number(), SetFlags, (nint)(&flags)));
            }

            return errno;
        }
    }
}
