using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Wharf.Linux;

/// <summary>EPOLL* event bits (epoll_ctl(2)).</summary>
[Flags]
public enum EpollEvents : uint
{
    None = 0,
    In = 1,
    Priority = 2,
    Out = 4,
    Error = 8,
    Hangup = 0x10,
    ReadHangup = 0x2000,
    Exclusive = 1u << 28,
    OneShot = 1u << 30,
    EdgeTriggered = 1u << 31,
}

/// <summary>One report: what happened, and the token the descriptor was registered with.</summary>
public readonly record struct EpollReport(EpollEvents Events, ulong Token);

/// <summary>An epoll(7) instance. Registered descriptors stay the caller's; closing one removes it.</summary>
public sealed unsafe class Epoll : IDisposable
{
    private const int AddOperation = 1, RemoveOperation = 2, ModifyOperation = 3;
    private const int BatchSize = 64;

    // struct epoll_event is packed on x86-64 only
    private static readonly int EventSize = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;
    private static readonly int TokenOffset = EventSize - 8;

    private readonly SafeFileHandle _handle;

    public Epoll()
    {
        int fd = Libc.epoll_create1((int)OpenFlags.CloseOnExec);
        SystemCall.Answer(fd).ThrowIfError("epoll_create1");
        _handle = new SafeFileHandle(fd, ownsHandle: true);
    }

    public Errno Add(SafeFileHandle file, EpollEvents events, ulong token) => Control(AddOperation, file, events, token);

    public Errno Modify(SafeFileHandle file, EpollEvents events, ulong token) => Control(ModifyOperation, file, events, token);

    public Errno Remove(SafeFileHandle file) => Control(RemoveOperation, file, EpollEvents.None, 0);

    /// <summary>Waits up to <paramref name="milliseconds"/> (-1: for ever) and fills <paramref name="reports"/>; a signal counts as nothing.</summary>
    /// <returns>How many reports were filled.</returns>
    public int Wait(Span<EpollReport> reports, int milliseconds)
    {
        byte* buffer = stackalloc byte[BatchSize * 16];
        int count = Libc.epoll_wait(_handle.Number(), buffer, Math.Min(reports.Length, BatchSize), milliseconds);
        if (count < 0)
        {
            Errno errno = SystemCall.LastError;
            if (errno != Errno.EINTR)
            {
                errno.ThrowIfError("epoll_wait");
            }

            return 0;
        }

        for (int i = 0; i < count; i++)
        {
            var raw = new ReadOnlySpan<byte>(buffer + (i * EventSize), EventSize);
            reports[i] = new EpollReport((EpollEvents)BinaryPrimitives.ReadUInt32LittleEndian(raw),
                BinaryPrimitives.ReadUInt64LittleEndian(raw[TokenOffset..]));
        }

        return count;
    }

    public void Dispose() => _handle.Dispose();

    private Errno Control(int operation, SafeFileHandle file, EpollEvents events, ulong token)
    {
        byte* raw = stackalloc byte[16];
        BinaryPrimitives.WriteUInt32LittleEndian(new Span<byte>(raw, 4), (uint)events);
        BinaryPrimitives.WriteUInt64LittleEndian(new Span<byte>(raw + TokenOffset, 8), token);
        Errno errno = SystemCall.Answer(Libc.epoll_ctl(_handle.Number(), operation, file.Number(), raw));
        GC.KeepAlive(file);
        return errno;
    }
}
