using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Wharf.Linux;

/// <summary>struct pollfd (poll(2)); the event bits are those of <see cref="EpollEvents"/>.</summary>
[StructLayout(LayoutKind.Sequential)]
public record struct PollEntry(int Descriptor, short Wanted, short Reported);

/// <summary>Descriptors that wake an event loop: eventfd(2), timerfd_create(2), inotify(7); and poll(2) for a few of them at once.</summary>
public static unsafe class EventCalls
{
    /// <summary>A non-blocking counter that starts at zero: writing eight bytes adds, reading takes all.</summary>
    public static Errno EventDescriptor(out SafeFileHandle handle) =>
        Handle(Libc.eventfd(0, (int)(OpenFlags.CloseOnExec | OpenFlags.NonBlocking)), out handle);

    public static Errno Notify(SafeFileHandle eventDescriptor)
    {
        ReadOnlySpan<byte> one = [1, 0, 0, 0, 0, 0, 0, 0];
        return FileCalls.Write(eventDescriptor, one, out _);
    }

    /// <summary>Takes the counter back to zero.</summary>
    public static Errno Drain(SafeFileHandle eventDescriptor)
    {
        Span<byte> counter = stackalloc byte[8];
        return FileCalls.Read(eventDescriptor, counter, out _);
    }

    /// <summary>A timer on CLOCK_MONOTONIC, not armed yet.</summary>
    public static Errno Timer(out SafeFileHandle handle) =>
        Handle(Libc.timerfd_create(1, (int)(OpenFlags.CloseOnExec | OpenFlags.NonBlocking)), out handle);

    /// <summary>Fires once after <paramref name="delay"/>; zero disarms.</summary>
    public static Errno Arm(SafeFileHandle timer, TimeSpan delay)
    {
        TimeSpec* value = stackalloc TimeSpec[2];
        value[0] = default;
        value[1] = new TimeSpec((long)delay.TotalSeconds, delay.Ticks % TimeSpan.TicksPerSecond * 100);
        Errno errno = SystemCall.Answer(Libc.timerfd_settime(timer.Number(), 0, value, null));
        GC.KeepAlive(timer);
        return errno;
    }

    /// <summary>poll(2); a signal answers EINTR.</summary>
    public static Errno Poll(Span<PollEntry> entries, int milliseconds, out int ready)
    {
        fixed (PollEntry* p = entries)
        {
            return SystemCall.Answer(Libc.poll(p, (nuint)entries.Length, milliseconds), out ready);
        }
    }

    /// <summary>True when the descriptor reports input or its end within the time.</summary>
    public static bool WaitReadable(SafeFileHandle file, int milliseconds)
    {
        Span<PollEntry> entries = [new PollEntry(file.Number(), (short)EpollEvents.In, 0)];
        Errno errno = Poll(entries, milliseconds, out int ready);
        GC.KeepAlive(file);
        return errno == Errno.None && ready > 0;
    }

    public static Errno Inotify(out SafeFileHandle handle) =>
        Handle(Libc.inotify_init1((int)(OpenFlags.CloseOnExec | OpenFlags.NonBlocking)), out handle);

    public static Errno Watch(SafeFileHandle inotify, NativePath path, uint mask, out int watch)
    {
        fixed (byte* p = path)
        {
            Errno errno = SystemCall.Answer(Libc.inotify_add_watch(inotify.Number(), p, mask), out watch);
            GC.KeepAlive(inotify);
            return errno;
        }
    }

    private static Errno Handle(int fd, out SafeFileHandle handle)
    {
        handle = new SafeFileHandle(fd, ownsHandle: true);
        return SystemCall.Answer(fd);
    }
}
