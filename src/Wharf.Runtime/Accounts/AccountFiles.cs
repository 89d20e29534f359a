using System.Text;
using Microsoft.Win32.SafeHandles;
using Wharf.Linux;
using Wharf.Primitives;

namespace Wharf.Runtime.Accounts;

/// <summary>
/// Reads /etc/passwd and /etc/group of a container as data: found within the root by openat2(2), regular files only, never more than a bound,
/// lines that make no sense skipped.
/// </summary>
public static class AccountFiles
{
    private const int LargestFile = 8 << 20;

    /// <summary>The fields of each line; nothing where there is no such file.</summary>
    public static IReadOnlyList<string[]> Read(SafeFileHandle root, string path)
    {
        // Only looked at first: to open a device or FIFO that an image put there is already to use it.
        Errno errno = FileCalls.OpenAt2(root, path, OpenFlags.CloseOnExec | OpenFlags.Path, ResolveFlags.InRoot | ResolveFlags.NoMagicLinks, out SafeFileHandle found);
        if (errno is Errno.ENOENT or Errno.ENOTDIR)
        {
            return [];
        }

        FileStatus status;
        SafeFileHandle file;
        using (found)
        {
            errno.ThrowIfError("openat2", path);
            NameCalls.Status(found, out status).ThrowIfError("statx", path);
            if (!status.IsRegular)
            {
                return [];
            }

            FileCalls.Reopen(found, OpenFlags.ReadOnly | OpenFlags.CloseOnExec, out file).ThrowIfError("open", path);
        }

        using (file)
        {
            if (status.Size > LargestFile)
            {
                throw WharfException.Invalid($"{path} of the container is larger than {LargestFile >> 20} MB");
            }

            byte[] content = new byte[(int)status.Size];
            int filled = 0;
            while (filled < content.Length)
            {
                FileCalls.Read(file, content.AsSpan(filled), out int count).ThrowIfError("read", path);
                if (count == 0)
                {
                    break;
                }

                filled += count;
            }

            var lines = new List<string[]>();
            foreach (string line in Encoding.UTF8.GetString(content, 0, filled).Split('\n'))
            {
                if (line.Length > 0 && line[0] != '#')
                {
                    lines.Add(line.TrimEnd('\r').Split(':'));
                }
            }

            return lines;
        }
    }
}
