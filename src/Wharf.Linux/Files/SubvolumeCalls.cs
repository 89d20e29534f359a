using Microsoft.Win32.SafeHandles;

namespace Wharf.Linux;

/// <summary>Subvolumes of btrfs (linux/btrfs.h): independent trees that are copied in an instant. ENOTTY on other file systems.</summary>
public static unsafe class SubvolumeCalls
{
    private const nuint Create = 0x5000940e;
    private const nuint Destroy = 0x5000940f;
    private const nuint Snapshot = 0x50009417;

    // struct btrfs_ioctl_vol_args: descriptor, name; _v2: descriptor, transid, flags, 4 reserved words, name
    private const int ArgumentLength = 4096;
    private const int NameOffset = 8;
    private const int NameOffset2 = 56;
    private const int LongestName = 255;

    public static Errno Make(SafeFileHandle directory, ReadOnlySpan<byte> name) => Call(directory, Create, 0, NameOffset, name);

    /// <summary>A writable copy of the subvolume <paramref name="source"/> is the root of.</summary>
    public static Errno MakeSnapshot(SafeFileHandle source, SafeFileHandle directory, ReadOnlySpan<byte> name)
    {
        Errno errno = Call(directory, Snapshot, source.Number(), NameOffset2, name);
        GC.KeepAlive(source);
        return errno;
    }

    /// <summary>Removes a subvolume with all it holds; subvolumes within it must be gone.</summary>
    public static Errno Remove(SafeFileHandle directory, ReadOnlySpan<byte> name) => Call(directory, Destroy, 0, NameOffset, name);

    private static Errno Call(SafeFileHandle directory, nuint request, long descriptor, int nameOffset, ReadOnlySpan<byte> name)
    {
        if (name.Length > LongestName)
        {
            return Errno.ENAMETOOLONG;
        }

        byte* arguments = stackalloc byte[ArgumentLength];
        new Span<byte>(arguments, ArgumentLength).Clear();
        *(long*)arguments = descriptor;
        name.CopyTo(new Span<byte>(arguments + nameOffset, LongestName));
        Errno errno = SystemCall.Answer(Libc.ioctl(directory.Number(), request, (nint)arguments));
        GC.KeepAlive(directory);
        return errno;
    }
}
