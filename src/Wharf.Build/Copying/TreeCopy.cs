using Microsoft.Win32.SafeHandles;
using Wharf.Linux;
using Wharf.Primitives;

namespace Wharf.Build.Copying;

/// <summary>
/// Copies files and folders from a source tree into a step's root: data by reflink where the file system can, names by descriptor, many files by all cores.
/// </summary>
public sealed class TreeCopy
{
    private const int BufferSize = 256 * 1024, KernelPiece = 64 << 20;

    // Fewer files than this are copied before another core has woken. Ranges of neighbours keep the cores apart: they would wait for each other in one folder.
    private const int FewFiles = 64, RangesPerCore = 8;
    private const OpenFlags FolderFlags = OpenFlags.ReadOnly | OpenFlags.Directory | OpenFlags.CloseOnExec;
    private const ResolveFlags Within = ResolveFlags.Beneath | ResolveFlags.NoSymlinks;
    private static readonly (uint User, uint Group) RootOwner = (0, 0);

    private readonly SourceTree _tree;
    private readonly SafeFileHandle _top;
    private readonly CopyLook _look;
    private readonly CancellationToken _ct;

    // Where below the top a file with several names was made first; the lock of making one.
    private readonly Dictionary<(ulong Device, ulong Inode), string> _made = [];

    private TreeCopy(SourceTree tree, SafeFileHandle top, CopyLook look, CancellationToken ct)
    {
        _tree = tree;
        _top = top;
        _look = look;
        _ct = ct;
    }

    /// <summary>Copies a file, or what is in a folder. A folder that has to be made for it has mode and owner of the look, as with Docker, not the source's.</summary>
    public static void Copy(CopyItem item, TargetTree target, CopyLook look, CancellationToken ct)
    {
        var status = item.Tree.Status(item.Path, followLast: true) ?? throw WharfException.NotFound($"{item.Path} is gone");
        if (status.IsDirectory)
        {
            bool isNew = !target.IsDirectory(item.Target);
            using var directory = target.MakeDirectories(item.Target, look.Owner ?? RootOwner, look.FolderMode);
            using var layer = isNew ? target.OpenInLayer(item.Target) : null;
            new TreeCopy(item.Tree, layer ?? directory, look, ct).CopyContent(item.Path);
            if (isNew)
            {
                // Not now: the same files are to give the same layer.
                NameCalls.SetTimes(directory, "", TimeSpec.Omit, TimeOf(status, look), AtFlags.EmptyPath).ThrowIfError("utimensat", item.Target);
            }

            return;
        }

        int slash = item.Target.LastIndexOf('/');
        using var parent = target.MakeDirectories(item.Target[..slash], look.Owner ?? RootOwner, look.FolderMode);
        new TreeCopy(item.Tree, parent, look, ct).CopyOne(item.Path, status, parent, item.Target[(slash + 1)..], item.Target[(slash + 1)..]);
    }

    private void CopyContent(string path)
    {
        List<Member> folders = [], files = [];
        MakeFolders(path, "", _top, folders, files);
        int range = Math.Max(FewFiles, files.Count / (RangesPerCore * Environment.ProcessorCount));
        SideBySide.Run(files.Count, range, (from, to) => CopyRange(files, from, to), _ct);

        // Last: what is made in a folder changes its time.
        foreach (var folder in folders)
        {
            Dress(_top, folder.Below, folder.Status, isLink: false);
        }
    }

    // Folders are made on the way, what goes into them is only noted.
    private void MakeFolders(string path, string below, SafeFileHandle directory, List<Member> folders, List<Member> files)
    {
        foreach ((string name, var status) in _tree.Members(path))
        {
            _ct.ThrowIfCancellationRequested();
            var member = new Member(SourceTree.Join(path, name), SourceTree.Join(below, name), status);
            if (_look.Exclude?.IsIgnored(member.Below) == true)
            {
                continue;
            }

            if (!status.IsDirectory)
            {
                files.Add(member);
                continue;
            }

            using var made = MakeDirectory(directory, name);
            MakeFolders(member.Path, member.Below, made, folders, files);
            folders.Add(member);
        }
    }

    private void CopyRange(List<Member> files, int from, int to)
    {
        SafeFileHandle? opened = null;
        string? folder = null;
        try
        {
            for (int i = from; i < to; i++)
            {
                _ct.ThrowIfCancellationRequested();
                var file = files[i];
                int slash = file.Below.LastIndexOf('/');
                if (folder is null || !file.Below.AsSpan(0, Math.Max(slash, 0)).SequenceEqual(folder))
                {
                    folder = file.Below[..Math.Max(slash, 0)];
                    opened?.Dispose();
                    opened = null;
                    FileCalls.OpenAt2(_top, folder.Length == 0 ? "." : folder, FolderFlags, Within, out opened).ThrowIfError("openat2", folder);
                }

                CopyOne(file.Path, file.Status, opened!, file.Below[(slash + 1)..], file.Below);
            }
        }
        finally
        {
            opened?.Dispose();
        }
    }

    private static SafeFileHandle MakeDirectory(SafeFileHandle parent, string name)
    {
        var errno = NameCalls.MakeDirectory(parent, name, 0b111_000_000);
        if (errno != Errno.EEXIST)
        {
            errno.ThrowIfError("mkdirat", name);
            FileCalls.OpenAt2(parent, name, FolderFlags, Within, out var made).ThrowIfError("openat2", name);
            return made;
        }

        if (FileCalls.OpenAt2(parent, name, FolderFlags, Within, out var existing) == Errno.None)
        {
            return existing;
        }

        existing.Dispose();
        throw WharfException.Invalid($"cannot copy to non-directory: {name}");
    }

    private void CopyOne(string path, SourceStatus status, SafeFileHandle parent, string name, string below)
    {
        if (status.Shared is not { } file)
        {
            MakeOne(path, status, parent, name);
            return;
        }

        lock (_made)
        {
            if ((!_made.TryGetValue(file, out string? first) || !Make(parent, name, path, () => NameCalls.Link(_top, first, parent, name), "linkat", Errno.EMLINK))
                && MakeOne(path, status, parent, name))
            {
                _made[file] = below;
            }
        }
    }

    // False for what is left out.
    private bool MakeOne(string path, SourceStatus status, SafeFileHandle parent, string name)
    {
        switch (status.Type)
        {
            case FileType.Regular:
                CopyFile(path, status, parent, name);
                return true;
            case FileType.SymbolicLink:
                byte[] target = _tree.ReadLink(path);
                Make(parent, name, path, () => NameCalls.MakeSymbolicLink(target, parent, name), "symlinkat");
                break;
            case FileType.Socket:
                return false; // a socket without its program is nothing; Docker leaves it out too
            default:
                Make(parent, name, path, () => NameCalls.MakeNode(parent, name, status.Type | 0b110_000_000, status.SpecialDevice), "mknodat");
                break;
        }

        Dress(parent, name, status, status.IsSymbolicLink);
        return true;
    }

    // Tries first and looks only when something is in the way: in a new folder nothing is. False for an answer that is allowed for.
    private static bool Make(SafeFileHandle parent, string name, string path, Func<Errno> make, string call, Errno allowed = Errno.None)
    {
        var errno = make();
        if (errno == Errno.EEXIST)
        {
            var gone = NameCalls.Unlink(parent, name);
            if (gone == Errno.EISDIR)
            {
                throw WharfException.Invalid($"cannot copy {path}: a folder named {name} is in its place in the image");
            }

            gone.ThrowIfError("unlinkat", name);
            errno = make();
        }

        if (errno != Errno.None && errno == allowed)
        {
            return false;
        }

        errno.ThrowIfError(call, name);
        return true;
    }

    private void CopyFile(string path, SourceStatus status, SafeFileHandle parent, string name)
    {
        using var data = _tree.OpenData(path);
        SafeFileHandle? made = null;
        Make(parent, name, path, () => FileCalls.OpenAt(parent, name, OpenFlags.ReadWrite | OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.NoFollow | OpenFlags.CloseOnExec, out made, 0b110_000_000), "openat");
        using var file = made!;
        if (status.Size > 0)
        {
            byte[] buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(BufferSize);
            try
            {
                CopyBytes(data, status.Size, file, path, buffer);
                _tree.Verify(path, data, file, buffer, _ct);
            }
            finally
            {
                System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
            }
        }

        (uint user, uint group) = OwnerOf(status);
        NameCalls.ChangeOwner(file, "", user, group, AtFlags.EmptyPath).ThrowIfError("fchownat", name);
        if (_tree.KeepOwners && data.IsWholeFile && ExtendedAttributes.Get(data.Handle, "security.capability", out byte[] capability) == Errno.None)
        {
            ExtendedAttributes.Set(file, "security.capability", capability).ThrowIfError("fsetxattr", name);
        }

        // After the owner: a change of owner takes set-user-id away (chown(2)).
        NameCalls.ChangeMode(file, _look.Mode?.Apply(status.Permissions, isDirectory: false) ?? status.Permissions).ThrowIfError("fchmod", name);
        NameCalls.SetTimes(file, "", TimeSpec.Omit, TimeOf(status, _look), AtFlags.EmptyPath).ThrowIfError("utimensat", name);
    }

    // Large files by the kernel: shared blocks where the file system can, else without a way through this process.
    private void CopyBytes(SourceData data, long size, SafeFileHandle to, string path, byte[] buffer)
    {
        long position = 0;
        if (data.IsWholeFile && size > BufferSize)
        {
            if (FileCalls.Reflink(data.Handle, to) == Errno.None)
            {
                return;
            }

            while (FileCalls.CopyRange(data.Handle, to, KernelPiece, out long copied) == Errno.None && copied > 0)
            {
                _ct.ThrowIfCancellationRequested();
                position += copied;
            }
        }

        int count;
        while ((count = data.Read(buffer, position)) > 0)
        {
            _ct.ThrowIfCancellationRequested();
            FileCalls.WriteAll(to, buffer.AsSpan(0, count)).ThrowIfError("write", path);
            position += count;
        }
    }

    private void Dress(SafeFileHandle parent, string name, SourceStatus status, bool isLink)
    {
        (uint user, uint group) = OwnerOf(status);
        NameCalls.ChangeOwner(parent, name, user, group, AtFlags.SymlinkNoFollow).ThrowIfError("fchownat", name);
        if (!isLink)
        {
            uint mode = _look.Mode?.Apply(status.Permissions, status.IsDirectory) ?? status.Permissions;
            NameCalls.ChangeMode(parent, name, mode).ThrowIfError("fchmodat", name);
        }

        NameCalls.SetTimes(parent, name, TimeSpec.Omit, TimeOf(status, _look), AtFlags.SymlinkNoFollow).ThrowIfError("utimensat", name);
    }

    private (uint User, uint Group) OwnerOf(SourceStatus status) =>
        _look.Owner ?? (_tree.KeepOwners ? (status.UserId, status.GroupId) : RootOwner);

    private static TimeSpec TimeOf(SourceStatus status, CopyLook look) => new(look.Time is { } time ? time.ToUnixTimeSeconds() : status.Modified, 0);

    /// <param name="Path">In the source.</param>
    /// <param name="Below">Relative to the top of the copy.</param>
    private readonly record struct Member(string Path, string Below, SourceStatus Status);
}
