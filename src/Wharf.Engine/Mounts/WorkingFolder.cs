using Microsoft.Win32.SafeHandles;
using Wharf.Linux;
using Wharf.Primitives;

namespace Wharf.Engine.Mounts;

/// <summary>The working directory of a new container, there from its creation on: files can be copied into it before the first start.</summary>
internal static class WorkingFolder
{
    private const uint Mode = 0x1ED; // rwxr-xr-x

    /// <param name="root">The container's root, writable. Only descriptors within it are followed.</param>
    /// <param name="path">Absolute and clean.</param>
    /// <exception cref="WharfException">InvalidArgument: something that is no directory is there.</exception>
    public static void Make(SafeFileHandle root, string path)
    {
        Errno errno = Open(root, "." + path, out SafeFileHandle found);
        found.Dispose();
        if (errno == Errno.ENOENT)
        {
            errno = MakeMissing(root, path);
        }

        if (errno is Errno.ENOTDIR or Errno.EEXIST)
        {
            throw WharfException.Invalid($"Cannot mkdir: {path} is not a directory");
        }

        errno.ThrowIfError("mkdir", path);
    }

    private static Errno MakeMissing(SafeFileHandle root, string path)
    {
        string way = ".";
        Errno errno = Open(root, way, out SafeFileHandle parent);
        foreach (string name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (errno != Errno.None)
            {
                break;
            }

            way += "/" + name;
            errno = Open(root, way, out SafeFileHandle folder);
            if (errno == Errno.ENOENT)
            {
                folder.Dispose();
                errno = NameCalls.MakeDirectory(parent, name, Mode);
                errno = errno == Errno.None ? Open(root, way, out folder) : errno;
            }

            parent.Dispose();
            parent = folder;
        }

        parent.Dispose();
        return errno;
    }

    private static Errno Open(SafeFileHandle root, string path, out SafeFileHandle folder) =>
        FileCalls.OpenAt2(root, path, OpenFlags.Path | OpenFlags.Directory | OpenFlags.CloseOnExec, ResolveFlags.InRoot | ResolveFlags.NoMagicLinks, out folder);
}
