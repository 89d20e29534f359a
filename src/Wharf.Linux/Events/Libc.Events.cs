using System.Runtime.InteropServices;

namespace Wharf.Linux;

internal static unsafe partial class Libc
{
    [LibraryImport(Name, SetLastError = true)]
    public static partial int epoll_create1(int flags);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int epoll_ctl(int epoll, int operation, int fd, byte* ev);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int epoll_wait(int epoll, byte* events, int count, int timeout);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int eventfd(uint initial, int flags);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int timerfd_create(int clock, int flags);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int timerfd_settime(int fd, int flags, TimeSpec* value, TimeSpec* old);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int poll(PollEntry* entries, nuint count, int timeout);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int inotify_init1(int flags);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int inotify_add_watch(int fd, byte* path, uint mask);
}
