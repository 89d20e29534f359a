using System.Collections.Frozen;
using Wharf.Primitives;

namespace Wharf.Engine.Launch;

/// <summary>Names of capabilities (capabilities(7)) as users write them, and the set a container gets.</summary>
internal static class CapabilityList
{
    /// <summary>In the kernel's order: index is number.</summary>
    public static readonly IReadOnlyList<string> All =
    [
        "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL", "CAP_SETGID", "CAP_SETUID", "CAP_SETPCAP",
        "CAP_LINUX_IMMUTABLE", "CAP_NET_BIND_SERVICE", "CAP_NET_BROADCAST", "CAP_NET_ADMIN", "CAP_NET_RAW", "CAP_IPC_LOCK", "CAP_IPC_OWNER", "CAP_SYS_MODULE",
        "CAP_SYS_RAWIO", "CAP_SYS_CHROOT", "CAP_SYS_PTRACE", "CAP_SYS_PACCT", "CAP_SYS_ADMIN", "CAP_SYS_BOOT", "CAP_SYS_NICE", "CAP_SYS_RESOURCE", "CAP_SYS_TIME",
        "CAP_SYS_TTY_CONFIG", "CAP_MKNOD", "CAP_LEASE", "CAP_AUDIT_WRITE", "CAP_AUDIT_CONTROL", "CAP_SETFCAP", "CAP_MAC_OVERRIDE", "CAP_MAC_ADMIN", "CAP_SYSLOG",
        "CAP_WAKE_ALARM", "CAP_BLOCK_SUSPEND", "CAP_AUDIT_READ", "CAP_PERFMON", "CAP_BPF", "CAP_CHECKPOINT_RESTORE",
    ];

    /// <summary>Docker's fourteen.</summary>
    public static readonly IReadOnlyList<string> Default =
    [
        "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FSETID", "CAP_FOWNER", "CAP_MKNOD", "CAP_NET_RAW", "CAP_SETGID", "CAP_SETUID", "CAP_SETFCAP", "CAP_SETPCAP",
        "CAP_NET_BIND_SERVICE", "CAP_SYS_CHROOT", "CAP_KILL", "CAP_AUDIT_WRITE",
    ];

    private static readonly FrozenSet<string> Known = All.ToFrozenSet(StringComparer.Ordinal);

    // What the kernel that runs has, and this process may give away: a privileged container gets no more.
    private static readonly Lazy<IReadOnlyList<string>> AvailableHere = new(ReadBounding);

    public static IReadOnlyList<string> Available => AvailableHere.Value;

    /// <exception cref="WharfException">InvalidArgument naming the field and the word.</exception>
    public static void Check(string field, IEnumerable<string>? names)
    {
        foreach (string name in names ?? [])
        {
            string normal = Normalise(name);
            if (normal != "ALL" && !Known.Contains(normal))
            {
                throw WharfException.Invalid($"invalid {field}: unknown capability: \"{normal}\"");
            }
        }
    }

    /// <summary>The set of a container: defaults with drops and adds, "ALL" on either side, or everything for a privileged one.</summary>
    public static IReadOnlyList<string> Of(IEnumerable<string>? add, IEnumerable<string>? drop, bool privileged)
    {
        if (privileged)
        {
            return Available;
        }

        var adds = (add ?? []).Select(Normalise).ToHashSet(StringComparer.Ordinal);
        var drops = (drop ?? []).Select(Normalise).ToHashSet(StringComparer.Ordinal);
        if (adds.Contains("ALL"))
        {
            // with both ALLs the adds by name decide, as they do in Docker
            return drops.Contains("ALL") ? [.. All.Where(adds.Contains)] : [.. Available.Where(c => !drops.Contains(c))];
        }

        IEnumerable<string> start = drops.Contains("ALL") ? [] : Default.Where(c => !drops.Contains(c));
        return [.. start.Union(All.Where(adds.Contains), StringComparer.Ordinal)];
    }

    private static string Normalise(string name)
    {
        string upper = name.Trim().ToUpperInvariant();
        return upper == "ALL" || upper.StartsWith("CAP_", StringComparison.Ordinal) ? (upper == "CAP_ALL" ? "ALL" : upper) : "CAP_" + upper;
    }

    private static IReadOnlyList<string> ReadBounding()
    {
        foreach (string line in File.ReadLines("/proc/self/status"))
        {
            if (line.StartsWith("CapBnd:", StringComparison.Ordinal))
            {
                ulong bits = Convert.ToUInt64(line["CapBnd:".Length..].Trim(), 16);
                return [.. All.Where((_, number) => (bits >> number & 1) != 0)];
            }
        }

        return All;
    }
}
