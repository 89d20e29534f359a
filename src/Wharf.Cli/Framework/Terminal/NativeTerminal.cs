using System.Runtime.InteropServices;

namespace Wharf.Cli.Framework.Terminal;

/// <summary>The few calls of termios(3), ioctl_tty(2), read(2), write(2) and poll(2) that an interactive client needs.</summary>
internal static partial class NativeTerminal
{
    public const int SetNow = 0;
    private const nuint GetWindowSize = 0x5413;

    [StructLayout(LayoutKind.Sequential)]
    internal struct WindowSize
    {
        public ushort Rows;
        public ushort Columns;
        public ushort XPixels;
        public ushort YPixels;
    }

    /// <summary>struct termios of x86-64 and arm64 glibc.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct Termios
    {
        public uint Input;
        public uint Output;
        public uint Control;
        public uint Local;
        public byte Line;
        public fixed byte Characters[32];
        public uint InputSpeed;
        public uint OutputSpeed;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct PollDescriptor
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int isatty(int fd);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int ioctl(int fd, nuint request, out WindowSize size);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int tcgetattr(int fd, out Termios termios);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int tcsetattr(int fd, int action, in Termios termios);

    [LibraryImport("libc")]
    internal static partial void cfmakeraw(ref Termios termios);

    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial nint read(int fd, byte* buffer, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial nint write(int fd, byte* buffer, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial int poll(PollDescriptor* descriptors, nuint count, int milliseconds);

    internal static bool TryGetSize(int fd, out WindowSize size) => ioctl(fd, GetWindowSize, out size) == 0;
}
