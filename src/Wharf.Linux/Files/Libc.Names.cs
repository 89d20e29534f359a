using System.Runtime.InteropServices;

namespace Wharf.Linux;

internal static unsafe partial class Libc
{
    [LibraryImport(Name, SetLastError = true)]
    public static partial int mkdirat(int directory, byte* path, uint mode);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int mknodat(int directory, byte* path, uint mode, ulong device);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int unlinkat(int directory, byte* path, int flags);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int symlinkat(byte* target, int directory, byte* path);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int linkat(int fromDirectory, byte* from, int toDirectory, byte* to, int flags);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int renameat2(int fromDirectory, byte* from, int toDirectory, byte* to, uint flags);

    [LibraryImport(Name, SetLastError = true)]
    public static partial nint readlinkat(int directory, byte* path, byte* buffer, nuint size);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int fchownat(int directory, byte* path, uint uid, uint gid, int flags);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int fchmodat(int directory, byte* path, uint mode, int flags);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int fchmod(int fd, uint mode);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int utimensat(int directory, byte* path, TimeSpec* times, int flags);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int statx(int directory, byte* path, int flags, uint mask, FileStatus* status);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int statfs(byte* path, FileSystemStatus* status);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int fstatfs(int fd, FileSystemStatus* status);

    [LibraryImport(Name, SetLastError = true)]
    public static partial nint getdents64(int fd, byte* buffer, nuint size);
}
