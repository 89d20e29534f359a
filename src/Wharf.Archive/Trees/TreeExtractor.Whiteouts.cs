using Microsoft.Win32.SafeHandles;
using Wharf.Archive.Layers;
using Wharf.Linux;
using Wharf.Primitives;

namespace Wharf.Archive.Trees;

internal sealed partial class TreeExtractor
{
    // Hashes of the paths this layer made: its own deletion marks do not concern them. Only when marks delete at once.
    private readonly HashSet<ulong> _made = [];

    private void Remember(TreePath path)
    {
        if (_rules.Whiteouts == WhiteoutStyle.Delete)
        {
            _made.Add(Hash(path));
        }
    }

    /// <summary>True when the name is a deletion mark or aufs's own, and has been dealt with.</summary>
    private bool TakeWhiteout(TreePath relative)
    {
        byte[] terminated = relative.Name;
        ReadOnlySpan<byte> name = terminated.AsSpan(0, terminated.Length - 1);
        if (!name.StartsWith(OverlayMarks.Whiteout))
        {
            // what lies in aufs's directories means nothing either
            return relative.Text.StartsWith(".wh..wh.", StringComparison.Ordinal);
        }

        if (name.SequenceEqual(OverlayMarks.OpaqueMember))
        {
            MakeOpaque(_base.Join(relative.Parent));
            return true;
        }

        if (name.StartsWith(OverlayMarks.Meta))
        {
            return true;
        }

        byte[] hidden = [.. name[OverlayMarks.Whiteout.Length..], 0];
        if (hidden.AsSpan() is [0] or [(byte)'.', 0] or [(byte)'.', (byte)'.', 0])
        {
            throw WharfException.Invalid($"invalid whiteout {Tar.TarErrors.Show(name)}");
        }

        TreePath path = _base.Join(relative.Parent).Join(hidden.AsSpan(0, hidden.Length - 1));
        if (_rules.Whiteouts == WhiteoutStyle.Overlay)
        {
            MarkDeleted(path, hidden);
        }
        else
        {
            Delete(path, hidden);
        }

        return true;
    }

    private void MarkDeleted(TreePath path, byte[] name)
    {
        TreeDirectory parent = _directories.Get(path.Parent);
        Errno errno = NameCalls.MakeNode(parent.Handle, name, FileType.CharacterDevice, 0);
        parent.Touched = true;
        if (errno != Errno.EEXIST)
        {
            errno.ThrowIfError("mknod", path);
            return;
        }

        // The layer made something there itself: it stays, but a directory shows nothing of the layers below.
        NameCalls.Status(parent.Handle, name, AtFlags.SymlinkNoFollow, out FileStatus status).ThrowIfError("stat", path);
        if (status.IsDirectory)
        {
            MakeOpaque(path);
        }
    }

    private void MakeOpaque(TreePath path)
    {
        TreeDirectory directory = _directories.Get(path);
        using SafeFileHandle readable = Readable(directory.Handle, path);
        if (_rules.Whiteouts == WhiteoutStyle.Overlay)
        {
            ExtendedAttributes.Set(readable, OverlayMarks.OpaqueAttribute, "y"u8).ThrowIfError("setxattr", path);
            return;
        }

        RemoveOthers(readable, path);
        directory.Touched = true;
        _directories.Clear();
    }

    private void RemoveOthers(SafeFileHandle directory, TreePath path)
    {
        DirectoryReader.Read(directory, out var entries).ThrowIfError("readdir", path);
        foreach (DirectoryReader.Entry entry in entries)
        {
            TreePath member = path.Join(entry.Name);
            if (!_made.Contains(Hash(member)))
            {
                TreeRemover.Remove(directory, entry.Name).ThrowIfError("remove", member);
            }
            else if (FileCalls.OpenAt(directory, entry.Name, OpenFlags.Directory | OpenFlags.NoFollow, out SafeFileHandle below) == Errno.None)
            {
                using (below)
                {
                    RemoveOthers(below, member);
                }
            }
        }
    }

    private void Delete(TreePath path, byte[] name)
    {
        if (_made.Contains(Hash(path)) || _directories.Find(path.Parent) is not { } parent)
        {
            return;
        }

        TreeRemover.Remove(parent.Handle, name).ThrowIfError("remove", path);
        parent.Touched = true;
        _directories.Clear();
    }

    // FNV-1a
    private static ulong Hash(TreePath path)
    {
        ulong hash = 14695981039346656037;
        foreach (char c in path.Text)
        {
            hash = (hash ^ c) * 1099511628211;
        }

        return hash;
    }
}
