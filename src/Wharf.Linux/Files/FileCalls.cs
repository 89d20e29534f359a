using Microsoft.Win32.SafeHandles;

namespace Wharf.Linux;

/// <summary>
/// Calls on open files (open(2), read(2), dup(2), fcntl(2), splice(2) ...). Each answers an <see cref="Errno"/>; results come in
/// <c>out</c> parameters. Descriptors are <see cref="SafeFileHandle"/>s, so streams can be laid over them; everything opened here is
/// close-on-exec.
/// </summary>
public static unsafe class FileCalls
{
    private const int AtCurrentDirectory = -100;

    /// <summary>AT_FDCWD: names are resolved from the working directory. Closing it does nothing.</summary>
    public static SafeFileHandle CurrentDirectory { get; } = new(AtCurrentDirectory, ownsHandle: false);

    /// <summary>Takes over a descriptor that the caller owns.</summary>
    public static SafeFileHandle Adopt(int fd) => new(fd, ownsHandle: true);

    /// <summary>A view of a descriptor that somebody else closes.</summary>
    public static SafeFileHandle Borrow(int fd) => new(fd, ownsHandle: false);

    /// <summary>The number behind a handle; valid while the caller keeps the handle alive.</summary>
    public static int Number(this SafeFileHandle handle) => (int)handle.DangerousGetHandle();

    public static Errno Open(NativePath path, OpenFlags flags, out SafeFileHandle file, uint mode = 0) =>
        OpenAt(CurrentDirectory, path, flags, out file, mode);

    public static Errno OpenAt(SafeFileHandle directory, NativePath path, OpenFlags flags, out SafeFileHandle file, uint mode = 0)
    {
        fixed (byte* p = path)
        {
            int fd;
            Errno errno;
            do
            {
                fd = Libc.openat(directory.Number(), p, (int)(flags | OpenFlags.CloseOnExec), mode);
                errno = SystemCall.Answer(fd);
            }
            while (errno == Errno.EINTR);
            GC.KeepAlive(directory);
            file = new SafeFileHandle(fd, ownsHandle: true);
            return errno;
        }
    }

    /// <summary>
    /// openat2(2): opens without leaving the tree below <paramref name="root"/> in the way <paramref name="resolve"/> says. The call
    /// for every path that comes from an image or a container. Waits out the kernel's EAGAIN (a rename raced with the walk).
    /// </summary>
    public static Errno OpenAt2(SafeFileHandle root, NativePath path, OpenFlags flags, ResolveFlags resolve, out SafeFileHandle file, uint mode = 0)
    {
        ulong* how = stackalloc ulong[3];
        how[0] = (ulong)(uint)(flags | OpenFlags.CloseOnExec);
        how[1] = mode;
        how[2] = (ulong)resolve;
        fixed (byte* p = path)
        {
            nint fd = -1;
            Errno errno = Errno.EAGAIN;
            for (int tries = 0; tries < 1000 && errno is Errno.EAGAIN or Errno.EINTR; tries++)
            {
                fd = Libc.syscall(SyscallNumber.openat2, root.Number(), (nint)p, (nint)how, 24, 0, 0);
                errno = SystemCall.Answer(fd);
            }

            GC.KeepAlive(root);
            file = new SafeFileHandle(fd, ownsHandle: true);
            return errno;
        }
    }

    /// <summary>Opens again what an O_PATH descriptor names, with other flags, through /proc/self/fd.</summary>
    public static Errno Reopen(SafeFileHandle file, OpenFlags flags, out SafeFileHandle opened)
    {
        Errno errno = Open($"/proc/self/fd/{file.Number()}", flags, out opened);
        GC.KeepAlive(file);
        return errno;
    }

    public static Errno Read(SafeFileHandle file, Span<byte> buffer, out int count)
    {
        fixed (byte* p = buffer)
        {
            Errno errno;
            do
            {
                errno = SystemCall.Answer(Libc.read(file.Number(), p, (nuint)buffer.Length), out count);
            }
            while (errno == Errno.EINTR);
            GC.KeepAlive(file);
            return errno;
        }
    }

    /// <summary>One write(2); may write less than asked.</summary>
    public static Errno Write(SafeFileHandle file, ReadOnlySpan<byte> data, out int count)
    {
        fixed (byte* p = data)
        {
            Errno errno;
            do
            {
                errno = SystemCall.Answer(Libc.write(file.Number(), p, (nuint)data.Length), out count);
            }
            while (errno == Errno.EINTR);
            GC.KeepAlive(file);
            return errno;
        }
    }

    public static Errno WriteAll(SafeFileHandle file, ReadOnlySpan<byte> data)
    {
        while (data.Length > 0)
        {
            Errno errno = Write(file, data, out int count);
            if (errno != Errno.None)
            {
                return errno;
            }

            data = data[count..];
        }

        return Errno.None;
    }

    /// <summary>A pipe, both ends close-on-exec; <paramref name="flags"/> may add <see cref="OpenFlags.NonBlocking"/>.</summary>
    public static Errno Pipe(out SafeFileHandle readEnd, out SafeFileHandle writeEnd, OpenFlags flags = 0)
    {
        int* ends = stackalloc int[2];
        ends[0] = ends[1] = -1;
        Errno errno = SystemCall.Answer(Libc.pipe2(ends, (int)(flags | OpenFlags.CloseOnExec)));
        readEnd = new SafeFileHandle(ends[0], ownsHandle: true);
        writeEnd = new SafeFileHandle(ends[1], ownsHandle: true);
        return errno;
    }

    public static Errno Duplicate(SafeFileHandle file, out SafeFileHandle copy)
    {
        const int F_DUPFD_CLOEXEC = 1030;
        Errno errno = SystemCall.Answer(Libc.fcntl(file.Number(), F_DUPFD_CLOEXEC, 3), out int fd);
        GC.KeepAlive(file);
        copy = new SafeFileHandle(fd, ownsHandle: true);
        return errno;
    }

    /// <summary>Whether calls on the open file answer EAGAIN instead of waiting (O_NONBLOCK).</summary>
    public static bool IsNonBlocking(SafeFileHandle file)
    {
        const int F_GETFL = 3;
        int flags = Libc.fcntl(file.Number(), F_GETFL, 0);
        GC.KeepAlive(file);
        return flags >= 0 && (flags & (int)OpenFlags.NonBlocking) != 0;
    }

    public static Errno SetNonBlocking(SafeFileHandle file, bool nonBlocking)
    {
        const int F_GETFL = 3, F_SETFL = 4;
        int flags = Libc.fcntl(file.Number(), F_GETFL, 0);
        if (flags < 0)
        {
            return SystemCall.LastError;
        }

        flags = nonBlocking ? flags | (int)OpenFlags.NonBlocking : flags & ~(int)OpenFlags.NonBlocking;
        Errno errno = SystemCall.Answer(Libc.fcntl(file.Number(), F_SETFL, flags));
        GC.KeepAlive(file);
        return errno;
    }

    public static Errno SetCloseOnExec(SafeFileHandle file, bool closeOnExec)
    {
        const int F_SETFD = 2;
        Errno errno = SystemCall.Answer(Libc.fcntl(file.Number(), F_SETFD, closeOnExec ? 1 : 0));
        GC.KeepAlive(file);
        return errno;
    }

    /// <summary>The real capacity in bytes after F_SETPIPE_SZ comes in <paramref name="actual"/>.</summary>
    public static Errno SetPipeSize(SafeFileHandle pipe, int bytes, out int actual)
    {
        const int F_SETPIPE_SZ = 1031;
        Errno errno = SystemCall.Answer(Libc.fcntl(pipe.Number(), F_SETPIPE_SZ, bytes), out actual);
        GC.KeepAlive(pipe);
        return errno;
    }

    /// <summary>flock(2). With <see cref="LockOperation.NonBlocking"/> a lock held elsewhere answers EAGAIN.</summary>
    public static Errno Lock(SafeFileHandle file, LockOperation operation)
    {
        Errno errno;
        do
        {
            errno = SystemCall.Answer(Libc.flock(file.Number(), (int)operation));
        }
        while (errno == Errno.EINTR);
        GC.KeepAlive(file);
        return errno;
    }

    public static Errno Allocate(SafeFileHandle file, int mode, long offset, long length)
    {
        Errno errno = SystemCall.Answer(Libc.fallocate(file.Number(), mode, offset, length));
        GC.KeepAlive(file);
        return errno;
    }

    public static Errno Truncate(SafeFileHandle file, long length)
    {
        Errno errno = SystemCall.Answer(Libc.ftruncate(file.Number(), length));
        GC.KeepAlive(file);
        return errno;
    }

    /// <summary>syncfs(2): flushes the whole file system the file lives on.</summary>
    public static Errno SyncFileSystem(SafeFileHandle file)
    {
        Errno errno = SystemCall.Answer(Libc.syncfs(file.Number()));
        GC.KeepAlive(file);
        return errno;
    }

    /// <summary>
    /// sync_file_range(2) with SYNC_FILE_RANGE_WRITE: the kernel begins to write this part of the file to disk and is not waited for. Makes nothing durable; what a
    /// sync waits for later is only shorter.
    /// </summary>
    public static Errno BeginWriting(SafeFileHandle file, long offset, long length)
    {
        const uint SYNC_FILE_RANGE_WRITE = 2;
        Errno errno = SystemCall.Answer(Libc.sync_file_range(file.Number(), offset, length, SYNC_FILE_RANGE_WRITE));
        GC.KeepAlive(file);
        return errno;
    }

    /// <summary>splice(2) between a pipe and another file, at their current positions. Zero moved means end of input.</summary>
    public static Errno Splice(SafeFileHandle from, SafeFileHandle to, int count, SpliceFlags flags, out int moved)
    {
        Errno errno = SystemCall.Answer(Libc.splice(from.Number(), null, to.Number(), null, (nuint)count, (uint)flags), out moved);
        GC.KeepAlive(from);
        GC.KeepAlive(to);
        return errno;
    }

    /// <summary>tee(2): duplicates what is in one pipe into another without consuming it.</summary>
    public static Errno Tee(SafeFileHandle from, SafeFileHandle to, int count, SpliceFlags flags, out int copied)
    {
        Errno errno = SystemCall.Answer(Libc.tee(from.Number(), to.Number(), (nuint)count, (uint)flags), out copied);
        GC.KeepAlive(from);
        GC.KeepAlive(to);
        return errno;
    }

    /// <summary>copy_file_range(2) at the files' current positions: in the kernel, by reflink where the file system can.</summary>
    public static Errno CopyRange(SafeFileHandle from, SafeFileHandle to, long count, out long copied)
    {
        nint n = Libc.copy_file_range(from.Number(), null, to.Number(), null, (nuint)count, 0);
        GC.KeepAlive(from);
        GC.KeepAlive(to);
        copied = n;
        return SystemCall.Answer(n);
    }

    /// <summary>sendfile(2) at the files' current positions: in the kernel, also from one file system to another. Zero copied means end of input.</summary>
    public static Errno SendFile(SafeFileHandle from, SafeFileHandle to, int count, out int copied)
    {
        Errno errno = SystemCall.Answer(Libc.sendfile(to.Number(), from.Number(), null, (nuint)count), out copied);
        GC.KeepAlive(from);
        GC.KeepAlive(to);
        return errno;
    }

    /// <summary>FICLONE: makes <paramref name="to"/> share the blocks of <paramref name="from"/>. EOPNOTSUPP, EXDEV or EINVAL where it cannot.</summary>
    public static Errno Reflink(SafeFileHandle from, SafeFileHandle to)
    {
        const nuint FICLONE = 0x40049409;
        Errno errno = SystemCall.Answer(Libc.ioctl(to.Number(), FICLONE, from.Number()));
        GC.KeepAlive(from);
        GC.KeepAlive(to);
        return errno;
    }

    /// <summary>A file in memory. With <paramref name="sealable"/> it can be made unchangeable by <see cref="Seal"/>.</summary>
    public static Errno MemoryFile(string name, bool sealable, out SafeFileHandle file)
    {
        const uint MFD_CLOEXEC = 1, MFD_ALLOW_SEALING = 2;
        fixed (byte* p = new NativePath(name))
        {
            Errno errno = SystemCall.Answer(Libc.memfd_create(p, MFD_CLOEXEC | (sealable ? MFD_ALLOW_SEALING : 0)), out int fd);
            file = new SafeFileHandle(fd, ownsHandle: true);
            return errno;
        }
    }

    /// <summary>F_ADD_SEALS with seal, shrink, grow and write: nobody changes the memory file any more.</summary>
    public static Errno Seal(SafeFileHandle file)
    {
        const int F_ADD_SEALS = 1033, Everything = 1 | 2 | 4 | 8;
        Errno errno = SystemCall.Answer(Libc.fcntl(file.Number(), F_ADD_SEALS, Everything));
        GC.KeepAlive(file);
        return errno;
    }

    /// <summary>FIONREAD: bytes that wait in a pipe, socket or terminal.</summary>
    public static Errno Available(SafeFileHandle file, out int bytes)
    {
        const nuint FIONREAD = 0x541B;
        int value = 0;
        Errno errno = SystemCall.Answer(Libc.ioctl(file.Number(), FIONREAD, (nint)(&value)));
        GC.KeepAlive(file);
        bytes = value;
        return errno;
    }
}
