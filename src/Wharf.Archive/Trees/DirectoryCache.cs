using Microsoft.Win32.SafeHandles;
using Wharf.Linux;
using Wharf.Primitives;

namespace Wharf.Archive.Trees;

/// <summary>
/// Directories below a root, resolved with openat2(RESOLVE_IN_ROOT): links on the way are followed as if the root were "/", so nothing
/// leads out. Handles are kept, because members of a directory come together in archives; whoever removes or replaces a directory or
/// a link must call <see cref="Clear"/>.
/// </summary>
internal sealed class DirectoryCache(SafeFileHandle root, Action<SafeFileHandle> onCreated) : IDisposable
{
    /// <summary>Of directories that no member describes.</summary>
    public const uint ImpliedMode = 0b111_101_101;

    private const int Most = 256;
    private const uint SetGroupId = 0x400;

    private readonly Dictionary<string, TreeDirectory> _open = new(StringComparer.Ordinal);

    /// <summary>The directory, made with its parents where it is missing (0755, as nobody said otherwise).</summary>
    public TreeDirectory Get(TreePath path)
    {
        if (_open.TryGetValue(path.Text, out TreeDirectory? known))
        {
            return known;
        }

        Errno errno = Open(path, out SafeFileHandle handle, out bool behindLink);
        if (errno == Errno.ENOENT)
        {
            TreeDirectory parent = Get(path.Parent);
            byte[] name = path.Name;
            Errno made = NameCalls.MakeDirectory(parent.Handle, name, ImpliedMode);
            if (made is not (Errno.None or Errno.EEXIST))
            {
                throw TreeErrors.Of(made, "mkdir", path);
            }

            parent.Touched = true;
            errno = Open(path, out handle, out behindLink);
            if (made == Errno.None && errno == Errno.None)
            {
                onCreated(handle);
            }
        }

        if (errno != Errno.None)
        {
            throw TreeErrors.Of(errno, "open", path);
        }

        return Keep(path, handle, behindLink);
    }

    public TreeDirectory? Known(TreePath path) => _open.GetValueOrDefault(path.Text);

    /// <summary>The directory if it is there, without making anything; null where there is none.</summary>
    public TreeDirectory? Find(TreePath path) =>
        _open.TryGetValue(path.Text, out TreeDirectory? known) ? known
        : Open(path, out SafeFileHandle handle, out bool behindLink) == Errno.None ? Keep(path, handle, behindLink)
        : null;

    /// <summary>
    /// The name of a directory that was reached over links, without them, by which it stays known when a link is replaced; null where the kernel tells none.
    /// </summary>
    public TreePath? RealPath(TreeDirectory directory)
    {
        if (ReadName(root) is not { } top || ReadName(directory.Handle) is not { } name || !name.AsSpan().StartsWith(top))
        {
            return null;
        }

        ReadOnlySpan<byte> below = name.AsSpan(top.Length);
        return below.IsEmpty || below[0] == '/' ? TreePath.Clean(below) : null;
    }

    private static byte[]? ReadName(SafeFileHandle handle) =>
        NameCalls.ReadLink(FileCalls.CurrentDirectory, $"/proc/self/fd/{handle.DangerousGetHandle()}", out byte[] name) == Errno.None ? name : null;

    public void Clear()
    {
        foreach (TreeDirectory directory in _open.Values)
        {
            directory.Dispose();
        }

        _open.Clear();
    }

    public void Dispose() => Clear();

    private TreeDirectory Keep(TreePath path, SafeFileHandle handle, bool behindLink)
    {
        NameCalls.Status(handle, out FileStatus status).ThrowIfError("stat", path);
        if (_open.Count >= Most)
        {
            Clear();
        }

        var directory = new TreeDirectory(handle, new TimeSpec(status.Modified.Seconds, status.Modified.Nanoseconds), (status.Mode & SetGroupId) != 0) { BehindLink = behindLink };
        _open.Add(path.Text, directory);
        return directory;
    }

    private Errno Open(TreePath path, out SafeFileHandle handle, out bool behindLink)
    {
        Errno errno = FileCalls.OpenAt2(root, path.Whole, OpenFlags.Path | OpenFlags.Directory, ResolveFlags.InRoot | ResolveFlags.NoSymlinks, out handle);
        behindLink = errno == Errno.ELOOP;
        return behindLink
            ? FileCalls.OpenAt2(root, path.Whole, OpenFlags.Path | OpenFlags.Directory, ResolveFlags.InRoot | ResolveFlags.NoMagicLinks, out handle)
            : errno;
    }
}
