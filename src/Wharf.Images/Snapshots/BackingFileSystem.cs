using Wharf.Linux;

namespace Wharf.Images.Snapshots;

/// <summary>Names of file systems by their magic numbers, as <c>docker info</c> shows them.</summary>
internal static class BackingFileSystem
{
    public const long Ext = 0xef53;
    public const long Xfs = 0x58465342;
    public const long Zfs = 0x2fc12fc1;
    public const long F2fs = 0xf2f52010;

    public static string NameOf(string path) =>
        NameCalls.FileSystem(path, out FileSystemStatus status) != Errno.None ? "<unknown>" : status.Type switch
        {
            Ext => "extfs",
            Xfs => "xfs",
            Zfs => "zfs",
            F2fs => "f2fs",
            FileSystemStatus.BtrfsMagic => "btrfs",
            FileSystemStatus.OverlayMagic => "overlayfs",
            FileSystemStatus.TmpfsMagic => "tmpfs",
            _ => "<unknown>",
        };
}
