using Microsoft.Win32.SafeHandles;
using Wharf.Linux;

namespace Wharf.Archive.Trees;

/// <summary>
/// A thing in a tree, held by an O_PATH handle: nothing has been opened that could block or act, and whatever happens to its name, the
/// handle stays with the same inode. Only after a look at its type is it opened for real, through the handle.
/// </summary>
internal readonly struct TreeNode : IDisposable
{
    private TreeNode(SafeFileHandle handle, FileStatus status)
    {
        Handle = handle;
        Status = status;
    }

    public SafeFileHandle Handle { get; }

    public FileStatus Status { get; }

    /// <summary>The name in an open directory, a link as itself.</summary>
    public static Errno Open(SafeFileHandle directory, ReadOnlySpan<byte> name, out TreeNode node)
    {
        Errno errno = FileCalls.OpenAt(directory, name, OpenFlags.Path | OpenFlags.NoFollow, out SafeFileHandle handle);
        return Look(errno, handle, out node);
    }

    /// <summary>A path within a root; <paramref name="follow"/> says whether a link in the last place is followed.</summary>
    public static Errno Resolve(SafeFileHandle root, TreePath path, bool follow, out TreeNode node)
    {
        Errno errno = FileCalls.OpenAt2(root, path.Whole, OpenFlags.Path | (follow ? 0 : OpenFlags.NoFollow),
            ResolveFlags.InRoot | ResolveFlags.NoMagicLinks, out SafeFileHandle handle);
        return Look(errno, handle, out node);
    }

    private static Errno Look(Errno errno, SafeFileHandle handle, out TreeNode node)
    {
        node = default;
        if (errno == Errno.None)
        {
            errno = NameCalls.Status(handle, out FileStatus status, FileStatus.MaskBasic | FileStatus.MaskMountId);
            if (errno == Errno.None)
            {
                node = new TreeNode(handle, status);
                return Errno.None;
            }
        }

        handle.Dispose();
        return errno;
    }

    /// <summary>A regular file's content.</summary>
    public Errno OpenContent(out SafeFileHandle content) => FileCalls.Reopen(Handle, OpenFlags.ReadOnly, out content);

    /// <summary>A directory, readable.</summary>
    public Errno OpenDirectory(out SafeFileHandle directory) => FileCalls.OpenAt(Handle, ".\0"u8, OpenFlags.Directory, out directory);

    public Errno ReadLink(out byte[] target) => NameCalls.ReadLink(Handle, "\0"u8, out target);

    /// <summary>A path for the calls on extended attributes, which refuse O_PATH handles.</summary>
    public byte[] AttributePath() => System.Text.Encoding.ASCII.GetBytes($"/proc/self/fd/{Handle.Number()}\0");

    public void Dispose() => Handle.Dispose();
}
