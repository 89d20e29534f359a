using System.Runtime.InteropServices;

namespace Wharf.Linux;

internal static unsafe partial class Libc
{
    [LibraryImport(Name, SetLastError = true)]
    public static partial int mount(byte* source, byte* target, byte* type, nuint flags, byte* data);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int umount2(byte* target, int flags);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int unshare(int flags);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int setns(int fd, int type);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int sethostname(byte* name, nuint length);
}
