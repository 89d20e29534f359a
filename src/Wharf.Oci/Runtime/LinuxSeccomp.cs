namespace Wharf.Oci.Runtime;

/// <summary>A system call filter (config-linux.md, "Seccomp"): resolved, without the conditions of Docker's profile format.</summary>
public sealed record LinuxSeccomp
{
    public required string DefaultAction { get; init; }

    public uint? DefaultErrnoRet { get; init; }

    /// <summary>SCMP_ARCH_* names; empty stands for the native architecture.</summary>
    public IReadOnlyList<string>? Architectures { get; init; }

    public IReadOnlyList<string>? Flags { get; init; }

    public string? ListenerPath { get; init; }

    public string? ListenerMetadata { get; init; }

    public IReadOnlyList<LinuxSyscall>? Syscalls { get; init; }
}

/// <summary>What happens to calls whose arguments match all of <see cref="Args"/>.</summary>
public sealed record LinuxSyscall
{
    public required IReadOnlyList<string> Names { get; init; }

    public required string Action { get; init; }

    public uint? ErrnoRet { get; init; }

    public IReadOnlyList<LinuxSyscallArgument>? Args { get; init; }
}

/// <summary>A comparison of one argument, unsigned, 64 bits wide.</summary>
public sealed record LinuxSyscallArgument
{
    public uint Index { get; init; }

    public ulong Value { get; init; }

    /// <summary>For SCMP_CMP_MASKED_EQ: what the argument must be under the mask <see cref="Value"/>.</summary>
    public ulong ValueTwo { get; init; }

    /// <summary>SCMP_CMP_*.</summary>
    public required string Op { get; init; }
}
