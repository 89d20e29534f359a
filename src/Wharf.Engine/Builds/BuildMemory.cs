using Wharf.Build.Execution;
using Wharf.Linux;
using Wharf.Primitives;

namespace Wharf.Engine.Builds;

/// <summary>
/// Folders for secrets and agents' sockets of running steps: a tmpfs each below the exec root, whatever file system that is on, and gone with the step. A
/// daemon that starts takes away what one that was killed has left.
/// </summary>
internal sealed class BuildMemory(string root)
{
    /// <summary>More than all secrets of a build may have.</summary>
    private const string Options = "mode=0700,size=64m";

    public IBuildMemory Open()
    {
        string path = Path.Combine(root, Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Errno errno = MountCalls.Mount("wharf-build", path, "tmpfs", MountFlags.NoSuid | MountFlags.NoDev | MountFlags.NoExec, Options);
        if (errno != Errno.None)
        {
            Directory.Delete(path);
            errno.ThrowIfError("mount", path);
        }

        return new Folder(path);
    }

    public void Sweep()
    {
        foreach (string path in Directory.Exists(root) ? Directory.EnumerateDirectories(root) : [])
        {
            Remove(path);
        }
    }

    private static void Remove(string path)
    {
        // Not mounted (EINVAL) after a reboot, when the folder alone outlived it.
        Errno errno = MountCalls.Unmount(path, UnmountFlags.Detach | UnmountFlags.NoFollow);
        if (errno is not (Errno.None or Errno.EINVAL))
        {
            errno.ThrowIfError("umount2", path);
        }

        Directory.Delete(path, recursive: true);
    }

    private sealed class Folder(string path) : IBuildMemory
    {
        public string Path => path;

        public void Dispose() => Remove(path);
    }
}
