using Microsoft.Win32.SafeHandles;
using Wharf.Archive.Layers;
using Wharf.Linux;

namespace Wharf.Images.Snapshots;

/// <summary>
/// The mount points that every container's root has, whatever its image holds: Docker's init layer. Made once and shared; the runtime
/// mounts over all of it but the marker file.
/// </summary>
internal static class InitLayer
{
    private static readonly string[] Directories = ["dev", "dev/pts", "dev/shm", "etc", "proc", "sys"];
    private static readonly string[] Files = [".dockerenv", "dev/console", "etc/hostname", "etc/hosts", "etc/resolv.conf"];
    private const string Mounts = "etc/mtab";

    /// <summary>Makes what is missing. Links of the image in the way are removed: the runtime must not follow them when it mounts.</summary>
    /// <param name="root">The root to fill.</param>
    /// <param name="owners">userns-remap.</param>
    /// <param name="marked">Give all of it the time that <see cref="IsUntouched"/> knows, for drivers whose roots are one tree.</param>
    public static void Fill(SafeFileHandle root, IdentityMap owners, bool marked)
    {
        var made = new List<string>();
        foreach (string name in Directories)
        {
            Clear(root, name, keep: FileType.Directory);
            Made(root, name, NameCalls.MakeDirectory(root, name, 0x1ED), owners, made, 0x1ED);
        }

        foreach (string name in Files)
        {
            Clear(root, name, keep: FileType.Regular);
            uint mode = name == ".dockerenv" ? 0x1EDu : 0x1A4u;
            Made(root, name, NameCalls.MakeNode(root, name, FileType.Regular | mode, 0), owners, made, mode);
        }

        Clear(root, Mounts, keep: FileType.SymbolicLink);
        Made(root, Mounts, NameCalls.MakeSymbolicLink("/proc/mounts", root, Mounts), owners, made);
        if (marked)
        {
            // last: making things in a directory moves its time
            foreach (string name in made)
            {
                NameCalls.SetTimes(root, name, default, default, AtFlags.SymlinkNoFollow).ThrowIfError("utimensat", "/" + name);
            }
        }
    }

    /// <summary>Was made by <see cref="Fill"/> and is as it was: not a change of the container's.</summary>
    public static bool IsUntouched(string path, FileStatus status) =>
        status.Modified.Seconds == 0 && (path == Mounts || Files.Contains(path) || Directories.Contains(path));

    private static void Clear(SafeFileHandle root, string name, uint keep)
    {
        if (NameCalls.Status(root, name, AtFlags.SymlinkNoFollow, out FileStatus status) == Errno.None && status.Type != keep && !status.IsDirectory)
        {
            NameCalls.Unlink(root, name).ThrowIfError("unlink", name);
        }
    }

    private static void Made(SafeFileHandle root, string name, Errno errno, IdentityMap owners, List<string> made, uint? mode = null)
    {
        if (errno == Errno.EEXIST)
        {
            return;
        }

        errno.ThrowIfError("create", "/" + name);
        made.Add(name);
        if (mode is { } permissions)
        {
            NameCalls.ChangeMode(root, name, permissions).ThrowIfError("chmod", "/" + name); // the umask took some off
        }

        if (!owners.IsEmpty)
        {
            NameCalls.ChangeOwner(root, name, IdentityMap.ToHost(owners.Users, 0) ?? 0, IdentityMap.ToHost(owners.Groups, 0) ?? 0, AtFlags.SymlinkNoFollow)
                .ThrowIfError("chown", "/" + name);
        }
    }
}
