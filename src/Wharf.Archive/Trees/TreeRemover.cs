using System.Text;
using Microsoft.Win32.SafeHandles;
using Wharf.Linux;

namespace Wharf.Archive.Trees;

/// <summary>
/// Removes a name and all below it, by descriptors: a link is removed, never followed. A tree of any depth goes with bounded stack and
/// descriptors: what lies very deep is first moved up to the directory that the removal began in.
/// </summary>
public sealed class TreeRemover
{
    private const int DeepestWalk = 128;

    private readonly SafeFileHandle _top;
    private readonly Queue<byte[]> _moved = new();
    private int _number;

    private TreeRemover(SafeFileHandle top) => _top = top;

    /// <summary>Removes the name from the directory; a missing one is no error. <see cref="Errno.EBUSY"/> where something is mounted in it.</summary>
    public static Errno Remove(SafeFileHandle directory, ReadOnlySpan<byte> name)
    {
        var remover = new TreeRemover(directory);
        Errno errno = remover.Remove(directory, name, 0);
        while (errno == Errno.None && remover._moved.TryDequeue(out byte[]? moved))
        {
            errno = remover.Remove(directory, moved, 0);
        }

        return errno;
    }

    /// <summary>Removes what is in the directory and leaves it there.</summary>
    public static Errno Empty(SafeFileHandle directory)
    {
        Errno errno = FileCalls.OpenAt(directory, ".\0"u8, OpenFlags.Directory, out SafeFileHandle readable);
        using (readable)
        {
            List<DirectoryReader.Entry> entries = [];
            errno = errno == Errno.None ? DirectoryReader.Read(readable, out entries) : errno;
            foreach (DirectoryReader.Entry entry in entries)
            {
                errno = errno == Errno.None ? Remove(readable, entry.Name) : errno;
            }

            return errno;
        }
    }

    private Errno Remove(SafeFileHandle directory, ReadOnlySpan<byte> name, int depth)
    {
        Errno errno = NameCalls.Unlink(directory, name);
        if (errno is Errno.None or Errno.ENOENT)
        {
            return Errno.None;
        }

        if (errno is not (Errno.EISDIR or Errno.EPERM))
        {
            return errno;
        }

        Errno removed = RemoveEmpty(directory, name);
        if (removed != Errno.ENOTEMPTY)
        {
            return removed == Errno.ENOTDIR ? errno : removed;
        }

        if (depth == DeepestWalk)
        {
            byte[] moved = Encoding.ASCII.GetBytes($".wharf-removed-{Environment.ProcessId}-{++_number}");
            _moved.Enqueue(moved);
            return NameCalls.Rename(directory, name, _top, moved);
        }

        errno = FileCalls.OpenAt(directory, name, OpenFlags.Directory | OpenFlags.NoFollow, out SafeFileHandle below);
        using (below)
        {
            errno = errno == Errno.None ? RemoveMembers(below, depth + 1) : errno;
        }

        return errno == Errno.None ? RemoveEmpty(directory, name) : errno;
    }

    private Errno RemoveMembers(SafeFileHandle directory, int depth)
    {
        Errno errno = DirectoryReader.Read(directory, out var entries);
        foreach (DirectoryReader.Entry entry in entries)
        {
            if (errno == Errno.None)
            {
                errno = Remove(directory, entry.Name, depth);
            }
        }

        return errno;
    }

    private static Errno RemoveEmpty(SafeFileHandle directory, ReadOnlySpan<byte> name)
    {
        Errno errno = NameCalls.Unlink(directory, name, AtFlags.RemoveDirectory);
        return errno == Errno.ENOENT ? Errno.None : errno;
    }
}
