using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Wharf.Build.Copying;
using Wharf.Engine.Clients;
using Wharf.Linux;
using Wharf.Primitives;

namespace Wharf.Engine.Builds;

/// <summary>
/// Opens folders of clients on this machine, so that contexts need not be sent. A folder is looked up from the client's own root directory and with the client's
/// rights; where that would not see just what the client sees, it is refused, and the client sends the files instead.
/// </summary>
/// <param name="folder">Where the digests of files are kept.</param>
/// <param name="clock">For these.</param>
internal sealed class LocalContexts(string folder, TimeProvider clock)
{
    /// <summary>File systems on which the kernel keeps the times of changes, so that stamps can be trusted (statfs(2)): ext, XFS, Btrfs, tmpfs, F2FS, ZFS.</summary>
    private static readonly HashSet<long> Stamped = [0xEF53, 0x58465342, FileSystemStatus.BtrfsMagic, FileSystemStatus.TmpfsMagic, 0xF2F52010, 0x2FC12FC1];

    /// <param name="path">Absolute, as the client sees it.</param>
    /// <param name="client">Who asks.</param>
    /// <param name="own">Takes the folder's handle, to be closed when the build is over.</param>
    /// <exception cref="WharfException">Unsupported: the files have to be sent.</exception>
    public LocalTree Open(string path, LocalClient client, Action<SafeFileHandle> own)
    {
        using var process = LocalProcess.Open(client);
        RefuseForeign(process.Handle, path);
        FileCalls.OpenAt(process.Handle, "root", OpenFlags.Path | OpenFlags.Directory, out SafeFileHandle root).ThrowIfError("open", $"/proc/{client.Peer.Pid}/root");
        using (root)
        {
            var handle = OpenFolder(root, path, process.Identity);
            var tree = new LocalTree(handle, null, process.Identity, IndexOf(handle, client.Peer));
            own(handle);
            return tree;
        }
    }

    private static SafeFileHandle OpenFolder(SafeFileHandle root, string path, FileIdentity? identity)
    {
        using var scope = identity is null ? default : identity.Assume();
        var errno = FileCalls.OpenAt2(root, path, OpenFlags.ReadOnly | OpenFlags.Directory, ResolveFlags.InRoot | ResolveFlags.NoMagicLinks, out SafeFileHandle handle);
        LocalProcess.Demand(errno == Errno.None && DirectoryReader.Read(handle, out _) == Errno.None, $"{path} cannot be read in place: {errno}");
        LocalProcess.RefuseKernels(handle, path);
        return handle;
    }

    private ContentIndex IndexOf(SafeFileHandle root, PeerCredentials peer)
    {
        NameCalls.FileSystem(root, out var system).ThrowIfError("fstatfs");
        NameCalls.Status(root, out var status).ThrowIfError("statx");

        // A user's own: what one may not read is not told by what another read.
        return Stamped.Contains(system.Type)
            ? ContentIndex.Open(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{status.Device:x}-{status.Inode:x}-{peer.UserId}")), clock, status.Device)
            : ContentIndex.Forgetful(clock);
    }

    // A FUSE mount shows its files to the user who made it and to nobody else, root included.
    private static void RefuseForeign(SafeFileHandle proc, string path)
    {
        string below = path.TrimEnd('/') + "/";
        SmallFile.TryReadAt(proc, "mountinfo", out string table).ThrowIfError("read", "mountinfo");
        var mounts = MountTable.Parse(table);
        var around = mounts.Where(m => m.MountPoint == "/" || below.StartsWith(m.MountPoint.TrimEnd('/') + "/", StringComparison.Ordinal)).MaxBy(m => m.MountPoint.Length);
        LocalProcess.Demand(!mounts.Where(m => m.MountPoint.StartsWith(below, StringComparison.Ordinal) || m == around).Any(m => m.Type.StartsWith("fuse", StringComparison.Ordinal)),
            $"{path} has a FUSE file system");
    }
}
