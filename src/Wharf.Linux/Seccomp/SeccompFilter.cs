namespace Wharf.Linux.Seccomp;

/// <summary>SECCOMP_RET_* values with their data, as a filter returns them (seccomp(2)).</summary>
public readonly record struct SeccompAction(uint Value)
{
    public static SeccompAction Allow => new(0x7fff0000);

    public static SeccompAction KillProcess => new(0x80000000);

    public static SeccompAction KillThread => new(0);

    public static SeccompAction Trap => new(0x00030000);

    public static SeccompAction Log => new(0x7ffc0000);

    /// <summary>Asks whoever holds the filter's listener (seccomp_unotify(2)).</summary>
    public static SeccompAction Notify => new(0x7fc00000);

    public static SeccompAction Fail(Errno errno) => new(0x00050000 | ((uint)errno & 0xffff));

    public static SeccompAction Trace(uint data) => new(0x7ff00000 | (data & 0xffff));

    /// <summary>True for Allow and Log: the call happens.</summary>
    public bool LetsPass => Value >= 0x7ffc0000 && Value < 0x80000000;
}

/// <summary>How an argument is compared, unsigned.</summary>
public enum SeccompComparison
{
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,

    /// <summary>(argument &amp; Value) == Value2.</summary>
    MaskedEqual,
}

/// <summary>A condition on argument <paramref name="Index"/> (0 to 5).</summary>
public readonly record struct SeccompCondition(int Index, SeccompComparison Comparison, ulong Value, ulong Value2 = 0);

/// <summary>A call by name, the conditions that must all hold (none: always), and what happens then.</summary>
public sealed record SeccompRule(string Syscall, SeccompAction Action, IReadOnlyList<SeccompCondition> Conditions);

/// <summary>
/// A filter as rules. For one call an unconditional rule beats all others; conditional ones are tried in their order; without a match the
/// default applies. Names an architecture does not know are ignored.
/// </summary>
public sealed record SeccompFilter
{
    public required SeccompAction Default { get; init; }

    public required IReadOnlyList<SyscallArchitecture> Architectures { get; init; }

    public required IReadOnlyList<SeccompRule> Rules { get; init; }

    /// <summary>The program for seccomp(2): 8 bytes an instruction.</summary>
    /// <exception cref="Wharf.Primitives.WharfException">InvalidArgument: more than the kernel's 4096 instructions.</exception>
    public byte[] Assemble() => SeccompAssembler.Assemble(this);
}
