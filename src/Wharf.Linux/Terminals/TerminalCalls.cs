using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Wharf.Linux;

/// <summary>struct winsize: the size of a terminal in characters (ioctl_tty(2)).</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct WindowSize(ushort Rows, ushort Columns, ushort PixelWidth = 0, ushort PixelHeight = 0);

/// <summary>struct termios of the kernel (termios(3)): the modes of a terminal line.</summary>
[StructLayout(LayoutKind.Sequential, Size = 64)]
public unsafe struct TerminalModes
{
    public uint Input;
    public uint Output;
    public uint Control;
    public uint Local;
    public byte Discipline;
    public fixed byte Characters[19];
}

/// <summary>Terminals: pseudo-terminal pairs, size, raw mode (pty(7), ioctl_tty(2)).</summary>
public static unsafe class TerminalCalls
{
    private const nuint TCGETS = 0x5401, TCSETSW = 0x5403, TIOCGWINSZ = 0x5413, TIOCSWINSZ = 0x5414;
    private const nuint TIOCSPTLCK = 0x40045431, TIOCGPTPEER = 0x5441, TIOCGPTN = 0x80045430;

    public static bool IsTerminal(SafeFileHandle file) => GetModes(file, out _) == Errno.None;

    public static Errno GetSize(SafeFileHandle terminal, out WindowSize size)
    {
        WindowSize value = default;
        Errno errno = Control(terminal, TIOCGWINSZ, (nint)(&value));
        size = value;
        return errno;
    }

    public static Errno SetSize(SafeFileHandle terminal, WindowSize size) => Control(terminal, TIOCSWINSZ, (nint)(&size));

    public static Errno GetModes(SafeFileHandle terminal, out TerminalModes modes)
    {
        TerminalModes value = default;
        Errno errno = Control(terminal, TCGETS, (nint)(&value));
        modes = value;
        return errno;
    }

    public static Errno SetModes(SafeFileHandle terminal, TerminalModes modes) => Control(terminal, TCSETSW, (nint)(&modes));

    /// <summary>The modes of cfmakeraw(3) made from those given: every byte passes as it is.</summary>
    public static TerminalModes Raw(TerminalModes modes)
    {
        const uint IGNBRK = 1, BRKINT = 2, PARMRK = 8, ISTRIP = 0x20, INLCR = 0x40, IGNCR = 0x80, ICRNL = 0x100, IXON = 0x400;
        const uint OPOST = 1, ECHO = 8, ECHONL = 0x40, ICANON = 2, ISIG = 1, IEXTEN = 0x8000, CSIZE = 0x30, PARENB = 0x100, CS8 = 0x30;
        const int VTIME = 5, VMIN = 6;
        modes.Input &= ~(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON);
        modes.Output &= ~OPOST;
        modes.Local &= ~(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
        modes.Control = (modes.Control & ~(CSIZE | PARENB)) | CS8;
        modes.Characters[VMIN] = 1;
        modes.Characters[VTIME] = 0;
        return modes;
    }

    /// <summary>A new pair from the devpts instance at <paramref name="multiplexer"/> (usually /dev/ptmx), unlocked.</summary>
    public static Errno OpenPair(string multiplexer, out SafeFileHandle master, out SafeFileHandle terminal)
    {
        terminal = new SafeFileHandle();
        Errno errno = FileCalls.Open(multiplexer, OpenFlags.ReadWrite | OpenFlags.NoControllingTerminal, out master);
        if (errno != Errno.None)
        {
            return errno;
        }

        int unlocked = 0;
        errno = Control(master, TIOCSPTLCK, (nint)(&unlocked));
        if (errno != Errno.None)
        {
            return errno;
        }

        int fd = Libc.ioctl(master.Number(), TIOCGPTPEER,
            (nint)(OpenFlags.ReadWrite | OpenFlags.NoControllingTerminal | OpenFlags.CloseOnExec));
        terminal = new SafeFileHandle(fd, ownsHandle: true);
        return SystemCall.Answer(fd);
    }

    /// <summary>The number N of the /dev/pts/N that belongs to a master.</summary>
    public static Errno Number(SafeFileHandle master, out int number)
    {
        int value = -1;
        Errno errno = Control(master, TIOCGPTN, (nint)(&value));
        number = value;
        return errno;
    }

    private static Errno Control(SafeFileHandle terminal, nuint request, nint argument)
    {
        Errno errno = SystemCall.Answer(Libc.ioctl(terminal.Number(), request, argument));
        GC.KeepAlive(terminal);
        return errno;
    }
}
