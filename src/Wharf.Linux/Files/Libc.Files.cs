using System.Runtime.InteropServices;

namespace Wharf.Linux;

internal static unsafe partial class Libc
{
    [LibraryImport(Name, SetLastError = true)]
    public static partial int openat(int directory, byte* path, int flags, uint mode);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int close(int fd);

    [LibraryImport(Name, SetLastError = true)]
    public static partial nint read(int fd, byte* buffer, nuint count);

    [LibraryImport(Name, SetLastError = true)]
    public static partial nint write(int fd, byte* buffer, nuint count);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int dup3(int from, int to, int flags);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int pipe2(int* ends, int flags);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int fcntl(int fd, int command, nint argument);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int flock(int fd, int operation);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int fallocate(int fd, int mode, long offset, long length);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int ftruncate(int fd, long length);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int syncfs(int fd);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int sync_file_range(int fd, long offset, long length, uint flags);

    [LibraryImport(Name, SetLastError = true)]
    public static partial nint splice(int from, long* fromOffset, int to, long* toOffset, nuint count, uint flags);

    [LibraryImport(Name, SetLastError = true)]
    public static partial nint tee(int from, int to, nuint count, uint flags);

    [LibraryImport(Name, SetLastError = true)]
    public static partial nint sendfile(int to, int from, long* fromOffset, nuint count);

    [LibraryImport(Name, SetLastError = true)]
    public static partial nint copy_file_range(int from, long* fromOffset, int to, long* toOffset, nuint count, uint flags);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int ioctl(int fd, nuint request, nint argument);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int memfd_create(byte* name, uint flags);
}
