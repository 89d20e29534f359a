using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Wharf.Linux;

/// <summary>
/// Signals as data: block them on a thread, read them from a signalfd(2). For programs whose one managed thread runs its own event
/// loop; others use the runtime's PosixSignalRegistration.
/// </summary>
public static unsafe partial class SignalCalls
{
    /// <summary>Blocks the set on the calling thread (and the threads it makes later).</summary>
    public static Errno Block(SignalSet set, out SignalSet previous) => Mask(0, set, out previous);

    public static Errno Unblock(SignalSet set) => Mask(1, set, out _);

    public static Errno SetMask(SignalSet set, out SignalSet previous) => Mask(2, set, out previous);

    /// <summary>A descriptor that yields the set's pending signals; block them first.</summary>
    public static Errno OpenDescriptor(SignalSet set, bool nonBlocking, out SafeFileHandle descriptor)
    {
        ulong* bits = stackalloc ulong[16];
        new Span<ulong>(bits, 16).Clear();
        bits[0] = set.Bits;
        int fd = Libc.signalfd(-1, bits, (int)(OpenFlags.CloseOnExec | (nonBlocking ? OpenFlags.NonBlocking : 0)));
        descriptor = new SafeFileHandle(fd, ownsHandle: true);
        return SystemCall.Answer(fd);
    }

    /// <summary>The next signal's number and sender; EAGAIN when none is pending on a non-blocking descriptor.</summary>
    public static Errno Read(SafeFileHandle descriptor, out int signal, out int sender)
    {
        Span<byte> information = stackalloc byte[128];
        Errno errno = FileCalls.Read(descriptor, information, out _);
        signal = errno == Errno.None ? MemoryMarshal.Read<int>(information) : 0;
        sender = errno == Errno.None ? MemoryMarshal.Read<int>(information[12..]) : 0;
        return errno;
    }

    // The raw call: the C library's wrapper hides its own signals 32 and 33, and pthread_sigmask is the same call on Linux.
    private static Errno Mask(int how, SignalSet set, out SignalSet previous)
    {
        nint number = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 14 : 135;
        ulong bits = set.Bits, old = 0;
        Errno errno = SystemCall.Answer(Libc.syscall(number, how, (nint)(&bits), (nint)(&old), 8, 0, 0));
        previous = new SignalSet(old);
        return errno;
    }
}

internal static unsafe partial class Libc
{
    [LibraryImport(Name, SetLastError = true)]
    public static partial int signalfd(int fd, ulong* mask, int flags);
}
