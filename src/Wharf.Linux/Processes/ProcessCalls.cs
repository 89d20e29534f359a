using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Wharf.Linux;

/// <summary>How a child ended: the si_code and si_status of waitid(2).</summary>
public readonly record struct ProcessEnd(int Pid, bool Signalled, int Value)
{
    /// <summary>The status as shells and Docker show it: the exit code, or 128 and the signal's number.</summary>
    public int ExitCode => Signalled ? 128 + Value : Value;
}

/// <summary>The part of siginfo_t that waitid(2) fills.</summary>
[StructLayout(LayoutKind.Sequential, Size = 128)]
internal struct WaitStatus
{
    public int Signal;
    public int Error;
    public int Code;
    private readonly int _pad;
    public int Pid;
    public uint Uid;
    public int Status;
}

/// <summary>struct rlimit64; <see cref="Infinity"/> is no limit.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct ResourceLimit(ulong Soft, ulong Hard)
{
    public const ulong Infinity = ulong.MaxValue;
}

/// <summary>Processes by pid descriptor: pidfd_open(2), pidfd_send_signal(2), waitid(2); and what a process says of itself by prctl(2).</summary>
public static unsafe class ProcessCalls
{
    public static int OwnPid => Libc.getpid();

    public static uint EffectiveUser => Libc.geteuid();

    public static uint EffectiveGroup => Libc.getegid();

    public static bool IsRoot => EffectiveUser == 0;

    public static Errno OpenPid(int pid, out SafeFileHandle pidfd)
    {
        nint fd = Libc.syscall(SyscallNumber.pidfd_open, pid, 0, 0, 0, 0, 0);
        pidfd = new SafeFileHandle(fd, ownsHandle: true);
        return SystemCall.Answer(fd);
    }

    /// <summary>Signal 0 asks whether the process still exists.</summary>
    public static Errno SendSignal(SafeFileHandle pidfd, int signal)
    {
        nint result = Libc.syscall(SyscallNumber.pidfd_send_signal, pidfd.Number(), signal, 0, 0, 0, 0);
        GC.KeepAlive(pidfd);
        return SystemCall.Answer(result);
    }

    /// <summary>pidfd_getfd(2): a copy of descriptor <paramref name="number"/> of another process.</summary>
    public static Errno TakeDescriptor(SafeFileHandle pidfd, int number, out SafeFileHandle copy)
    {
        nint fd = Libc.syscall(SyscallNumber.pidfd_getfd, pidfd.Number(), number, 0, 0, 0, 0);
        GC.KeepAlive(pidfd);
        copy = new SafeFileHandle(fd, ownsHandle: true);
        return SystemCall.Answer(fd);
    }

    /// <summary>kill(2) by number: only for process groups and for children that are not reaped yet.</summary>
    public static Errno Kill(int pid, int signal) => SystemCall.Answer(Libc.kill(pid, signal));

    /// <summary>Reaps the child behind <paramref name="pidfd"/>. Without <paramref name="block"/> EAGAIN says that it still runs.</summary>
    public static Errno Wait(SafeFileHandle pidfd, bool block, out ProcessEnd end)
    {
        const int P_PIDFD = 3;
        Errno errno = WaitFor(P_PIDFD, pidfd.Number(), block, out end);
        GC.KeepAlive(pidfd);
        return errno;
    }

    /// <summary>Reaps any child (a subreaper's orphans too). EAGAIN: none has ended; ECHILD: there is none.</summary>
    public static Errno WaitAny(bool block, out ProcessEnd end)
    {
        const int P_ALL = 0;
        return WaitFor(P_ALL, 0, block, out end);
    }

    public static Errno WaitPid(int pid, bool block, out ProcessEnd end)
    {
        const int P_PID = 1;
        return WaitFor(P_PID, pid, block, out end);
    }

    /// <summary>PR_SET_CHILD_SUBREAPER: orphaned descendants become our children.</summary>
    public static Errno SetChildSubreaper() => SystemCall.Answer(Libc.prctl(36, 1, 0, 0, 0));

    /// <summary>PR_SET_PDEATHSIG: the signal this process gets when the thread that made it ends; 0 for none.</summary>
    public static Errno SetParentDeathSignal(int signal) => SystemCall.Answer(Libc.prctl(1, (nuint)signal, 0, 0, 0));

    /// <summary>PR_SET_DUMPABLE: a process that is not dumpable cannot be traced or read by its own user.</summary>
    public static Errno SetDumpable(bool dumpable) => SystemCall.Answer(Libc.prctl(4, dumpable ? 1u : 0, 0, 0, 0));

    /// <summary>PR_SET_NAME: what ps shows, at most 15 bytes.</summary>
    public static Errno SetName(string name)
    {
        fixed (byte* p = new NativePath(name))
        {
            return SystemCall.Answer(Libc.prctl(15, (nuint)p, 0, 0, 0));
        }
    }

    public static Errno NewSession() => SystemCall.Answer(Libc.setsid());

    /// <summary>Sets the file mode mask and answers the old one.</summary>
    public static uint SetUmask(uint mask) => Libc.umask(mask);

    public static Errno GetLimit(int pid, int resource, out ResourceLimit limit)
    {
        ResourceLimit value;
        Errno errno = SystemCall.Answer(Libc.prlimit64(pid, resource, null, &value));
        limit = errno == Errno.None ? value : default;
        return errno;
    }

    public static Errno SetLimit(int pid, int resource, ResourceLimit limit) =>
        SystemCall.Answer(Libc.prlimit64(pid, resource, &limit, null));

    private static Errno WaitFor(int kind, int id, bool block, out ProcessEnd end)
    {
        const int WNOHANG = 1, WEXITED = 4, CLD_EXITED = 1;
        WaitStatus status = default;
        Errno errno;
        do
        {
            errno = SystemCall.Answer(Libc.waitid(kind, id, &status, WEXITED | (block ? 0 : WNOHANG)));
        }
        while (errno == Errno.EINTR);
        if (errno == Errno.None && status.Pid == 0)
        {
            errno = Errno.EAGAIN;
        }

        end = new ProcessEnd(status.Pid, status.Code != CLD_EXITED, status.Status);
        return errno;
    }
}
