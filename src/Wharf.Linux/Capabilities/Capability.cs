using System.Diagnostics.CodeAnalysis;

namespace Wharf.Linux;

/// <summary>Names and numbers of capabilities (capabilities(7), linux/capability.h).</summary>
public static class Capability
{
    public const int SetPCap = 8;
    public const int NetAdmin = 12;
    public const int SysAdmin = 21;
    public const int SysResource = 24;

    private static readonly string[] Names =
    [
        "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP", "LINUX_IMMUTABLE",
        "NET_BIND_SERVICE", "NET_BROADCAST", "NET_ADMIN", "NET_RAW", "IPC_LOCK", "IPC_OWNER", "SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT",
        "SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN", "SYS_BOOT", "SYS_NICE", "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD", "LEASE",
        "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP", "MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG", "WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ",
        "PERFMON", "BPF", "CHECKPOINT_RESTORE",
    ];

    private static readonly Lazy<int> KernelLast = new(ReadLast);

    /// <summary>All names with CAP_, in the order of their numbers.</summary>
    public static IReadOnlyList<string> All => Array.ConvertAll(Names, name => "CAP_" + name);

    /// <summary>The highest number this kernel knows.</summary>
    public static int Last => KernelLast.Value;

    public static string NameOf(int number) => number < Names.Length ? "CAP_" + Names[number] : $"CAP_{number}";

    /// <summary>A name in any case, with or without CAP_.</summary>
    public static bool TryParse([NotNullWhen(true)] string? name, out int number)
    {
        number = -1;
        if (name is null)
        {
            return false;
        }

        ReadOnlySpan<char> bare = name.StartsWith("CAP_", StringComparison.OrdinalIgnoreCase) ? name.AsSpan(4) : name;
        for (int i = 0; i < Names.Length; i++)
        {
            if (bare.Equals(Names[i], StringComparison.OrdinalIgnoreCase))
            {
                number = i;
                return true;
            }
        }

        return false;
    }

    private static int ReadLast() =>
        SmallFile.TryRead("/proc/sys/kernel/cap_last_cap", out string text) == Errno.None && int.TryParse(text, out int last) ? last : Names.Length - 1;
}
