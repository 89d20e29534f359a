using Microsoft.Win32.SafeHandles;

namespace Wharf.Linux;

/// <summary>Where <see cref="ContentCalls.Seek"/> counts from (lseek(2)).</summary>
public enum SeekWhence
{
    Set = 0,
    Current = 1,
    End = 2,

    /// <summary>The next data at or after the offset; ENXIO when there is none.</summary>
    Data = 3,

    /// <summary>The next hole at or after the offset; the end of the file counts as one.</summary>
    Hole = 4,
}

/// <summary>Position, holes and shared extents of open files.</summary>
public static class ContentCalls
{
    public static Errno Seek(SafeFileHandle file, long offset, SeekWhence whence, out long position)
    {
        position = Libc.lseek(file.Number(), offset, (int)whence);
        Errno errno = position < 0 ? SystemCall.LastError : Errno.None;
        GC.KeepAlive(file);
        return errno;
    }

    /// <summary>FICLONE (ioctl_ficlone(2)): the target shares all data of the source. EOPNOTSUPP or EXDEV where it cannot.</summary>
    public static Errno Clone(SafeFileHandle source, SafeFileHandle target)
    {
        const nuint FICLONE = 0x40049409;
        Errno errno = SystemCall.Answer(Libc.ioctl(target.Number(), FICLONE, source.Number()));
        GC.KeepAlive(source);
        GC.KeepAlive(target);
        return errno;
    }
}
