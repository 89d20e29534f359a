using Microsoft.Win32.SafeHandles;
using Wharf.Linux;
using Wharf.Primitives;

namespace Wharf.Build.Copying;

/// <summary>Copies files and folders from a source tree into a step's root: data by reflink or copy_file_range, names by descriptor.</summary>
public static class TreeCopy
{
    private static readonly (uint User, uint Group) RootOwner = (0, 0);

    public static void Copy(CopyItem item, TargetTree target, CopyLook look, CancellationToken ct)
    {
        item.Tree.Open(item.Path, followLast: true, out var source).ThrowIfError("openat2", item.Path);
        using (source)
        {
            NameCalls.Status(source, out var status).ThrowIfError("statx", item.Path);
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
            CopyOne(item.Tree, item.Path, source, status, parent, item.Target[(item.Target.LastIndexOf('/') + 1)..], look, ct);
        }
    }

    private static void CopyContent(SourceTree tree, string path, string below, SafeFileHandle directory, CopyLook look, CancellationToken ct)
    {
        foreach (string name in tree.List(path))
        {
            ct.ThrowIfCancellationRequested();
            string inner = SourceTree.Join(below, name), full = SourceTree.Join(path, name);
            if (look.Exclude?.IsIgnored(inner) == true)
            {
                continue;
            }

            tree.Open(full, followLast: false, out var source).ThrowIfError("openat2", full);
            using (source)
            {
                NameCalls.Status(source, out var status).ThrowIfError("statx", full);
                if (!status.IsDirectory)
                {
                    if (!tree.IsIgnored(full))
                    {
                        CopyOne(tree, full, source, status, directory, name, look, ct);
                    }

                    continue;
                }

                using var made = MakeDirectory(directory, name);
                CopyContent(tree, full, inner, made, look, ct);
                Dress(directory, name, status, tree, look, isLink: false);
            }
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

    private static void CopyOne(SourceTree tree, string path, SafeFileHandle source, FileStatus status, SafeFileHandle parent, string name, CopyLook look, CancellationToken ct)
    {
        var gone = NameCalls.Unlink(parent, name);
        if (gone == Errno.EISDIR)
        {
            throw WharfException.Invalid($"cannot copy {path}: a folder named {name} is in its place in the image");
        }

        if (gone is not (Errno.None or Errno.ENOENT))
        {
            gone.ThrowIfError("unlinkat", name);
        }

        switch (status.Type)
        {
            case FileType.Regular:
                CopyData(source, parent, name, path, (long)status.Size, ct);
                break;
            case FileType.SymbolicLink:
                NameCalls.ReadLink(source, "", out byte[] linkTarget).ThrowIfError("readlinkat", path);
                NameCalls.MakeSymbolicLink(linkTarget, parent, name).ThrowIfError("symlinkat", name);
                break;
            case FileType.Socket:
                return; // a socket without its program is nothing; Docker leaves it out too
            default:
                NameCalls.MakeNode(parent, name, status.Type | 0b110_000_000, status.SpecialDevice).ThrowIfError("mknodat", name);
                break;
        }

        Dress(parent, name, status, tree, look, status.IsSymbolicLink);
        if (status.IsRegular && tree.KeepOwners)
        {
            CopyCapability(source, parent, name);
        }
    }

    private static void CopyData(SafeFileHandle source, SafeFileHandle parent, string name, string path, long size, CancellationToken ct)
    {
        FileCalls.Reopen(source, OpenFlags.ReadOnly | OpenFlags.CloseOnExec, out var from).ThrowIfError("open", path);
        using (from)
        {
            FileCalls.OpenAt(parent, name, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.NoFollow | OpenFlags.CloseOnExec, out var to, 0b110_000_000)
                .ThrowIfError("openat", name);
            using (to)
            {
                if (size == 0 || FileCalls.Reflink(from, to) == Errno.None)
                {
                    return;
                }

                CopyRanges(from, to, path, ct);
            }
        }
    }

    private static void CopyRanges(SafeFileHandle from, SafeFileHandle to, string path, CancellationToken ct)
    {
        const int Step = 16 * 1024 * 1024;
        while (true)
        {
            ct.ThrowIfCancellationRequested();
            Errno errno = FileCalls.CopyRange(from, to, Step, out long copied);
            if (errno is Errno.EXDEV or Errno.EINVAL or Errno.ENOSYS or Errno.EOPNOTSUPP)
            {
                // Between file systems (a context on the disk, a root on overlay) the bytes go through this process.
                CopyBytes(from, to, path, ct);
                return;
            }

            errno.ThrowIfError("copy_file_range", path);
            if (copied == 0)
            {
                return;
            }
        }
    }

    private static void CopyBytes(SafeFileHandle from, SafeFileHandle to, string path, CancellationToken ct)
    {
        byte[] buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(256 * 1024);
        try
        {
            while (true)
            {
                ct.ThrowIfCancellationRequested();
                FileCalls.Read(from, buffer, out int count).ThrowIfError("read", path);
                if (count == 0)
                {
                    return;
                }

                FileCalls.WriteAll(to, buffer.AsSpan(0, count)).ThrowIfError("write", path);
            }
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static void Dress(SafeFileHandle parent, string name, FileStatus status, SourceTree tree, CopyLook look, bool isLink)
    {
        (uint user, uint group) = look.Owner ?? (tree.KeepOwners ? (status.UserId, status.GroupId) : RootOwner);
        NameCalls.ChangeOwner(parent, name, user, group, AtFlags.SymlinkNoFollow).ThrowIfError("fchownat", name);
        if (!isLink)
        {
            // After the owner: a change of owner takes set-user-id away (chown(2)).
            uint mode = look.Mode?.Apply(status.Permissions, status.IsDirectory) ?? status.Permissions;
            NameCalls.ChangeMode(parent, name, mode).ThrowIfError("fchmodat", name);
        }

        long seconds = look.Time is { } time ? time.ToUnixTimeSeconds() : status.Modified.Seconds;
        NameCalls.SetTimes(parent, name, TimeSpec.Omit, new TimeSpec(seconds, 0), AtFlags.SymlinkNoFollow).ThrowIfError("utimensat", name);
    }

    private static void CopyCapability(SafeFileHandle source, SafeFileHandle parent, string name)
    {
        FileCalls.Reopen(source, OpenFlags.ReadOnly | OpenFlags.CloseOnExec, out var from).ThrowIfError("open", name);
        using (from)
        {
            if (ExtendedAttributes.Get(from, "security.capability", out byte[] value) != Errno.None)
            {
                return;
            }

            FileCalls.OpenAt(parent, name, OpenFlags.ReadOnly | OpenFlags.NoFollow | OpenFlags.CloseOnExec, out var to).ThrowIfError("openat", name);
            using (to)
            {
                ExtendedAttributes.Set(to, "security.capability", value).ThrowIfError("fsetxattr", name);
            }
        }
    }
}
