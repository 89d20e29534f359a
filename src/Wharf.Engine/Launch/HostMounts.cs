using Microsoft.Win32.SafeHandles;
using Wharf.Linux;
using Wharf.Primitives;

namespace Wharf.Engine.Launch;

/// <summary>
/// The few mounts that must exist outside a container: shared memory that others join, parts of volumes. They are below the exec root, in
/// <c>EXECROOT/mounts/ID</c>, and go with the run.
/// </summary>
internal sealed class HostMounts(EngineOptions options)
{
    private string Root => Path.Combine(options.ExecRoot, "mounts");

    /// <summary>A tmpfs for the containers that share an ipc namespace.</summary>
    public string SharedMemory(string containerId, long size)
    {
        string path = Place(containerId, "shm", directory: true);
        MountCalls.Mount("shm", path, "tmpfs", MountFlags.NoSuid | MountFlags.NoExec | MountFlags.NoDev, $"mode=1777,size={size}").ThrowIfError("mount", path);
        return path;
    }

    /// <summary>Where a running container's shared memory is; null when it shares none.</summary>
    public string? FindSharedMemory(string containerId)
    {
        string path = Path.Combine(Root, containerId, "shm");
        return Directory.Exists(path) ? path : null;
    }

    /// <summary>Gives the root of an image, mounted but nowhere yet, a place.</summary>
    public string Image(string containerId, int index, SafeFileHandle tree)
    {
        string path = Place(containerId, "image" + index, directory: true);
        MountCalls.MoveMount(tree, path).ThrowIfError("move_mount", path);
        return path;
    }

    /// <summary>
    /// Binds a part of a volume to a place of its own, found by descriptor within the volume: a container that swaps a folder for a link meanwhile gains nothing.
    /// </summary>
    public string Subpath(string containerId, int index, string volumePath, string subpath)
    {
        FileCalls.Open(volumePath, OpenFlags.Path | OpenFlags.Directory | OpenFlags.CloseOnExec, out SafeFileHandle volume).ThrowIfError("open", volumePath);
        using (volume)
        {
            Errno errno = FileCalls.OpenAt2(volume, subpath, OpenFlags.Path | OpenFlags.CloseOnExec, ResolveFlags.Beneath | ResolveFlags.NoMagicLinks, out SafeFileHandle part);
            using (part)
            {
                if (errno is Errno.EXDEV)
                {
                    throw WharfException.Invalid($"path concatenation escapes the base directory, base: \"{volumePath}\", subpath: \"{subpath}\"");
                }

                if (errno is Errno.ENOENT or Errno.ENOTDIR)
                {
                    throw WharfException.Invalid($"cannot access path {Path.Combine(volumePath, subpath)}: no such file or directory");
                }

                errno.ThrowIfError("openat2", subpath);
                NameCalls.Status(part, out FileStatus status).ThrowIfError("statx", subpath);
                string path = Place(containerId, "sub" + index, status.IsDirectory);
                MountCalls.Mount($"/proc/self/fd/{part.Number()}", path, "", MountFlags.Bind | MountFlags.Recursive, "").ThrowIfError("mount", path);
                return path;
            }
        }
    }

    /// <summary>Takes away all mounts of a container; none is no error.</summary>
    public void Remove(string containerId)
    {
        string directory = Path.Combine(Root, containerId);
        if (!Directory.Exists(directory))
        {
            return;
        }

        foreach (string path in Directory.EnumerateFileSystemEntries(directory))
        {
            // not mounted (EINVAL) after a reboot, when the directory alone outlived it
            Errno errno = MountCalls.Unmount(path, UnmountFlags.Detach | UnmountFlags.NoFollow);
            if (errno is not (Errno.None or Errno.EINVAL))
            {
                errno.ThrowIfError("umount2", path);
            }
        }

        Directory.Delete(directory, recursive: true);
    }

    /// <summary>Takes away what containers left that run no more.</summary>
    public void Sweep(Func<string, bool> isRunning)
    {
        if (Directory.Exists(Root))
        {
            foreach (string directory in Directory.EnumerateDirectories(Root))
            {
                string id = Path.GetFileName(directory);
                if (!isRunning(id))
                {
                    Remove(id);
                }
            }
        }
    }

    private string Place(string containerId, string name, bool directory)
    {
        string parent = Path.Combine(Root, containerId), path = Path.Combine(parent, name);
        Directory.CreateDirectory(parent, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        if (directory)
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            File.Create(path).Dispose();
        }

        return path;
    }
}
