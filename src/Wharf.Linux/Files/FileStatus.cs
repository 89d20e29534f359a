using System.Runtime.InteropServices;

namespace Wharf.Linux;

/// <summary>struct statx_timestamp: seconds since the epoch and nanoseconds.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct StatusTime(long Seconds, uint Nanoseconds, int Reserved);

/// <summary>struct timespec. <see cref="Omit"/> leaves a time of utimensat(2) as it is, <see cref="Now"/> sets the kernel's clock.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct TimeSpec(long Seconds, long Nanoseconds)
{
    public static TimeSpec Now => new(0, 0x3fffffff);

    public static TimeSpec Omit => new(0, 0x3ffffffe);
}

/// <summary>struct statx (statx(2)): what the kernel knows of a file.</summary>
[StructLayout(LayoutKind.Sequential, Size = 256)]
public struct FileStatus
{
    public uint Mask;
    public uint BlockSize;
    public ulong Attributes;
    public uint Links;
    public uint UserId;
    public uint GroupId;
    /// <summary>Type and permissions (see <see cref="FileType"/>).</summary>
    public ushort Mode;
    private readonly ushort _pad0;
    public ulong Inode;
    /// <summary>Length in bytes.</summary>
    public ulong Size;
    /// <summary>Space taken, in units of 512 bytes.</summary>
    public ulong Blocks;
    public ulong AttributesMask;
    public StatusTime Accessed;
    public StatusTime Created;
    public StatusTime Changed;
    public StatusTime Modified;
    public uint SpecialMajor;
    public uint SpecialMinor;
    public uint DeviceMajor;
    public uint DeviceMinor;
    /// <summary>The mount the file was reached through; filled when <see cref="MaskMountId"/> is asked.</summary>
    public ulong MountId;

    /// <summary>STATX_BASIC_STATS.</summary>
    public const uint MaskBasic = 0x7ff;
    public const uint MaskCreated = 0x800;
    public const uint MaskMountId = 0x1000;
    /// <summary>STATX_ATTR_MOUNT_ROOT in <see cref="Attributes"/>: the file is the root of a mount.</summary>
    public const ulong AttributeMountRoot = 0x2000;

    public readonly uint Type => Mode & FileType.Mask;

    public readonly uint Permissions => Mode & 0xFFFu;

    public readonly bool IsDirectory => Type == FileType.Directory;

    public readonly bool IsRegular => Type == FileType.Regular;

    public readonly bool IsSymbolicLink => Type == FileType.SymbolicLink;

    public readonly bool IsDevice => Type is FileType.CharacterDevice or FileType.BlockDevice;

    /// <summary>The device the file lives on, as one number for comparison.</summary>
    public readonly ulong Device => DeviceNumber.Make(DeviceMajor, DeviceMinor);

    /// <summary>For a device node: the device it stands for.</summary>
    public readonly ulong SpecialDevice => DeviceNumber.Make(SpecialMajor, SpecialMinor);
}

/// <summary>dev_t as the C library packs it (makedev(3)); what mknod(2) takes.</summary>
public static class DeviceNumber
{
    public static ulong Make(uint major, uint minor) =>
        ((ulong)(major & 0xfffff000u) << 32) | ((major & 0xfffu) << 8) | ((ulong)(minor & 0xffffff00u) << 12) | (minor & 0xffu);
}

/// <summary>struct statfs (statfs(2)), 64-bit layout.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct FileSystemStatus
{
    /// <summary>The magic number of the file system type.</summary>
    public long Type;
    public long BlockSize;
    public ulong Blocks;
    public ulong BlocksFree;
    public ulong BlocksAvailable;
    public ulong Files;
    public ulong FilesFree;
    public int Id0;
    public int Id1;
    public long NameLength;
    public long FragmentSize;
    public long Flags;
    private readonly long _spare0;
    private readonly long _spare1;
    private readonly long _spare2;
    private readonly long _spare3;

    public const long ProcMagic = 0x9fa0;
    public const long SysfsMagic = 0x62656572;
    public const long Cgroup2Magic = 0x63677270;
    public const long CgroupMagic = 0x27e0eb;
    public const long TmpfsMagic = 0x01021994;
    public const long OverlayMagic = 0x794c7630;
    public const long BtrfsMagic = 0x9123683e;
    public const long NsfsMagic = 0x6e736673;
    public const long DevptsMagic = 0x1cd1;
}
