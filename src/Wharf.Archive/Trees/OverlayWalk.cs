using Microsoft.Win32.SafeHandles;
using Wharf.Archive.Layers;
using Wharf.Linux;

namespace Wharf.Archive.Trees;

/// <summary>Reads the changes out of an overlay's upper directory; what was there before is looked up in the layers below.</summary>
internal sealed class OverlayWalk(SafeFileHandle? lower, CancellationToken ct)
{
    private readonly HashSet<string> _recorded = new(StringComparer.Ordinal) { "" };

    public List<(TreePath Path, FileChangeKind Kind)> Changes { get; } = [];

    public void Run(SafeFileHandle upper)
    {
        TreeNode.Resolve(upper, TreePath.Root, follow: false, out TreeNode top).ThrowIfError("open", "/");
        using (top)
        {
            WalkMembers(top, TreePath.Root);
        }
    }

    private void WalkMembers(TreeNode node, TreePath path)
    {
        ct.ThrowIfCancellationRequested();
        if (node.OpenDirectory(out SafeFileHandle directory) is var errno and not Errno.None)
        {
            if (errno != Errno.ENOENT)
            {
                throw TreeErrors.Of(errno, "open", path);
            }

            return;
        }

        using (directory)
        {
            DirectoryReader.Read(directory, out var entries).ThrowIfError("readdir", path);
            foreach (DirectoryReader.Entry entry in entries)
            {
                if (TreeNode.Open(directory, entry.Name, out TreeNode member) == Errno.None)
                {
                    using (member)
                    {
                        Visit(member, path.Join(entry.Name));
                    }
                }
            }
        }
    }

    private void Visit(TreeNode member, TreePath path)
    {
        FileStatus status = member.Status;
        if (status.Type == FileType.CharacterDevice && status.SpecialDevice == 0)
        {
            Record(path, FileChangeKind.Deleted);
            return;
        }

        FileStatus former = default;
        bool existed = lower is not null && Exists(path, out former);
        if (!existed)
        {
            Record(path, FileChangeKind.Added);
        }
        else if (!status.IsDirectory || !SameDirectory(former, status))
        {
            Record(path, FileChangeKind.Modified);
        }

        if (status.IsDirectory)
        {
            WalkMembers(member, path);
        }
    }

    // A directory in the upper layer may be there only because of what is below it.
    private static bool SameDirectory(FileStatus former, FileStatus status) =>
        former.Mode == status.Mode && former.UserId == status.UserId && former.GroupId == status.GroupId
        && former.Modified.Seconds == status.Modified.Seconds && former.Modified.Nanoseconds == status.Modified.Nanoseconds;

    private void Record(TreePath path, FileChangeKind kind)
    {
        // Directories on the way were visited first; those that looked unchanged are changed after all. The root is never told.
        for (TreePath parent = path.Parent; _recorded.Add(parent.Text); parent = parent.Parent)
        {
            Changes.Add((parent, FileChangeKind.Modified));
        }

        _recorded.Add(path.Text);
        Changes.Add((path, kind));
    }

    private bool Exists(TreePath path, out FileStatus former)
    {
        former = default;
        if (TreeNode.Resolve(lower!, path, follow: false, out TreeNode node) != Errno.None)
        {
            return false;
        }

        using (node)
        {
            former = node.Status;
            return true;
        }
    }
}
