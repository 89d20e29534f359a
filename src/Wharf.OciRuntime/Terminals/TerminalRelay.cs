using Microsoft.Win32.SafeHandles;
using Wharf.Linux;

namespace Wharf.OciRuntime.Terminals;

/// <summary>Our own terminal joined with the container's: bytes both ways, size, raw mode. Without a container terminal it does nothing.</summary>
internal sealed class TerminalRelay : IDisposable
{
    private static readonly SafeFileHandle Input = FileCalls.Borrow(0);
    private static readonly SafeFileHandle Output = FileCalls.Borrow(1);

    private SafeFileHandle? _master;
    private TerminalModes? _before;
    private bool _inputOpen = true;

    /// <summary>Takes over the container's terminal.</summary>
    public void Use(SafeFileHandle master)
    {
        _master = master;
        if (TerminalCalls.GetModes(Input, out TerminalModes modes) == Errno.None)
        {
            TerminalCalls.SetModes(Input, TerminalCalls.Raw(modes)).ThrowIfError("tcsetattr", "stdin");
            _before = modes;
        }

        Resize();
    }

    /// <summary>Gives the container's terminal our size.</summary>
    public void Resize()
    {
        if (_master is not null && TerminalCalls.GetSize(Input, out WindowSize size) == Errno.None)
        {
            TerminalCalls.SetSize(_master, size).ThrowIfError("ioctl", "TIOCSWINSZ");
        }
    }

    /// <summary>Moves bytes until the process behind <paramref name="pidfd"/> has ended and its output is drained.</summary>
    public void Pump(SafeFileHandle pidfd)
    {
        const short In = (short)EpollEvents.In;
        bool ended = false;
        while (!ended || _master is not null)
        {
            Span<PollEntry> entries =
            [
                new PollEntry(ended ? -1 : pidfd.Number(), In, 0),
                new PollEntry(_master?.Number() ?? -1, In, 0),
                new PollEntry(_master is not null && _inputOpen && !ended ? 0 : -1, In, 0),
            ];
            Errno errno = EventCalls.Poll(entries, ended ? 0 : -1, out int ready);
            if (errno == Errno.EINTR)
            {
                continue;
            }

            errno.ThrowIfError("poll");
            if (ended && ready == 0)
            {
                return;
            }

            ended |= entries[0].Reported != 0;
            if (entries[1].Reported != 0)
            {
                FromContainer();
            }

            // not where the terminal has just been found closed
            if (entries[2].Reported != 0 && _master is not null)
            {
                ToContainer();
            }
        }
    }

    public void Dispose()
    {
        if (_before is { } modes)
        {
            // nothing to do about a terminal that went away meanwhile
            _ = TerminalCalls.SetModes(Input, modes);
        }

        _master?.Dispose();
    }

    // EIO is how a terminal says that its last process has closed it
    private void FromContainer()
    {
        Span<byte> buffer = stackalloc byte[4096];
        Errno errno = FileCalls.Read(_master!, buffer, out int count);
        if (errno != Errno.None || count == 0)
        {
            _master!.Dispose();
            _master = null;
            return;
        }

        FileCalls.WriteAll(Output, buffer[..count]).ThrowIfError("write", "stdout");
    }

    private void ToContainer()
    {
        Span<byte> buffer = stackalloc byte[4096];
        Errno errno = FileCalls.Read(Input, buffer, out int count);
        _inputOpen = errno == Errno.None && count > 0 && FileCalls.WriteAll(_master!, buffer[..count]) == Errno.None;
    }
}
