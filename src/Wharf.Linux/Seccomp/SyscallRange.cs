namespace Wharf.Linux.Seccomp;

/// <summary>Call numbers from <see cref="Start"/> to the next range's start, and what happens to them.</summary>
internal sealed record SyscallRange(int Start, SeccompAction? Action, IReadOnlyList<SeccompRule> Conditional)
{
    /// <summary>All numbers from 0 on, neighbours with the same action joined.</summary>
    public static List<SyscallRange> Of(SeccompFilter filter, SyscallArchitecture architecture)
    {
        var rules = new List<SeccompRule>?[SyscallTable.Limit(architecture)];
        foreach (SeccompRule rule in filter.Rules)
        {
            if (SyscallTable.TryFind(architecture, rule.Syscall, out int number))
            {
                (rules[number] ??= new(1)).Add(rule);
            }
        }

        var ranges = new List<SyscallRange>();
        int next = 0;
        for (int number = 0; number < rules.Length; number++)
        {
            if (rules[number] is not { } list)
            {
                continue;
            }

            if (number > next)
            {
                Append(ranges, new SyscallRange(next, filter.Default, []));
            }

            SeccompRule? always = list.Find(rule => rule.Conditions.Count == 0);
            Append(ranges, always is null
                ? new SyscallRange(number, filter.Default, list)
                : new SyscallRange(number, always.Action, []));
            next = number + 1;
        }

        // Calls newer than every call the profile speaks of: "no such call" lets programs fall back to older ones, while a refusal by
        // default would look like a fault (as runc does it).
        SeccompAction beyond = filter.Default.LetsPass || next == 0 ? filter.Default : SeccompAction.Fail(Errno.ENOSYS);
        Append(ranges, new SyscallRange(next, beyond, []));
        return ranges;
    }

    private static void Append(List<SyscallRange> ranges, SyscallRange range)
    {
        bool same = ranges.Count > 0 && ranges[^1] is var last
            && last.Conditional.Count == 0 && range.Conditional.Count == 0 && last.Action == range.Action;
        if (!same)
        {
            ranges.Add(range);
        }
    }
}
