using FsCheck;
using FsCheck.Fluent;
using Wharf.Linux.Seccomp;

namespace Wharf.Linux.Tests.Seccomp;

public sealed class SeccompAssemblerTests
{
    private const uint X64 = 0xC000003E, X86 = 0x40000003, Aarch64 = 0xC00000B7;

    private static readonly string[] Names = ["read", "write", "openat", "socket", "clone", "personality", "ptrace", "keyctl", "getrandom", "openat2"];
    private static readonly int[] Numbers = [0, 1, 257, 41, 56, 135, 101, 250, 318, 437];

    [Fact]
    public void Assemble_ForeignArchitecture_IsKilled()
    {
        byte[] program = Filter().Assemble();

        Assert.Equal(SeccompAction.KillProcess.Value, BpfMachine.Run(program, Aarch64, 0, []));
        Assert.Equal(SeccompAction.KillProcess.Value, BpfMachine.Run(program, X86, 0, []));
    }

    [Fact]
    public void Assemble_X32Call_IsRefused() =>
        Assert.Equal(SeccompAction.Fail(Errno.ENOSYS).Value, BpfMachine.Run(Filter().Assemble(), X64, 0x40000000, []));

    [Fact]
    public void Assemble_CallNewerThanTheProfile_HasNoSuchCall() =>
        Assert.Equal(SeccompAction.Fail(Errno.ENOSYS).Value, BpfMachine.Run(Filter().Assemble(), X64, 5000, []));

    [Fact]
    public void Assemble_ThirtyTwoBitCalls_HaveTheirOwnNumbers()
    {
        byte[] program = (Filter() with { Architectures = [SyscallArchitecture.X64, SyscallArchitecture.X86] }).Assemble();

        Assert.Equal(SeccompAction.Allow.Value, BpfMachine.Run(program, X86, 3, []));
        Assert.Equal(SeccompAction.Fail(Errno.EPERM).Value, BpfMachine.Run(program, X86, 0, []));
    }

    [Fact]
    public void Assemble_RandomRules_DecideAsTheRulesSay()
    {
        var condition =
            from index in Gen.Choose(0, 5)
            from comparison in Gen.Elements(Enum.GetValues<SeccompComparison>())
            from value in Word
            from value2 in Word
            select new SeccompCondition(index, comparison, value, value2 & value);
        var rule =
            from name in Gen.Elements(Names)
            from action in Gen.Elements(SeccompAction.Allow, SeccompAction.Fail(Errno.EPERM), SeccompAction.Fail(Errno.ENOSYS), SeccompAction.Trap)
            from count in Gen.Choose(0, 3)
            from conditions in condition.ListOf(count)
            select new SeccompRule(name, action, [.. conditions]);
        var sample =
            from rules in rule.ListOf(12)
            from number in Gen.Elements(Numbers)
            from arguments in Word.ArrayOf(6)
            select (rules, number, arguments);
        Prop.ForAll(sample.ToArbitrary(), s =>
        {
            SeccompFilter filter = Filter() with { Rules = [.. s.rules] };
            uint actual = BpfMachine.Run(filter.Assemble(), X64, s.number, s.arguments);
            return actual == Expected(filter, s.number, s.arguments);
        }).QuickCheckThrowOnFailure();
    }

    private static Gen<ulong> Word => Gen.OneOf(
        Gen.Elements<ulong>(0, 1, 2, 38, 39, 0xffffffff, 0x100000000, 0x7e020000, ulong.MaxValue, ulong.MaxValue - 1),
        Gen.Choose(0, 100).Select(i => (ulong)i),
        Gen.Choose(0, 100).Select(i => ((ulong)i << 32) | 1));

    private static uint Expected(SeccompFilter filter, int number, ulong[] arguments)
    {
        string name = Names[Array.IndexOf(Numbers, number)];
        SeccompRule[] rules = [.. filter.Rules.Where(r => r.Syscall == name)];
        int last = filter.Rules.Select(r => Numbers[Array.IndexOf(Names, r.Syscall)]).DefaultIfEmpty(-1).Max();
        if (rules.Length == 0)
        {
            return number > last && last >= 0 ? SeccompAction.Fail(Errno.ENOSYS).Value : filter.Default.Value;
        }

        SeccompRule? chosen = rules.FirstOrDefault(r => r.Conditions.Count == 0) ?? rules.FirstOrDefault(r => r.Conditions.All(c => Holds(c, arguments[c.Index])));
        return (chosen?.Action ?? filter.Default).Value;
    }

    private static bool Holds(SeccompCondition c, ulong argument) => c.Comparison switch
    {
        SeccompComparison.Equal => argument == c.Value,
        SeccompComparison.NotEqual => argument != c.Value,
        SeccompComparison.Less => argument < c.Value,
        SeccompComparison.LessOrEqual => argument <= c.Value,
        SeccompComparison.Greater => argument > c.Value,
        SeccompComparison.GreaterOrEqual => argument >= c.Value,
        SeccompComparison.MaskedEqual => (argument & c.Value) == c.Value2,
        _ => throw new ArgumentOutOfRangeException(nameof(c)),
    };

    private static SeccompFilter Filter() => new()
    {
        Default = SeccompAction.Fail(Errno.EPERM),
        Architectures = [SyscallArchitecture.X64],
        Rules = [new SeccompRule("read", SeccompAction.Allow, []), new SeccompRule("getrandom", SeccompAction.Allow, [])],
    };
}
