using Microsoft.Win32.SafeHandles;
using Wharf.Archive.Layers;
using Wharf.Archive.Tar;
using Wharf.Linux;

namespace Wharf.Archive.Trees;

/// <summary>Walks two trees side by side; results come parents first, so that they can be packed as they are.</summary>
internal sealed class TreeComparison(Func<string, FileStatus, bool>? ignored, CancellationToken ct)
{
    public List<(TreePath Path, FileChangeKind Kind)> Changes { get; } = [];

    public void Run(SafeFileHandle? lower, SafeFileHandle upper)
    {
        TreeNode.Resolve(upper, TreePath.Root, follow: false, out TreeNode above).ThrowIfError("open", "/");
        using (above)
        {
            if (lower is null)
            {
                CompareMembers(null, above, TreePath.Root);
                return;
            }

            TreeNode.Resolve(lower, TreePath.Root, follow: false, out TreeNode below).ThrowIfError("open", "/");
            using (below)
            {
                CompareMembers(below, above, TreePath.Root);
            }
        }
    }

    /// <summary>True when anything below differs.</summary>
    private bool CompareMembers(TreeNode? below, TreeNode above, TreePath path)
    {
        ct.ThrowIfCancellationRequested();
        using SafeFileHandle? lower = below is { } node ? Open(node, path) : null;
        using SafeFileHandle upper = Open(above, path);
        var old = Names(lower, path);
        bool differs = false;
        foreach (byte[] name in Names(upper, path))
        {
            if (TreeNode.Open(upper, name, out TreeNode member) != Errno.None)
            {
                continue;
            }

            using (member)
            {
                differs |= CompareMember(lower, member, name, path.Join(name));
            }
        }

        foreach (byte[] name in old)
        {
            if (NameCalls.Status(upper, name, AtFlags.SymlinkNoFollow, out _) == Errno.ENOENT)
            {
                Changes.Add((path.Join(name), FileChangeKind.Deleted));
                differs = true;
            }
        }

        return differs;
    }

    private bool CompareMember(SafeFileHandle? lower, TreeNode member, byte[] name, TreePath path)
    {
        int place = Changes.Count;
        if (lower is null || TreeNode.Open(lower, name, out TreeNode former) != Errno.None)
        {
            bool counts = ignored is null || !ignored(path.Text, member.Status);
            counts |= member.Status.IsDirectory && CompareMembers(null, member, path);
            if (counts)
            {
                Changes.Insert(place, (path, FileChangeKind.Added));
            }

            return counts;
        }

        using (former)
        {
            bool below = member.Status.IsDirectory && CompareMembers(former.Status.IsDirectory ? former : null, member, path);
            if (below || Differs(former, member))
            {
                Changes.Insert(place, (path, FileChangeKind.Modified));
                return true;
            }

            return false;
        }
    }

    private static bool Differs(TreeNode a, TreeNode b)
    {
        FileStatus x = a.Status, y = b.Status;
        if (x.Mode != y.Mode || x.UserId != y.UserId || x.GroupId != y.GroupId || x.SpecialDevice != y.SpecialDevice)
        {
            return true;
        }

        // A directory's own time and size say nothing: they move with its members.
        return (!x.IsDirectory && (x.Size != y.Size || x.Modified.Seconds != y.Modified.Seconds || x.Modified.Nanoseconds != y.Modified.Nanoseconds))
            || !SameAttributes(AttributeReader.Read(a), AttributeReader.Read(b));
    }

    private static bool SameAttributes(List<TarAttribute> a, List<TarAttribute> b) =>
        a.Count == b.Count && a.Zip(b).All(p => p.First.Name.AsSpan().SequenceEqual(p.Second.Name) && p.First.Value.AsSpan().SequenceEqual(p.Second.Value));

    private static SafeFileHandle Open(TreeNode node, TreePath path)
    {
        node.OpenDirectory(out SafeFileHandle directory).ThrowIfError("open", path);
        return directory;
    }

    private static IEnumerable<byte[]> Names(SafeFileHandle? directory, TreePath path)
    {
        if (directory is null)
        {
            return [];
        }

        DirectoryReader.Read(directory, out var entries).ThrowIfError("readdir", path);
        entries.Sort((a, b) => a.Name.AsSpan().SequenceCompareTo(b.Name));
        return entries.Select(e => e.Name);
    }
}
