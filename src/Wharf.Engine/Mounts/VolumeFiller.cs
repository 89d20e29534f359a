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
                if (mount.Type != "volume" || mount.NoCopy || mount.Subpath.Length > 0)
                {
                    continue;
                }

                string path = await core.Volumes.MountAsync(mount.Name, containerId, ct);
                try
                {
                    if (Directory.EnumerateFileSystemEntries(path).Any())
                    {
                        continue;
                    }

                    root ??= core.Images.OpenContainerRootfs(containerId, readOnly: true);
                    FileCalls.Open(path, OpenFlags.Directory | OpenFlags.CloseOnExec, out SafeFileHandle target).ThrowIfError("open", path);
                    using (target)
                    {
                        _ = TreeCopier.Copy(root, mount.Destination, target, ct);
                    }
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
}
