using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Wharf.Linux;

/// <summary>Descriptors wholesale: close_range(2), and which of them came from whoever started us.</summary>
public static class DescriptorCalls
{
    /// <summary>Closes every descriptor from <paramref name="first"/> on: what a program does first that was started by somebody it does not trust to have closed them.</summary>
    public static Errno CloseFrom(int first) =>
        SystemCall.Answer(Libc.syscall(SyscallNumber.close_range, first, unchecked((nint)uint.MaxValue), 0, 0, 0, 0));

    /// <summary>The descriptors from <paramref name="first"/> on that an execve(2) would leave open: those we were given, as we open none of that kind.</summary>
    public static Errno Inherited(int first, out List<int> numbers)
    {
        const int F_GETFD = 1, FD_CLOEXEC = 1;
        numbers = [];
        Errno errno = FileCalls.Open("/proc/self/fd", OpenFlags.ReadOnly | OpenFlags.Directory, out SafeFileHandle directory);
        using (directory)
        {
            List<DirectoryReader.Entry> entries = [];
            errno = errno == Errno.None ? DirectoryReader.Read(directory, out entries) : errno;
            foreach (DirectoryReader.Entry entry in entries)
            {
                int number = int.Parse(Encoding.ASCII.GetString(entry.Name), CultureInfo.InvariantCulture);
                if (number >= first && Libc.syscall(Plans.Call.fcntl, number, F_GETFD, 0, 0, 0, 0) is >= 0 and var flags && (flags & FD_CLOEXEC) == 0)
                {
                    numbers.Add(number);
                }
            }
        }

        return errno;
    }
}
