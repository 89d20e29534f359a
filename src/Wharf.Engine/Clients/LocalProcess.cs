using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using Wharf.Build.Copying;
using Wharf.Linux;
using Wharf.Primitives;

namespace Wharf.Engine.Clients;

/// <summary>The process of a client on this machine, proven to be the one that asks, and the rights that its files are to be read with.</summary>
internal sealed class LocalProcess : IDisposable
{
    private const int DacOverride = 1, DacReadSearch = 2;
    private const int SecretBytes = 32;

    private static readonly HashSet<long> Kernels = [FileSystemStatus.ProcMagic, FileSystemStatus.SysfsMagic, FileSystemStatus.Cgroup2Magic, FileSystemStatus.CgroupMagic];

    private LocalProcess(SafeFileHandle handle, FileIdentity? identity)
    {
        Handle = handle;
        Identity = identity;
    }

    /// <summary>Its directory in /proc. It stands for one process: were that gone and its number given to another, nothing could be opened through it.</summary>
    public SafeFileHandle Handle { get; }

    /// <summary>The rights of the process; null when they are those of this one.</summary>
    public FileIdentity? Identity { get; }

    /// <exception cref="WharfException">Unsupported: it is another process, or one whose rights cannot be taken on.</exception>
    public static LocalProcess Open(LocalClient client)
    {
        var errno = FileCalls.Open($"/proc/{client.Peer.Pid}", OpenFlags.Path | OpenFlags.Directory, out SafeFileHandle handle);
        try
        {
            Demand(errno == Errno.None && Proves(handle, client), "the client's process is not the one at the other end of the connection");
            return new LocalProcess(handle, IdentityOf(handle, client.Peer));
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    public void Dispose() => Handle.Dispose();

    public static void Demand(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw WharfException.Unsupported($"files of the client cannot be read in place: {otherwise}");
        }
    }

    /// <summary>What the kernel makes up as it is read depends on more of the reader than the rights over files that can be taken on.</summary>
    public static void RefuseKernels(SafeFileHandle file, string name)
    {
        NameCalls.FileSystem(file, out var status).ThrowIfError("fstatfs", name);
        Demand(!Kernels.Contains(status.Type), $"{name} is on a file system of the kernel's");
    }

    /// <summary>The lines <c>name: value</c> of a file of the process.</summary>
    public static Dictionary<string, string> Fields(SafeFileHandle process, string name)
    {
        SmallFile.TryReadAt(process, name, out string text).ThrowIfError("read", name);
        return text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(':', 2)).Where(p => p.Length == 2).ToDictionary(p => p[0], p => p[1].Trim());
    }

    private static bool Proves(SafeFileHandle process, LocalClient client)
    {
        byte[] found = new byte[SecretBytes];
        var errno = FileCalls.OpenAt(process, string.Create(CultureInfo.InvariantCulture, $"fd/{client.Descriptor}"), OpenFlags.ReadOnly | OpenFlags.NonBlocking, out SafeFileHandle file);
        using (file)
        {
            return errno == Errno.None && client.Secret.Length == SecretBytes && FileCalls.Read(file, found, out int count) == Errno.None && count == SecretBytes
                && CryptographicOperations.FixedTimeEquals(found, client.Secret);
        }
    }

    private static FileIdentity? IdentityOf(SafeFileHandle process, PeerCredentials peer)
    {
        Demand(NameCalls.ReadLink(process, "ns/user", out byte[] theirs) == Errno.None
            && NameCalls.ReadLink(FileCalls.CurrentDirectory, "/proc/self/ns/user", out byte[] own) == Errno.None && theirs.AsSpan().SequenceEqual(own),
            "the client lives in another user namespace");
        var fields = Fields(process, "status");
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

    private static uint[] Numbers(string list) =>
        [.. list.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(n => uint.Parse(n, CultureInfo.InvariantCulture))];
}
