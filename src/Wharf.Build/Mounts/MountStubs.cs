using Wharf.Build.Execution;
using Wharf.Linux;
using Wharf.Primitives;

namespace Wharf.Build.Mounts;

/// <summary>
/// The empty files and folders that a mount of RUN --mount needs to be mounted on. Those that the image does not have are made for the
/// step, and are taken away after it where they are still empty, so that no layer carries them. Everything is done on descriptors within the
/// step's root: a link that the step left in the place of a stub leads nowhere (CVE-2024-23652).
/// </summary>
internal sealed class MountStubs
{
    private const ResolveFlags Within = ResolveFlags.InRoot | ResolveFlags.NoMagicLinks | ResolveFlags.NoSymlinks;
    private readonly List<string> _paths = [];

    private MountStubs()
    {
    }

    /// <summary>The folders and files, deepest first, that the mounts need and the image has not.</summary>
    public static async Task<MountStubs> FindAsync(IBuildWorkspaces workspaces, BuildProcess process, CancellationToken ct)
    {
        var stubs = new MountStubs();
        if (process.Mounts.Count == 0)
        {
            return stubs;
        }

        await using var image = await workspaces.OpenReadOnlyAsync(process.Image, ct);
        var missing = new SortedSet<string>(StringComparer.Ordinal);
        foreach (string target in process.Mounts.Select(m => PathPattern.Clean("/" + m.Target)))
        {
            for (string path = target; path.Length > 1; path = path[..Math.Max(1, path.LastIndexOf('/'))])
            {
                if (!Exists(image, path))
                {
                    missing.Add(path);
                }
            }
        }

        stubs._paths.AddRange(missing.OrderByDescending(p => p.Length));
        return stubs;
    }

    /// <summary>Takes the stubs out of a container that has ended; what the step put something into stays.</summary>
    public void Remove(IBuildContainer container)
    {
        if (_paths.Count == 0)
        {
            return;
        }

        using var root = container.OpenRoot();
        foreach (string path in _paths)
        {
            int slash = path.LastIndexOf('/');
            var errno = FileCalls.OpenAt2(root, slash == 0 ? "." : path[1..slash], OpenFlags.Path | OpenFlags.Directory | OpenFlags.CloseOnExec, Within, out var parent);
            using (parent)
            {
                if (errno == Errno.None)
                {
                    RemoveStub(parent, path[(slash + 1)..]);
                }
            }
        }
    }

    private static void RemoveStub(Microsoft.Win32.SafeHandles.SafeFileHandle parent, string name)
    {
        if (NameCalls.Status(parent, name, AtFlags.SymlinkNoFollow, out var status) != Errno.None)
        {
            return;
        }

        if (status.IsDirectory)
        {
            var errno = NameCalls.Unlink(parent, name, AtFlags.RemoveDirectory);
            if (errno is not (Errno.ENOTEMPTY or Errno.EEXIST or Errno.ENOENT))
            {
                errno.ThrowIfError("unlinkat", name);
            }
        }
        else if (status is { IsRegular: true, Size: 0 })
        {
            NameCalls.Unlink(parent, name).ThrowIfError("unlinkat", name);
        }
    }

    private static bool Exists(IBuildWorkspace image, string path)
    {
        var errno = FileCalls.OpenAt2(image.Root, path, OpenFlags.Path | OpenFlags.CloseOnExec, ResolveFlags.InRoot | ResolveFlags.NoMagicLinks, out var file);
        file.Dispose();
        return errno == Errno.None;
    }
}
