using Microsoft.Win32.SafeHandles;
using Wharf.Linux;
using Wharf.Primitives;

namespace Wharf.Build.Copying;

/// <summary>Copies files and folders from a source tree into a step's root: data by reflink where the file system can, names by descriptor.</summary>
public static class TreeCopy
{
    private const int BufferSize = 256 * 1024, KernelPiece = 64 << 20;
    private static readonly (uint User, uint Group) RootOwner = (0, 0);

    public static void Copy(CopyItem item, TargetTree target, CopyLook look, CancellationToken ct)
    {
        var status = item.Tree.Status(item.Path, followLast: true) ?? throw WharfException.NotFound($"{item.Path} is gone");
        if (status.IsDirectory)
        {
            bool isNew = !target.IsDirectory(item.Target);
            using var directory = target.MakeDirectories(item.Target, look.Owner ?? RootOwner);
            CopyContent(item.Tree, item.Path, "", directory, look, ct);
            if (isNew)
            {
                Dress(directory, ".", status, item.Tree, look, isLink: false);
            }

            return;
        }

        string folder = item.Target[..item.Target.LastIndexOf('/')];
        using var parent = target.MakeDirectories(folder, look.Owner ?? RootOwner);
        CopyOne(item.Tree, item.Path, status, parent, item.Target[(item.Target.LastIndexOf('/') + 1)..], look, ct);
    }

    private static void CopyContent(SourceTree tree, string path, string below, SafeFileHandle directory, CopyLook look, CancellationToken ct)
    {
        foreach ((string name, var status) in tree.Members(path))
        {
            ct.ThrowIfCancellationRequested();
            string inner = SourceTree.Join(below, name), full = SourceTree.Join(path, name);
            if (look.Exclude?.IsIgnored(inner) == true)
            {
                continue;
            }

            if (!status.IsDirectory)
            {
                CopyOne(tree, full, status, directory, name, look, ct);
                continue;
            }

            using var made = MakeDirectory(directory, name);
            CopyContent(tree, full, inner, made, look, ct);
            Dress(directory, name, status, tree, look, isLink: false);
        }
    }

    private static SafeFileHandle MakeDirectory(SafeFileHandle parent, string name)
    {
        var errno = NameCalls.MakeDirectory(parent, name, 0b111_000_000);
        if (errno == Errno.EEXIST)
        {
            var opened = FileCalls.OpenAt2(parent, name, OpenFlags.ReadOnly | OpenFlags.Directory | OpenFlags.CloseOnExec,
                ResolveFlags.Beneath | ResolveFlags.NoSymlinks, out var existing);
            if (opened == Errno.None)
            {
                return existing;
            }

            existing.Dispose();
            throw WharfException.Invalid($"cannot copy to non-directory: {name}");
        }

        errno.ThrowIfError("mkdirat", name);
        FileCalls.OpenAt2(parent, name, OpenFlags.ReadOnly | OpenFlags.Directory | OpenFlags.CloseOnExec, ResolveFlags.Beneath | ResolveFlags.NoSymlinks, out var made)
            .ThrowIfError("openat2", name);
        return made;
    }

    private static void CopyOne(SourceTree tree, string path, SourceStatus status, SafeFileHandle parent, string name, CopyLook look, CancellationToken ct)
    {
        switch (status.Type)
        {
            case FileType.Regular:
                CopyFile(tree, path, status, parent, name, look, ct);
                return;
            case FileType.SymbolicLink:
                byte[] target = tree.ReadLink(path);
                Make(parent, name, path, () => NameCalls.MakeSymbolicLink(target, parent, name), "symlinkat");
                break;
            case FileType.Socket:
                return; // a socket without its program is nothing; Docker leaves it out too
            default:
                Make(parent, name, path, () => NameCalls.MakeNode(parent, name, status.Type | 0b110_000_000, status.SpecialDevice), "mknodat");
                break;
        }

        Dress(parent, name, status, tree, look, status.IsSymbolicLink);
    }

    // Tries first and looks only when something is in the way: in a new folder nothing is.
    private static void Make(SafeFileHandle parent, string name, string path, Func<Errno> make, string call)
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

        errno.ThrowIfError(call, name);
    }

    private static void CopyFile(SourceTree tree, string path, SourceStatus status, SafeFileHandle parent, string name, CopyLook look, CancellationToken ct)
    {
        using var data = tree.OpenData(path);
        SafeFileHandle? made = null;
        Make(parent, name, path, () => FileCalls.OpenAt(parent, name, OpenFlags.ReadWrite | OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.NoFollow | OpenFlags.CloseOnExec, out made, 0b110_000_000), "openat");
        using var file = made!;
        if (status.Size > 0)
        {
            byte[] buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(BufferSize);
            try
            {
                CopyBytes(data, status.Size, file, path, buffer, ct);
                tree.Verify(path, data, file, buffer, ct);
            }
            finally
            {
                System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
            }
        }

        (uint user, uint group) = OwnerOf(status, tree, look);
        NameCalls.ChangeOwner(file, "", user, group, AtFlags.EmptyPath).ThrowIfError("fchownat", name);
        if (tree.KeepOwners && data.IsWholeFile && ExtendedAttributes.Get(data.Handle, "security.capability", out byte[] capability) == Errno.None)
        {
            ExtendedAttributes.Set(file, "security.capability", capability).ThrowIfError("fsetxattr", name);
        }

        // After the owner: a change of owner takes set-user-id away (chown(2)).
        NameCalls.ChangeMode(file, look.Mode?.Apply(status.Permissions, isDirectory: false) ?? status.Permissions).ThrowIfError("fchmod", name);
        NameCalls.SetTimes(file, "", TimeSpec.Omit, TimeOf(status, look), AtFlags.EmptyPath).ThrowIfError("utimensat", name);
    }

    // Large files by the kernel: shared blocks where the file system can, else without a way through this process.
    private static void CopyBytes(SourceData data, long size, SafeFileHandle to, string path, byte[] buffer, CancellationToken ct)
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
                ct.ThrowIfCancellationRequested();
                position += copied;
            }
        }

        int count;
        while ((count = data.Read(buffer, position)) > 0)
        {
            ct.ThrowIfCancellationRequested();
            FileCalls.WriteAll(to, buffer.AsSpan(0, count)).ThrowIfError("write", path);
            position += count;
        }
    }

    private static void Dress(SafeFileHandle parent, string name, SourceStatus status, SourceTree tree, CopyLook look, bool isLink)
    {
        (uint user, uint group) = OwnerOf(status, tree, look);
        NameCalls.ChangeOwner(parent, name, user, group, AtFlags.SymlinkNoFollow).ThrowIfError("fchownat", name);
        if (!isLink)
        {
            uint mode = look.Mode?.Apply(status.Permissions, status.IsDirectory) ?? status.Permissions;
            NameCalls.ChangeMode(parent, name, mode).ThrowIfError("fchmodat", name);
        }

        NameCalls.SetTimes(parent, name, TimeSpec.Omit, TimeOf(status, look), AtFlags.SymlinkNoFollow).ThrowIfError("utimensat", name);
    }

    private static (uint User, uint Group) OwnerOf(SourceStatus status, SourceTree tree, CopyLook look) =>
        look.Owner ?? (tree.KeepOwners ? (status.UserId, status.GroupId) : RootOwner);

    private static TimeSpec TimeOf(SourceStatus status, CopyLook look) => new(look.Time is { } time ? time.ToUnixTimeSeconds() : status.Modified, 0);
}
