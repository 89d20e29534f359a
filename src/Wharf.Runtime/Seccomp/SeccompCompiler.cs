using Wharf.Linux;
using Wharf.Linux.Seccomp;
using Wharf.Oci.Runtime;
using Wharf.Primitives;

namespace Wharf.Runtime.Seccomp;

/// <summary>linux.seccomp to a BPF program.</summary>
public static class SeccompCompiler
{
    private const int FlagLog = 2, FlagSpecAllow = 4, FlagNewListener = SeccompProgram.NewListener, FlagWaitKillable = 32;
    private const string Notify = "SCMP_ACT_NOTIFY";
    private const uint DefaultErrno = (uint)Errno.EPERM;

    /// <summary>Actions and operators that are understood, for the features document.</summary>
    public static IReadOnlyList<string> Actions { get; } =
    [
        "SCMP_ACT_ALLOW", "SCMP_ACT_ERRNO", "SCMP_ACT_KILL", "SCMP_ACT_KILL_PROCESS", "SCMP_ACT_KILL_THREAD", "SCMP_ACT_LOG", Notify, "SCMP_ACT_TRACE", "SCMP_ACT_TRAP",
    ];

    public static IReadOnlyList<string> Operators { get; } =
        ["SCMP_CMP_EQ", "SCMP_CMP_GE", "SCMP_CMP_GT", "SCMP_CMP_LE", "SCMP_CMP_LT", "SCMP_CMP_MASKED_EQ", "SCMP_CMP_NE"];

    public static IReadOnlyList<string> Architectures { get; } = ["SCMP_ARCH_X86", "SCMP_ARCH_X86_64"];

    public static IReadOnlyList<string> Flags { get; } = ["SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_SPEC_ALLOW", "SECCOMP_FILTER_FLAG_TSYNC", "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"];

    /// <summary>The profile as rules.</summary>
    /// <exception cref="WharfException">InvalidArgument: an unknown word, or SCMP_ACT_NOTIFY where nobody could answer.</exception>
    public static SeccompFilter Translate(LinuxSeccomp profile)
    {
        if (profile.DefaultAction == Notify)
        {
            throw WharfException.Invalid($"{Notify} cannot be used as default action");
        }

        SeccompAction fallback = Action(profile.DefaultAction, profile.DefaultErrnoRet);
        var rules = new List<SeccompRule>();
        foreach (LinuxSyscall entry in profile.Syscalls ?? [])
        {
            SeccompAction action = Action(entry.Action, entry.ErrnoRet);
            if (action == fallback)
            {
                continue;
            }

            SeccompCondition[] conditions = Conditions(entry.Args);
            bool repeats = RepeatsArgument(conditions);
            foreach (string name in entry.Names)
            {
                if (action == SeccompAction.Notify && name == "write")
                {
                    // the new process tells its listener by it, before anybody could answer
                    throw WharfException.Invalid($"{Notify} cannot be used for the write syscall");
                }

                if (repeats)
                {
                    // two conditions on one argument mean "or", as every runtime has read them
                    foreach (SeccompCondition condition in conditions)
                    {
                        rules.Add(new SeccompRule(name, action, [condition]));
                    }
                }
                else
                {
                    rules.Add(new SeccompRule(name, action, conditions));
                }
            }
        }

        return new SeccompFilter { Default = fallback, Architectures = ArchitecturesOf(profile), Rules = rules };
    }

    /// <summary>True where some calls are for an agent to decide.</summary>
    internal static bool Notifies(LinuxSeccomp profile)
    {
        foreach (LinuxSyscall entry in profile.Syscalls ?? [])
        {
            if (entry.Action == Notify)
            {
                return true;
            }
        }

        return false;
    }

    /// <exception cref="WharfException">InvalidArgument: as <see cref="Translate"/>, an unknown flag, or more instructions than the kernel takes.</exception>
    public static SeccompProgram Compile(LinuxSeccomp profile) => new() { Code = Translate(profile).Assemble(), Flags = FlagsOf(profile, Notifies(profile)) };

    private static int FlagsOf(LinuxSeccomp profile, bool notifies)
    {
        int flags = notifies ? FlagNewListener : 0;
        if (profile.Flags is null or [])
        {
            // without it a filtered process pays for speculation barriers that protect nothing here
            return flags | FlagSpecAllow;
        }

        foreach (string flag in profile.Flags)
        {
            flags |= flag switch
            {
                "SECCOMP_FILTER_FLAG_LOG" => FlagLog,
                "SECCOMP_FILTER_FLAG_SPEC_ALLOW" => FlagSpecAllow,
                // the filter is installed while there is one thread: nothing to synchronise
                "SECCOMP_FILTER_FLAG_TSYNC" => 0,
                "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV" => notifies ? FlagWaitKillable : throw WharfException.Invalid($"seccomp flag \"{flag}\" is only for profiles with {Notify}"),
                _ => throw WharfException.Invalid($"seccomp flag \"{flag}\" is not supported"),
            };
        }

        return flags;
    }

    private static SeccompAction Action(string action, uint? errno) => action switch
    {
        "SCMP_ACT_ALLOW" => SeccompAction.Allow,
        "SCMP_ACT_ERRNO" => SeccompAction.Fail((Errno)(errno ?? DefaultErrno)),
        "SCMP_ACT_KILL" or "SCMP_ACT_KILL_THREAD" => SeccompAction.KillThread,
        "SCMP_ACT_KILL_PROCESS" => SeccompAction.KillProcess,
        "SCMP_ACT_TRAP" => SeccompAction.Trap,
        "SCMP_ACT_TRACE" => SeccompAction.Trace(errno ?? DefaultErrno),
        "SCMP_ACT_LOG" => SeccompAction.Log,
        Notify => SeccompAction.Notify,
        _ => throw WharfException.Invalid($"seccomp action \"{action}\" is unknown"),
    };

    private static SeccompCondition[] Conditions(IReadOnlyList<LinuxSyscallArgument>? arguments)
    {
        var conditions = new SeccompCondition[arguments?.Count ?? 0];
        for (int i = 0; i < conditions.Length; i++)
        {
            conditions[i] = Condition(arguments![i]);
        }

        return conditions;
    }

    private static bool RepeatsArgument(SeccompCondition[] conditions)
    {
        int seen = 0;
        foreach (SeccompCondition condition in conditions)
        {
            if ((seen >> condition.Index & 1) != 0)
            {
                return true;
            }

            seen |= 1 << condition.Index;
        }

        return false;
    }

    private static SeccompCondition Condition(LinuxSyscallArgument argument)
    {
        if (argument.Index > 5)
        {
            throw WharfException.Invalid($"seccomp argument index {argument.Index} is above 5");
        }

        SeccompComparison comparison = argument.Op switch
        {
            "SCMP_CMP_NE" => SeccompComparison.NotEqual,
            "SCMP_CMP_LT" => SeccompComparison.Less,
            "SCMP_CMP_LE" => SeccompComparison.LessOrEqual,
            "SCMP_CMP_EQ" => SeccompComparison.Equal,
            "SCMP_CMP_GE" => SeccompComparison.GreaterOrEqual,
            "SCMP_CMP_GT" => SeccompComparison.Greater,
            "SCMP_CMP_MASKED_EQ" => SeccompComparison.MaskedEqual,
            _ => throw WharfException.Invalid($"seccomp operator \"{argument.Op}\" is unknown"),
        };
        return new SeccompCondition((int)argument.Index, comparison, argument.Value, argument.ValueTwo);
    }

    private static SyscallArchitecture[] ArchitecturesOf(LinuxSeccomp profile)
    {
        // the native one always: a container whose own calls are all killed is no use
        var found = new List<SyscallArchitecture> { SyscallArchitecture.X64 };
        foreach (string architecture in profile.Architectures ?? [])
        {
            if (architecture == "SCMP_ARCH_X86" && found.Count == 1)
            {
                found.Add(SyscallArchitecture.X86);
            }
        }

        return [.. found];
    }
}
