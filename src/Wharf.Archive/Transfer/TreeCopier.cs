using Microsoft.Win32.SafeHandles;
using Wharf.Archive.Tar;
using Wharf.Archive.Trees;
using Wharf.Linux;
using Wharf.Primitives;

namespace Wharf.Archive.Transfer;

/// <summary>Copies a directory's content with owners, modes, times, attributes and hard links; data by reflink where the file system can.</summary>
public sealed class TreeCopier
{
    private const long LongestRange = 1L << 30;

    private readonly SafeFileHandle _top;
    private readonly CancellationToken _ct;
    private readonly Dictionary<(ulong Device, ulong Inode), byte[]> _links = [];
    private bool _canClone = true;

    private TreeCopier(SafeFileHandle top, CancellationToken ct)
    {
        _top = top;
        _ct = ct;
    }

    /// <summary>
    /// Copies what is in the directory <paramref name="path"/> (resolved within <paramref name="sourceRoot"/>) into
    /// <paramref name="target"/>, and gives the target the directory's own mode and owner. False when the path is no directory there.
    /// </summary>
    public static bool Copy(SafeFileHandle sourceRoot, string path, SafeFileHandle target, CancellationToken ct)
    {
        if (TreeNode.Resolve(sourceRoot, TreePath.CleanAbsolute(path), follow: true, out TreeNode node) != Errno.None)
        {
            return false;
        }

        using (node)
        {
            if (!node.Status.IsDirectory)
            {
                return false;
            }

            var copier = new TreeCopier(target, ct);
            copier.CopyMembers(node, target, TreePath.Root);
            Finish(node, target, TreePath.Root);
            return true;
        }
    }

    private void CopyMembers(TreeNode source, SafeFileHandle target, TreePath path)
    {
        source.OpenDirectory(out SafeFileHandle directory).ThrowIfError("open", path);
        using (directory)
        {
            DirectoryReader.Read(directory, out var entries).ThrowIfError("readdir", path);
            foreach (DirectoryReader.Entry entry in entries)
            {
                _ct.ThrowIfCancellationRequested();
                if (TreeNode.Open(directory, entry.Name, out TreeNode member) == Errno.None)
                {
                    using (member)
                    {
                        CopyNode(member, target, entry.Name, path.Join(entry.Name));
                    }
                }
            }
        }
    }

    private void CopyNode(TreeNode node, SafeFileHandle target, byte[] name, TreePath path)
    {
        FileStatus status = node.Status;
        if (status.Links > 1 && !status.IsDirectory)
        {
            if (_links.TryGetValue((status.Device, status.Inode), out byte[]? first))
            {
                NameCalls.Link(_top, first, target, name).ThrowIfError("link", path);
                return;
            }

            _links.Add((status.Device, status.Inode), path.Whole);
        }

        switch (status.Type)
        {
            case FileType.Directory:
                NameCalls.MakeDirectory(target, name, 0x1C0).ThrowIfError("mkdir", path);
                FileCalls.OpenAt(target, name, OpenFlags.Directory | OpenFlags.NoFollow, out SafeFileHandle directory).ThrowIfError("open", path);
                using (directory)
                {
                    CopyMembers(node, directory, path);
                    Finish(node, directory, path);
                }

                break;
            case FileType.Regular:
                CopyFile(node, target, name, path);
                break;
            case FileType.SymbolicLink:
                node.ReadLink(out byte[] link).ThrowIfError("readlink", path);
                NameCalls.MakeSymbolicLink(link, target, name).ThrowIfError("symlink", path);
                FinishByName(status, target, name, path);
                break;
            case FileType.Socket:
                break; // belongs to a process that is not here
            default:
                NameCalls.MakeNode(target, name, status.Type | (status.Permissions & 0x1FF), status.SpecialDevice).ThrowIfError("mknod", path);
                FinishByName(status, target, name, path);
                break;
        }
    }

    private void CopyFile(TreeNode node, SafeFileHandle target, byte[] name, TreePath path)
    {
        FileCalls.OpenAt(target, name, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.NoFollow, out SafeFileHandle file, 0x180)
            .ThrowIfError("open", path);
        using (file)
        {
            if (node.Status.Size > 0)
            {
                node.OpenContent(out SafeFileHandle content).ThrowIfError("open", path);
                using (content)
                {
                    CopyContent(content, file, path);
                }
            }

            Finish(node, file, path);
        }
    }

    private void CopyContent(SafeFileHandle source, SafeFileHandle target, TreePath path)
    {
        if (_canClone)
        {
            Errno cloned = ContentCalls.Clone(source, target);
            if (cloned == Errno.None)
            {
                return;
            }

            _canClone = false; // another file system, or one without shared extents: it will not change
        }

        Errno errno = Errno.None;
        for (long copied = 1; copied > 0 && errno == Errno.None;)
        {
            errno = FileCalls.CopyRange(source, target, LongestRange, out copied);
        }

        if (errno is Errno.EXDEV or Errno.EINVAL or Errno.EOPNOTSUPP or Errno.ENOSYS)
        {
            CopyByHand(source, target, path);
            return;
        }

        errno.ThrowIfError("copy_file_range", path);
    }

    // Both files stand where the kernel's copy stopped.
    private static void CopyByHand(SafeFileHandle source, SafeFileHandle target, TreePath path)
    {
        byte[] buffer = new byte[256 * 1024];
        while (true)
        {
            FileCalls.Read(source, buffer, out int count).ThrowIfError("read", path);
            if (count == 0)
            {
                return;
            }

            FileCalls.WriteAll(target, buffer.AsSpan(0, count)).ThrowIfError("write", path);
        }
    }

    private static void Finish(TreeNode node, SafeFileHandle target, TreePath path)
    {
        FileStatus status = node.Status;
        NameCalls.ChangeOwner(target, "\0"u8, status.UserId, status.GroupId, AtFlags.EmptyPath).ThrowIfError("chown", path);
        foreach (TarAttribute attribute in AttributeReader.Read(node))
        {
            Errno errno = ExtendedAttributes.Set(target, attribute.Name, attribute.Value);
            if (errno is not (Errno.EOPNOTSUPP or Errno.EPERM))
            {
                errno.ThrowIfError("setxattr", path);
            }
        }

        NameCalls.ChangeMode(target, status.Permissions).ThrowIfError("chmod", path);
        SetTimes(status, target, "\0"u8, AtFlags.EmptyPath, path);
    }

    private static void FinishByName(FileStatus status, SafeFileHandle directory, byte[] name, TreePath path)
    {
        NameCalls.ChangeOwner(directory, name, status.UserId, status.GroupId, AtFlags.SymlinkNoFollow).ThrowIfError("lchown", path);
        if (!status.IsSymbolicLink)
        {
            FileCalls.OpenAt(directory, name, OpenFlags.Path | OpenFlags.NoFollow, out SafeFileHandle node).ThrowIfError("open", path);
            using (node)
            {
                NameCalls.ChangeMode(node, status.Permissions).ThrowIfError("chmod", path);
            }
        }

        SetTimes(status, directory, name, AtFlags.SymlinkNoFollow, path);
    }

    private static void SetTimes(FileStatus status, SafeFileHandle directory, ReadOnlySpan<byte> name, AtFlags flags, TreePath path)
    {
        var accessed = new TimeSpec(status.Accessed.Seconds, status.Accessed.Nanoseconds);
        var modified = new TimeSpec(status.Modified.Seconds, status.Modified.Nanoseconds);
        NameCalls.SetTimes(directory, name, accessed, modified, flags).ThrowIfError("utimensat", path);
    }
}
