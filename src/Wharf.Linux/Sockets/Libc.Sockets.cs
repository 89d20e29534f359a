using System.Runtime.InteropServices;

namespace Wharf.Linux;

internal static unsafe partial class Libc
{
    [LibraryImport(Name, SetLastError = true)]
    public static partial int socket(int family, int type, int protocol);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int socketpair(int family, int type, int protocol, int* ends);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int bind(int fd, byte* address, uint length);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int listen(int fd, int backlog);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int connect(int fd, byte* address, uint length);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int accept4(int fd, byte* address, uint* length, int flags);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int shutdown(int fd, int how);

    [LibraryImport(Name, SetLastError = true)]
    public static partial nint sendmsg(int fd, MessageHeader* message, int flags);

    [LibraryImport(Name, SetLastError = true)]
    public static partial nint recvmsg(int fd, MessageHeader* message, int flags);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int getsockopt(int fd, int level, int option, byte* value, uint* length);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int setsockopt(int fd, int level, int option, byte* value, uint length);
}
