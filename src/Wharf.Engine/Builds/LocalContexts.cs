using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using Wharf.Build.Copying;
using Wharf.Linux;
using Wharf.Primitives;

namespace Wharf.Engine.Builds;

/// <summary>Who asks for folders to be read in place.</summary>
/// <param name="Peer">The process at the other end of the connection, as the kernel vouches.</param>
/// <param name="Descriptor">One of its descriptors, a file that it wrote the secret into.</param>
/// <param name="Secret">The same in the request: only the process that speaks to us can know both.</param>
public sealed record LocalClient(PeerCredentials Peer, int Descriptor, byte[] Secret);

/// <summary>
/// Opens folders of clients on this machine, so that contexts need not be sent. A folder is looked up from the client's own root directory and with the client's
/// rights; where that would not see just what the client sees, it is refused, and the client sends the files instead.
/// </summary>
/// <param name="folder">Where the digests of files are kept.</param>
/// <param name="clock">For these.</param>
internal sealed class LocalContexts(string folder, TimeProvider clock)
{
    private const int DacOverride = 1, DacReadSearch = 2;
    private const int SecretBytes = 32;

    /// <summary>File systems on which the kernel keeps the times of changes, so that stamps can be trusted (statfs(2)): ext, XFS, Btrfs, tmpfs, F2FS, ZFS.</summary>
    private static readonly HashSet<long> Stamped = [0xEF53, 0x58465342, FileSystemStatus.BtrfsMagic, FileSystemStatus.TmpfsMagic, 0xF2F52010, 0x2FC12FC1];

    private static readonly HashSet<long> Kernels = [FileSystemStatus.ProcMagic, FileSystemStatus.SysfsMagic, FileSystemStatus.Cgroup2Magic, FileSystemStatus.CgroupMagic];

    /// <param name="path">Absolute, as the client sees it.</param>
    /// <param name="client">Who asks.</param>
    /// <param name="own">Takes the folder's handle, to be closed when the build is over.</param>
    /// <exception cref="WharfException">Unsupported: the files have to be sent.</exception>
    public LocalTree Open(string path, LocalClient client, Action<SafeFileHandle> own)
    {
        string process = $"/proc/{client.Peer.Pid}";
        var errno = FileCalls.Open(process, OpenFlags.Path | OpenFlags.Directory, out SafeFileHandle proc);
        using (proc)
        {
            // From here on the handle stands for one process: were it gone and its number given to another, nothing could be opened.
            Demand(errno == Errno.None && Proves(proc, client), "the client's process is not the one at the other end of the connection");
            var identity = IdentityOf(proc, client.Peer);
            RefuseForeign(proc, path);
            FileCalls.OpenAt(proc, "root", OpenFlags.Path | OpenFlags.Directory, out SafeFileHandle root).ThrowIfError("open", process + "/root");
            using (root)
            {
                var handle = OpenFolder(root, path, identity);
                var tree = new LocalTree(handle, null, identity, IndexOf(handle, client.Peer));
                own(handle);
                return tree;
            }
        }
    }

    private static SafeFileHandle OpenFolder(SafeFileHandle root, string path, FileIdentity? identity)
    {
        using var scope = identity is null ? default : identity.Assume();
        var errno = FileCalls.OpenAt2(root, path, OpenFlags.ReadOnly | OpenFlags.Directory, ResolveFlags.InRoot | ResolveFlags.NoMagicLinks, out SafeFileHandle handle);
        Demand(errno == Errno.None && DirectoryReader.Read(handle, out _) == Errno.None, $"{path} cannot be read in place: {errno}");
        NameCalls.FileSystem(handle, out var status).ThrowIfError("fstatfs", path);
        Demand(!Kernels.Contains(status.Type), $"{path} is a file system of the kernel's");
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

    private static bool Proves(SafeFileHandle proc, LocalClient client)
    {
        byte[] found = new byte[SecretBytes];
        var errno = FileCalls.OpenAt(proc, string.Create(CultureInfo.InvariantCulture, $"fd/{client.Descriptor}"), OpenFlags.ReadOnly | OpenFlags.NonBlocking, out SafeFileHandle file);
        using (file)
        {
            return errno == Errno.None && client.Secret.Length == SecretBytes && FileCalls.Read(file, found, out int count) == Errno.None && count == SecretBytes
                && CryptographicOperations.FixedTimeEquals(found, client.Secret);
        }
    }

    /// <summary>The rights of the client's process; null when they are those of this one.</summary>
    private static FileIdentity? IdentityOf(SafeFileHandle proc, PeerCredentials peer)
    {
        Demand(NameCalls.ReadLink(proc, "ns/user", out byte[] theirs) == Errno.None
            && NameCalls.ReadLink(FileCalls.CurrentDirectory, "/proc/self/ns/user", out byte[] own) == Errno.None && theirs.AsSpan().SequenceEqual(own),
            "the client lives in another user namespace");
        var fields = Fields(proc, "status");
        uint[] users = Numbers(fields["Uid"]), groups = Numbers(fields["Gid"]);
        Demand(users[1] == peer.UserId && users[3] == peer.UserId, "the client's process has changed its user");
        if (peer.UserId != 0)
        {
            return new FileIdentity(users[3], groups[3], Numbers(fields["Groups"]));
        }

        ulong capabilities = ulong.Parse(fields["CapEff"], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        Demand((capabilities & ((1ul << DacOverride) | (1ul << DacReadSearch))) != 0, "the client's root user may not read all files");
        return null;
    }

    // A FUSE mount shows its files to the user who made it and to nobody else, root included.
    private static void RefuseForeign(SafeFileHandle proc, string path)
    {
        string below = path.TrimEnd('/') + "/";
        SmallFile.TryReadAt(proc, "mountinfo", out string table).ThrowIfError("read", "mountinfo");
        var mounts = MountTable.Parse(table);
        var around = mounts.Where(m => m.MountPoint == "/" || below.StartsWith(m.MountPoint.TrimEnd('/') + "/", StringComparison.Ordinal)).MaxBy(m => m.MountPoint.Length);
        Demand(!mounts.Where(m => m.MountPoint.StartsWith(below, StringComparison.Ordinal) || m == around).Any(m => m.Type.StartsWith("fuse", StringComparison.Ordinal)),
            $"{path} has a FUSE file system");
    }

    private static Dictionary<string, string> Fields(SafeFileHandle proc, string name)
    {
        SmallFile.TryReadAt(proc, name, out string text).ThrowIfError("read", name);
        return text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(':', 2)).Where(p => p.Length == 2).ToDictionary(p => p[0], p => p[1].Trim());
    }

    private static uint[] Numbers(string list) =>
        [.. list.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(n => uint.Parse(n, CultureInfo.InvariantCulture))];

    private static void Demand(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw WharfException.Unsupported($"the build context cannot be read in place: {otherwise}");
        }
    }
}
