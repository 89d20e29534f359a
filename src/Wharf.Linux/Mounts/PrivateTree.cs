using System.Runtime.ExceptionServices;
using Microsoft.Win32.SafeHandles;

namespace Wharf.Linux;

/// <summary>
/// A tree with other trees mounted in it, in a mount namespace that nobody enters: only the handle leads there, and the mounts go with it. Where they are
/// mounted is looked up within the tree (openat2, RESOLVE_IN_ROOT), so that a link in it leads to no place of the host.
/// </summary>
public sealed class PrivateTree : IDisposable
{
    private readonly SafeFileHandle _namespace;

    private PrivateTree(SafeFileHandle root, SafeFileHandle space, IReadOnlySet<string> mounted) => (Root, _namespace, Mounted) = (root, space, mounted);

    /// <summary>The top; of use until this is disposed.</summary>
    public SafeFileHandle Root { get; }

    /// <summary>The destinations that exist, and so show what was to be mounted on them.</summary>
    public IReadOnlySet<string> Mounted { get; }

    /// <param name="root">A directory, or a mount that is attached nowhere; stays the caller's.</param>
    /// <param name="point">An empty directory of the host, where nothing is to be seen of this.</param>
    /// <param name="mounts">Detached mounts (open_tree(2)) and their absolute places in the tree, in the order to mount them; stay the caller's.</param>
    public static PrivateTree Assemble(SafeFileHandle root, string point, IReadOnlyList<(string Destination, SafeFileHandle Tree)> mounts)
    {
        // A mount of this namespace cannot be cloned from within another one, and kernels before 6.15 clone none that is attached nowhere.
        bool cloned = MountCalls.OpenTree(root, "\0"u8, OpenTreeFlags.Clone | OpenTreeFlags.EmptyPath | OpenTreeFlags.Recursive, out SafeFileHandle copy) == Errno.None;
        using (copy)
        {
            PrivateTree? made = null;
            ExceptionDispatchInfo? failure = null;
            var thread = new Thread(() =>
            {
                try
                {
                    made = Inside(cloned ? copy : root, point, mounts);
                }
                catch (Exception e)
                {
                    failure = ExceptionDispatchInfo.Capture(e);
                }
            }, maxStackSize: 256 * 1024) { IsBackground = true, Name = "private tree" };
            thread.Start();
            thread.Join();
            failure?.Throw();
            return made!;
        }
    }

    public void Dispose()
    {
        Root.Dispose();
        _namespace.Dispose();
    }

    private static PrivateTree Inside(SafeFileHandle tree, string point, IReadOnlyList<(string Destination, SafeFileHandle Tree)> mounts)
    {
        NamespaceCalls.Unshare(NamespaceKinds.Mount).ThrowIfError("unshare", "mount namespace");
        MountCalls.Mount(null, "/", null, MountFlags.Slave | MountFlags.Recursive).ThrowIfError("mount", "/ as slave");
        MountCalls.MoveMount(tree, point).ThrowIfError("move_mount", point);
        FileCalls.Open(point, OpenFlags.Path | OpenFlags.Directory | OpenFlags.CloseOnExec, out SafeFileHandle root).ThrowIfError("open", point);
        SafeFileHandle? space = null;
        try
        {
            var mounted = new HashSet<string>(StringComparer.Ordinal);
            foreach ((string destination, SafeFileHandle source) in mounts)
            {
                Errno found = FileCalls.OpenAt2(root, destination, OpenFlags.Path, ResolveFlags.InRoot | ResolveFlags.NoMagicLinks, out SafeFileHandle place);
                using (place)
                {
                    if (found is Errno.ENOENT or Errno.ENOTDIR or Errno.ELOOP)
                    {
                        continue;
                    }

                    found.ThrowIfError("open", destination);
                    Errno errno = MountCalls.MoveMount(source, place);
                    if (errno == Errno.None)
                    {
                        mounted.Add(destination);
                    }
                    else if (errno != Errno.ENOTDIR)
                    {
                        // a file for a directory, or the other way round, is not mounted when the container starts either
                        throw errno.ToException("move_mount", destination);
                    }
                }
            }

            FileCalls.Open("/proc/thread-self/ns/mnt", OpenFlags.ReadOnly | OpenFlags.CloseOnExec, out space).ThrowIfError("open", "/proc/thread-self/ns/mnt");
            return new PrivateTree(root, space, mounted);
        }
        catch
        {
            root.Dispose();
            space?.Dispose();
            throw;
        }
    }
}
