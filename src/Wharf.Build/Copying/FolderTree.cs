using System.Text;
using Microsoft.Win32.SafeHandles;
using Wharf.Linux;
using Wharf.Primitives;

namespace Wharf.Build.Copying;

/// <summary>A source tree that is a directory on disk, read by descriptor.</summary>
/// <param name="root">Handle of the root directory; owned by whoever made it.</param>
/// <param name="ignore">Rules of .dockerignore, for the context.</param>
/// <param name="keepOwners">Files keep their owners (other stages) instead of becoming root's (the context).</param>
public sealed class FolderTree(SafeFileHandle root, IgnorePatterns? ignore, bool keepOwners) : SourceTree(ignore, keepOwners)
{
    private const ResolveFlags Within = ResolveFlags.InRoot | ResolveFlags.NoMagicLinks;

    public override SourceData OpenData(string path)
    {
        // Not blocking: should a fifo have taken the file's place, opening it must not wait for a writer.
        FileCalls.OpenAt2(root, path, OpenFlags.ReadOnly | OpenFlags.NonBlocking | OpenFlags.CloseOnExec, Within, out var file).ThrowIfError("openat2", path);
        return new SourceData(file, 0, -1, owns: true);
    }

    public override byte[] ReadLink(string path)
    {
        FileCalls.OpenAt2(root, path, OpenFlags.Path | OpenFlags.NoFollow | OpenFlags.CloseOnExec, Within, out var link).ThrowIfError("openat2", path);
        using (link)
        {
            NameCalls.ReadLink(link, "", out byte[] target).ThrowIfError("readlinkat", path);
            return target;
        }
    }

    protected override SourceStatus? Find(string path, bool followLast)
    {
        var errno = FileCalls.OpenAt2(root, path.Length == 0 ? "." : path, OpenFlags.Path | OpenFlags.CloseOnExec | (followLast ? 0 : OpenFlags.NoFollow), Within, out var file);
        using (file)
        {
            if (errno is Errno.ENOENT or Errno.ENOTDIR)
            {
                return null;
            }

            errno.ThrowIfError("openat2", path);
            NameCalls.Status(file, out var status).ThrowIfError("statx", path);
            return SourceStatus.Of(status);
        }
    }

    protected override IEnumerable<string> Names(string path) => Read(path, (_, entry) => Encoding.UTF8.GetString(entry.Name));

    protected override IEnumerable<SourceMember> Contents(string path) => Read(path, (directory, entry) =>
    {
        NameCalls.Status(directory, entry.Name, AtFlags.SymlinkNoFollow, out var status).ThrowIfError("statx", path);
        return new SourceMember(Encoding.UTF8.GetString(entry.Name), SourceStatus.Of(status));
    });

    private IEnumerable<T> Read<T>(string path, Func<SafeFileHandle, DirectoryReader.Entry, T> take)
    {
        var errno = FileCalls.OpenAt2(root, path.Length == 0 ? "." : path, OpenFlags.ReadOnly | OpenFlags.Directory | OpenFlags.CloseOnExec, Within, out var directory);
        using (directory)
        {
            if (errno is Errno.ENOENT or Errno.ENOTDIR)
            {
                return [];
            }

            errno.ThrowIfError("openat2", path);
            DirectoryReader.Read(directory, out var entries).ThrowIfError("getdents64", path);
            return [.. entries.Select(e => take(directory, e))];
        }
    }
}
