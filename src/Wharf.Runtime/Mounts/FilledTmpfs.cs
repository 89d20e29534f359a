using Microsoft.Win32.SafeHandles;
using Wharf.Linux;
using Wharf.Primitives;

namespace Wharf.Runtime.Mounts;

/// <summary>
/// A tmpfs that begins with what its mount point held (mount option tmpcopyup): made and filled by us before the launch, by descriptor, and handed to
/// the child detached. Links are copied as links, never followed.
/// </summary>
internal static class FilledTmpfs
{
    private const int MaxDepth = 128;
    private const OpenFlags Directory = OpenFlags.ReadOnly | OpenFlags.Directory | OpenFlags.NoFollow | OpenFlags.CloseOnExec;

    /// <param name="rootfs">The container's root on the host, ready to be looked into.</param>
    /// <param name="destination">The mount point in it.</param>
    /// <param name="options">The tmpfs's own options.</param>
    /// <param name="attributes">The mount's attributes.</param>
    public static SafeFileHandle Create(string rootfs, string destination, IEnumerable<(string Key, string? Value)> options, MountAttributes attributes)
    {
        SafeFileHandle tree = CreateEmpty(options, MountAttributes.None);
        try
        {
            Fill(tree, rootfs, destination);
            MountCalls.SetAttributes(tree, attributes, MountAttributes.None, recursive: false).ThrowIfError("mount_setattr", destination);
            return tree;
        }
        catch
        {
            tree.Dispose();
            throw;
        }
    }

    /// <summary>One with nothing in it, attached nowhere.</summary>
    public static SafeFileHandle CreateEmpty(IEnumerable<(string Key, string? Value)> options, MountAttributes attributes)
    {
        MountCalls.OpenFileSystem("tmpfs", out SafeFileHandle context).ThrowIfError("fsopen", "tmpfs");
        using (context)
        {
            foreach ((string key, string? value) in options)
            {
                MountCalls.Configure(context, key, value).ThrowIfError("fsconfig tmpfs", key);
            }

            MountCalls.CreateMount(context, attributes, out SafeFileHandle tree).ThrowIfError("fsmount", "tmpfs");
            return tree;
        }
    }

    private static void Fill(SafeFileHandle tree, string rootfs, string destination)
    {
        FileCalls.Open(rootfs, OpenFlags.Path | OpenFlags.Directory | OpenFlags.CloseOnExec, out SafeFileHandle root).ThrowIfError("open", rootfs);
        using (root)
        {
            Errno errno = FileCalls.OpenAt2(root, destination, OpenFlags.ReadOnly | OpenFlags.Directory | OpenFlags.CloseOnExec, ResolveFlags.InRoot | ResolveFlags.NoMagicLinks, out SafeFileHandle source);
            using (source)
            {
                if (errno is Errno.ENOENT)
                {
                    return;
                }

                errno.ThrowIfError("openat2", destination);
                FileCalls.OpenAt(tree, ".", Directory, out SafeFileHandle target).ThrowIfError("open", "tmpfs");
                using (target)
                {
                    CopyEntries(source, target, 0);
                    NameCalls.Status(source, out FileStatus status).ThrowIfError("statx", destination);
                    NameCalls.ChangeOwner(target, ".", status.UserId, status.GroupId, AtFlags.None).ThrowIfError("fchownat", destination);
                    NameCalls.ChangeMode(target, status.Permissions).ThrowIfError("fchmod", destination);
                }
            }
        }
    }

    private static void CopyEntries(SafeFileHandle source, SafeFileHandle target, int depth)
    {
        if (depth > MaxDepth)
        {
            throw WharfException.Invalid($"a tree that is to be copied into a tmpfs is deeper than {MaxDepth} directories");
        }

        DirectoryReader.Read(source, out List<DirectoryReader.Entry> entries).ThrowIfError("getdents64");
        foreach (DirectoryReader.Entry entry in entries)
        {
            byte[] name = [.. entry.Name, 0];
            string text = System.Text.Encoding.UTF8.GetString(entry.Name);
            NameCalls.Status(source, new NativePath(name), AtFlags.SymlinkNoFollow, out FileStatus status).ThrowIfError("statx", text);
            if (status.IsDirectory)
            {
                CopyDirectory(source, target, name, text, depth);
            }
            else if (status.IsRegular)
            {
                CopyFile(source, target, name, text);
            }
            else if (status.Type == FileType.SymbolicLink)
            {
                NameCalls.ReadLink(source, new NativePath(name), out byte[] link).ThrowIfError("readlinkat", text);
                NameCalls.MakeSymbolicLink(new NativePath([.. link, 0]), target, new NativePath(name)).ThrowIfError("symlinkat", text);
            }
            else
            {
                NameCalls.MakeNode(target, new NativePath(name), status.Mode, DeviceNumber.Make(status.SpecialMajor, status.SpecialMinor)).ThrowIfError("mknodat", text);
            }

            NameCalls.ChangeOwner(target, new NativePath(name), status.UserId, status.GroupId, AtFlags.SymlinkNoFollow).ThrowIfError("fchownat", text);
            if (status.Type != FileType.SymbolicLink)
            {
                // after the owner: a change of owner takes set-user-id bits away
                NameCalls.ChangeMode(target, new NativePath(name), status.Permissions).ThrowIfError("fchmodat", text);
            }
        }
    }

    private static void CopyDirectory(SafeFileHandle source, SafeFileHandle target, byte[] name, string text, int depth)
    {
        const uint Mode = 0b111_000_000;
        NameCalls.MakeDirectory(target, new NativePath(name), Mode).ThrowIfError("mkdirat", text);
        FileCalls.OpenAt(source, new NativePath(name), Directory, out SafeFileHandle from).ThrowIfError("openat", text);
        using (from)
        {
            FileCalls.OpenAt(target, new NativePath(name), Directory, out SafeFileHandle to).ThrowIfError("openat", text);
            using (to)
            {
                CopyEntries(from, to, depth + 1);
            }
        }
    }

    private static void CopyFile(SafeFileHandle source, SafeFileHandle target, byte[] name, string text)
    {
        const uint Mode = 0b110_000_000;
        FileCalls.OpenAt(source, new NativePath(name), OpenFlags.ReadOnly | OpenFlags.NoFollow | OpenFlags.NonBlocking | OpenFlags.CloseOnExec, out SafeFileHandle from).ThrowIfError("openat", text);
        using (from)
        {
            FileCalls.OpenAt(target, new NativePath(name), OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.CloseOnExec, out SafeFileHandle to, Mode).ThrowIfError("openat", text);
            using (to)
            {
                byte[] buffer = new byte[64 * 1024];
                while (true)
                {
                    FileCalls.Read(from, buffer, out int count).ThrowIfError("read", text);
                    if (count == 0)
                    {
                        return;
                    }

                    FileCalls.WriteAll(to, buffer.AsSpan(0, count)).ThrowIfError("write", text);
                }
            }
        }
    }
}
