using Microsoft.Win32.SafeHandles;

namespace Wharf.Linux;

/// <summary>
/// Bytes in the files of a tree, as Docker counts what a container wrote and a volume holds: lengths, each file once however many names it has,
/// folders not at all, other file systems left out.
/// </summary>
public static class TreeSize
{
    /// <returns>0 where there is no such folder.</returns>
    public static long Of(string path)
    {
        if (FileCalls.Open(path, OpenFlags.ReadOnly | OpenFlags.Directory | OpenFlags.CloseOnExec, out SafeFileHandle root) != Errno.None)
        {
            root.Dispose();
            return 0;
        }

        using (root)
        {
            NameCalls.Status(root, out FileStatus status).ThrowIfError("statx", path);
            return Walk(root, status.Device, []);
        }
    }

    private static long Walk(SafeFileHandle directory, ulong device, HashSet<ulong> linked)
    {
        // Somebody may remove things while we look; what is gone counts nothing.
        if (DirectoryReader.Read(directory, out var entries) != Errno.None)
        {
            return 0;
        }

        long total = 0;
        foreach (DirectoryReader.Entry entry in entries)
        {
            if (NameCalls.Status(directory, entry.Name, AtFlags.SymlinkNoFollow, out FileStatus status) != Errno.None || status.Device != device
                || (status.Links > 1 && !status.IsDirectory && !linked.Add(status.Inode)))
            {
                continue;
            }

            if (!status.IsDirectory)
            {
                total += (long)status.Size;
            }
            else if (FileCalls.OpenAt(directory, entry.Name, OpenFlags.ReadOnly | OpenFlags.Directory | OpenFlags.NoFollow | OpenFlags.CloseOnExec, out SafeFileHandle inner) == Errno.None)
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
