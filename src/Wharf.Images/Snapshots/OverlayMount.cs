using Microsoft.Win32.SafeHandles;
using Wharf.Linux;
using Wharf.Primitives;

namespace Wharf.Images.Snapshots;

/// <summary>Overlays that only a handle knows: made with the mount calls by descriptor, never attached anywhere.</summary>
internal static class OverlayMount
{
    private const MountAttributes Harmless = MountAttributes.NoSuid | MountAttributes.NoDev | MountAttributes.NoAccessTime;

    /// <param name="lower">Topmost first; at least one.</param>
    /// <param name="upper">Null for a read-only view.</param>
    /// <param name="work">Beside <paramref name="upper"/>.</param>
    /// <param name="scratch">A directory for kernels before 6.8, which want the layers in one string and so a mount by path for a moment.</param>
    public static SafeFileHandle Open(IReadOnlyList<string> lower, string? upper, string? work, string scratch)
    {
        if (upper is null && lower.Count == 1)
        {
            return OpenReadOnly(lower[0]); // overlayfs wants two
        }

        MountCalls.OpenFileSystem("overlay", out SafeFileHandle context).ThrowIfError("fsopen", "overlay");
        using (context)
        {
            MountCalls.Configure(context, "source", "overlay").ThrowIfError("fsconfig", "source");
            foreach (string directory in lower)
            {
                Errno errno = MountCalls.Configure(context, "lowerdir+", directory);
                if (errno == Errno.EINVAL)
                {
                    return OpenByPath(lower, upper, work, scratch);
                }

                errno.ThrowIfError("fsconfig lowerdir+", directory);
            }

            if (upper is not null)
            {
                MountCalls.Configure(context, "upperdir", upper).ThrowIfError("fsconfig upperdir", upper);
                MountCalls.Configure(context, "workdir", work).ThrowIfError("fsconfig workdir", work);
            }

            foreach (string option in Options)
            {
                MountCalls.Configure(context, option[..option.IndexOf('=')], option[(option.IndexOf('=') + 1)..]).ThrowIfError("fsconfig", option);
            }

            MountAttributes attributes = upper is null ? Harmless | MountAttributes.ReadOnly : Harmless;
            Errno made = MountCalls.CreateMount(context, attributes, out SafeFileHandle tree);
            if (made == Errno.EINVAL)
            {
                // Before 6.5 the kernel takes any option down and looks at none of them until now.
                return OpenByPath(lower, upper, work, scratch);
            }

            made.ThrowIfError("fsmount", upper ?? lower[0]);
            return tree;
        }
    }

    /// <summary>A directory, read-only, as a detached bind mount.</summary>
    public static SafeFileHandle OpenReadOnly(string path)
    {
        MountCalls.OpenTree(FileCalls.CurrentDirectory, path, OpenTreeFlags.Clone, out SafeFileHandle tree).ThrowIfError("open_tree", path);
        Errno errno = MountCalls.SetAttributes(tree, Harmless | MountAttributes.ReadOnly, MountAttributes.AccessTimeMask, recursive: false);
        if (errno != Errno.None)
        {
            tree.Dispose();
            errno.ThrowIfError("mount_setattr", path);
        }

        return tree;
    }

    // What these would leave in the upper directory cannot be told to others as a layer.
    private static readonly string[] Options = ["redirect_dir=off", "metacopy=off", "index=off"];

    private static SafeFileHandle OpenByPath(IReadOnlyList<string> lower, string? upper, string? work, string scratch)
    {
        string point = Path.Combine(scratch, ObjectId.New());
        Directory.CreateDirectory(point);
        try
        {
            string data = "lowerdir=" + string.Join(':', lower) + (upper is null ? "" : $",upperdir={upper},workdir={work}") + "," + string.Join(',', Options);
            MountFlags flags = MountFlags.NoSuid | MountFlags.NoDev | (upper is null ? MountFlags.ReadOnly : MountFlags.None);
            MountCalls.Mount("overlay", point, "overlay", flags, data).ThrowIfError("mount overlay", point);
            try
            {
                MountCalls.OpenTree(FileCalls.CurrentDirectory, point, OpenTreeFlags.Clone, out SafeFileHandle tree).ThrowIfError("open_tree", point);
                return tree;
            }
            finally
            {
                MountCalls.Unmount(point, UnmountFlags.Detach | UnmountFlags.NoFollow).ThrowIfError("umount2", point);
            }
        }
        finally
        {
            Directory.Delete(point);
        }
    }
}
