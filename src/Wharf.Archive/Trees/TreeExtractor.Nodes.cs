using Microsoft.Win32.SafeHandles;
using Wharf.Archive.Tar;
using Wharf.Linux;
using Wharf.Primitives;

namespace Wharf.Archive.Trees;

internal sealed partial class TreeExtractor
{
    private delegate Errno Opening(TreeDirectory parent, out SafeFileHandle made);

    private void Create(TreePath path, byte[] name, Func<TreeDirectory, Errno> make, string operation)
    {
        Create(path, name, (TreeDirectory parent, out SafeFileHandle none) =>
        {
            none = null!;
            return make(parent);
        }, operation);
    }

    // Tries first and looks only when something is in the way: in a new tree nothing is.
    private SafeFileHandle Create(TreePath path, byte[] name, Opening make, string operation)
    {
        for (int attempt = 0; ; attempt++)
        {
            TreeDirectory parent = _directories.Get(path.Parent);
            Errno errno = make(parent, out SafeFileHandle made);
            if (errno == Errno.None)
            {
                parent.Touched = true;
                return made;
            }

            if (errno != Errno.EEXIST || attempt == MostAttempts)
            {
                throw TreeErrors.Of(errno, operation, path);
            }

            RemoveExisting(path, name, parent);
        }
    }

    private void RemoveExisting(TreePath path, byte[] name, TreeDirectory parent)
    {
        Errno errno = NameCalls.Status(parent.Handle, name, AtFlags.SymlinkNoFollow, out FileStatus status);
        if (errno == Errno.ENOENT)
        {
            return;
        }

        errno.ThrowIfError("stat", path);
        if (status.IsDirectory && _rules.NoOverwriteDirNonDir)
        {
            throw WharfException.Invalid($"cannot overwrite directory \"{path}\" with non-directory \"{_base}\"");
        }

        if (Recipe?.TakeReplaced(RealPath(path), parent.Handle, name, status) != true)
        {
            TreeRemover.Remove(parent.Handle, name).ThrowIfError("remove", path);
        }

        parent.Touched = true;
        if (status.IsDirectory || status.IsSymbolicLink)
        {
            _directories.Clear(); // known paths may have led through it
        }
    }

    /// <summary>The path with no link on the way; null when it cannot be told.</summary>
    private TreePath? RealPath(TreePath path)
    {
        TreeDirectory parent = _directories.Get(path.Parent);
        return !parent.BehindLink ? path : _directories.RealPath(parent) is { } real ? real.Join(path.Name.AsSpan()[..^1]) : null;
    }

    private void SetFile(TarEntry entry, TreePath path, SafeFileHandle file, uint user, uint group, bool groupInherited)
    {
        // new files are root's unless the directory passes its group on
        if (user != 0 || group != 0 || groupInherited || _attributes.SawDefaultAcl)
        {
            NameCalls.ChangeOwner(file, "\0"u8, user, group, AtFlags.EmptyPath).ThrowIfError("chown", path);
        }

        if (entry.Attributes.Count > 0)
        {
            _attributes.Apply(entry, path, file);
        }

        if (NeedsMode(entry.Mode))
        {
            NameCalls.ChangeMode(file, entry.Mode).ThrowIfError("chmod", path);
        }

        TimeSpec time = Time(entry);
        NameCalls.SetTimes(file, "\0"u8, time, time, AtFlags.EmptyPath).ThrowIfError("utimensat", path);
    }

    private void SetDirectory(TarEntry entry, TreePath path, SafeFileHandle directory, byte[] name, uint user, uint group, bool isNew)
    {
        if (user != 0 || group != 0 || !isNew)
        {
            NameCalls.ChangeOwner(directory, "\0"u8, user, group, AtFlags.EmptyPath).ThrowIfError("chown", path);
        }

        if (entry.Attributes.Count > 0)
        {
            using SafeFileHandle readable = Readable(directory, path);
            _attributes.Apply(entry, path, readable);
        }

        if (NeedsMode(entry.Mode) || !isNew)
        {
            NameCalls.ChangeMode(directory, entry.Mode).ThrowIfError("chmod", path);
        }
    }

    private static SafeFileHandle Readable(SafeFileHandle directory, TreePath path)
    {
        FileCalls.OpenAt(directory, ".\0"u8, OpenFlags.Directory, out SafeFileHandle readable).ThrowIfError("open", path);
        return readable;
    }

    private void FinishNode(TarEntry entry, TreePath path, byte[] name, uint user, uint group)
    {
        TreeDirectory parent = _directories.Get(path.Parent);
        NameCalls.ChangeOwner(parent.Handle, name, user, group, AtFlags.SymlinkNoFollow).ThrowIfError("lchown", path);
        if (entry.Attributes.Count > 0)
        {
            _attributes.Apply(entry, path, parent.Handle, name);
        }

        if (entry.Type != TarEntryType.SymbolicLink && NeedsMode(entry.Mode))
        {
            // by an O_PATH handle: opening a device or fifo would act on it, and chmod by name follows links
            FileCalls.OpenAt(parent.Handle, name, OpenFlags.Path | OpenFlags.NoFollow, out SafeFileHandle node).ThrowIfError("open", path);
            using (node)
            {
                NameCalls.ChangeMode(node, entry.Mode).ThrowIfError("chmod", path);
            }
        }

        TimeSpec time = Time(entry);
        NameCalls.SetTimes(parent.Handle, name, time, time, AtFlags.SymlinkNoFollow).ThrowIfError("utimensat", path);
    }

    // The kernel has taken the umask off; special bits are never given at creation, and a default ACL changes anything.
    private bool NeedsMode(uint mode) => (mode & (_umask | 0xE00)) != 0 || !_rules.Private || _attributes.SawDefaultAcl;

    private (uint User, uint Group) OwnerOf(TarEntry entry)
    {
        if (_rules.ForcedOwner is { } forced)
        {
            return forced;
        }

        return (MapOwner(_rules.Owners.Users, entry.UserId, entry), MapOwner(_rules.Owners.Groups, entry.GroupId, entry));
    }

    // -1 would mean "leave as it is" to chown(2)
    private static uint MapOwner(IReadOnlyList<Layers.IdentityRange> ranges, long id, TarEntry entry) =>
        id is < 0 or >= uint.MaxValue ? throw TarErrors.Entry(entry.Name, entry.Offset, $"impossible owner {id}")
        : Layers.IdentityMap.ToHost(ranges, (uint)id) ?? throw WharfException.Invalid($"Container ID {id} cannot be mapped to a host ID");

    private void OwnImplied(SafeFileHandle directory)
    {
        (uint user, uint group) = _rules.ForcedOwner
            ?? (Layers.IdentityMap.ToHost(_rules.Owners.Users, 0) ?? 0, Layers.IdentityMap.ToHost(_rules.Owners.Groups, 0) ?? 0);
        NameCalls.ChangeOwner(directory, "\0"u8, user, group, AtFlags.EmptyPath).ThrowIfError("chown");
        NameCalls.ChangeMode(directory, DirectoryCache.ImpliedMode).ThrowIfError("chmod");
    }

    private static TimeSpec Time(TarEntry entry) => new(entry.ModificationTime.Seconds, entry.ModificationTime.Nanoseconds);
}
