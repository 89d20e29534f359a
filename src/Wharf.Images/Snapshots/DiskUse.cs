using Microsoft.Win32.SafeHandles;
using Wharf.Linux;

namespace Wharf.Images.Snapshots;

/// <summary>Allocated bytes of a tree, as du(1) counts them: hard links once, holes not at all, the directories themselves included.</summary>
internal static class DiskUse
{
    private const int BytesPerBlock = 512;

    public static long Of(string path)
    {
        using SafeFileHandle directory = DriverDirectory.Open(path);
        NameCalls.Status(directory, out FileStatus top).ThrowIfError("stat", path);
        long blocks = (long)top.Blocks;
        var seen = new HashSet<ulong>();
        Add(directory, seen, ref blocks);
        return blocks * BytesPerBlock;
    }

    private static void Add(SafeFileHandle directory, HashSet<ulong> seen, ref long blocks)
    {
        // A container may remove things while we look; what is gone counts nothing.
        if (DirectoryReader.Read(directory, out var entries) != Errno.None)
        {
            return;
        }

        foreach (DirectoryReader.Entry entry in entries)
        {
            if (NameCalls.Status(directory, entry.Name, AtFlags.SymlinkNoFollow, out FileStatus status) != Errno.None
                || (status.Links > 1 && !status.IsDirectory && !seen.Add(status.Inode)))
            {
                continue;
            }

            blocks += (long)status.Blocks;
            if (status.IsDirectory && FileCalls.OpenAt(directory, entry.Name, OpenFlags.Directory | OpenFlags.NoFollow, out SafeFileHandle below) == Errno.None)
            {
                using (below)
                {
                    Add(below, seen, ref blocks);
                }
            }
        }
    }
}
