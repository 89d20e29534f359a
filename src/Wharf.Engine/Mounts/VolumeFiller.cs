using Microsoft.Win32.SafeHandles;
using Wharf.Archive.Transfer;
using Wharf.Engine.Containers;
using Wharf.Linux;

namespace Wharf.Engine.Mounts;

/// <summary>Fills empty volumes with what the image has at their place, when a container first uses them. Only descriptors within the root are followed.</summary>
internal sealed class VolumeFiller(EngineCore core)
{
    public async Task FillAsync(string containerId, List<ContainerMount> mounts, CancellationToken ct)
    {
        SafeFileHandle? root = null;
        try
        {
            foreach (ContainerMount mount in mounts)
            {
                if (mount.Type != "volume" || mount.NoCopy)
                {
                    continue;
                }

                string path = await core.Volumes.MountAsync(mount.Name, containerId, ct);
                try
                {
                    using SafeFileHandle? target = Folder(path, mount.Subpath);
                    if (target is null || Directory.EnumerateFileSystemEntries($"/proc/self/fd/{target.Number()}").Any())
                    {
                        continue;
                    }

                    root ??= core.Images.OpenContainerRootfs(containerId, readOnly: true);
                    _ = TreeCopier.Copy(root, mount.Destination, target, ct);
                }
                finally
                {
                    await core.Volumes.UnmountAsync(mount.Name, containerId, CancellationToken.None);
                }
            }
        }
        finally
        {
            root?.Dispose();
        }
    }

    // Null: the part of the volume that is wanted is a file, or is not there, which the start will say.
    private static SafeFileHandle? Folder(string path, string subpath)
    {
        FileCalls.Open(path, OpenFlags.Directory | OpenFlags.CloseOnExec, out SafeFileHandle volume).ThrowIfError("open", path);
        if (subpath.Length == 0)
        {
            return volume;
        }

        using (volume)
        {
            return FileCalls.OpenAt2(volume, subpath, OpenFlags.Directory | OpenFlags.CloseOnExec, ResolveFlags.Beneath | ResolveFlags.NoMagicLinks, out SafeFileHandle part) == Errno.None ? part : null;
        }
    }
}
