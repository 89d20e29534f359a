using Microsoft.Win32.SafeHandles;
using Wharf.Linux;

namespace Wharf.Engine;

/// <summary>Bytes that a tree holds on disk: allocated blocks, each file once however many names it has; other file systems left out.</summary>
internal static class DiskMeasure
{
    private const int BlockSize = 512;

    public static long Allocated(string path)
    {
        if (FileCalls.Open(path, OpenFlags.ReadOnly | OpenFlags.Directory | OpenFlags.CloseOnExec, out SafeFileHandle root) != Errno.None)
        {
            root.Dispose();
            return 0;
        }

        using (root)
        {
            NameCalls.Status(root, out FileStatus status).ThrowIfError("statx", path);
            return Walk(root, status.Device, []) + ((long)status.Blocks * BlockSize);
        }
    }

    private static long Walk(SafeFileHandle directory, ulong device, HashSet<ulong> linked)
    {
        if (DirectoryReader.Read(directory, out var entries) != Errno.None)
        {
            return 0;
        }

        long total = 0;
        foreach (var entry in entries)
        {
            // A name that went meanwhile counts for nothing.
            if (NameCalls.Status(directory, entry.Name, AtFlags.SymlinkNoFollow, out FileStatus status) != Errno.None || status.Device != device
                || (status.Links > 1 && !status.IsDirectory && !linked.Add(status.Inode)))
            {
                continue;
            }

            total += (long)status.Blocks * BlockSize;
            if (status.IsDirectory && FileCalls.OpenAt(directory, entry.Name, OpenFlags.ReadOnly | OpenFlags.Directory | OpenFlags.NoFollow | OpenFlags.CloseOnExec, out SafeFileHandle inner) == Errno.None)
            {
                using (inner)
                {
                    total += Walk(inner, device, linked);
                }
            }
        }

        return total;
    }
}
