using System.Text;
using Wharf.Linux;
using Wharf.Linux.Seccomp;
using Wharf.Oci.Runtime;
using Wharf.Primitives;
using Wharf.Runtime.Seccomp;

namespace Wharf.Runtime.Tests.Seccomp;

public sealed class SeccompProfileTests
{
    private static readonly string[] Plain = ["CAP_CHOWN"];
    private static readonly string[] Admin = ["CAP_CHOWN", "CAP_SYS_ADMIN"];

    [Fact]
    public void Default_WithoutSysAdmin_KeepsMountAway()
    {
        Assert.DoesNotContain(SeccompProfile.Default.Resolve(Plain).Syscalls!, s => s.Names.Contains("mount"));
        Assert.Contains(SeccompProfile.Default.Resolve(Admin).Syscalls!, s => s.Names.Contains("mount"));
    }

    [Fact]
    public void Default_Clone3_SaysNoSuchCallUnlessAdmin()
    {
        LinuxSyscall clone3 = Assert.Single(SeccompProfile.Default.Resolve(Plain).Syscalls!, s => s.Names.Contains("clone3"));

        Assert.Equal(("SCMP_ACT_ERRNO", 38u), (clone3.Action, clone3.ErrnoRet));
        Assert.All(SeccompProfile.Default.Resolve(Admin).Syscalls!.Where(s => s.Names.Contains("clone3")), s => Assert.Equal("SCMP_ACT_ALLOW", s.Action));
    }

    [Fact]
    public void Resolve_MinKernel_CountsFromThatKernel()
    {
        Assert.Contains(SeccompProfile.Default.Resolve(Plain, new KernelVersion(4, 8)).Syscalls!, s => s.Names.Contains("ptrace"));
        Assert.DoesNotContain(SeccompProfile.Default.Resolve(Plain, new KernelVersion(4, 7)).Syscalls!, s => s.Names.Contains("ptrace"));
    }

    [Fact]
    public void Default_Assembled_FitsTheKernelAndIsSmall()
    {
        int instructions = SeccompCompiler.Translate(SeccompProfile.Default.Resolve(Plain)).Assemble().Length / 8;

        Assert.InRange(instructions, 100, 800);
    }

    [Theory]
    [InlineData("{}", "no defaultAction")]
    [InlineData("{", "decoding seccomp profile failed")]
    [InlineData("{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"archMap\":[{}],\"architectures\":[\"x\"]}", "not both")]
    public void Parse_BadProfile_SaysWhy(string json, string expected) =>
        Assert.Contains(expected, Assert.Throws<WharfException>(() => SeccompProfile.Parse(Encoding.UTF8.GetBytes(json))).Message);

    [Theory]
    [InlineData("SCMP_ACT_NOTIFY")]
    [InlineData("SCMP_ACT_NONSENSE")]
    public void Translate_ActionWeDoNotHave_IsRefused(string action) =>
        Assert.Contains(action, Assert.Throws<WharfException>(() => SeccompCompiler.Translate(new LinuxSeccomp { DefaultAction = action })).Message);

    [Fact]
    public void Translate_SameArgumentTwice_MeansOr()
    {
        SeccompFilter filter = SeccompCompiler.Translate(new LinuxSeccomp
        {
            DefaultAction = "SCMP_ACT_ERRNO",
            Syscalls =
            [
                new()
                {
                    Names = ["personality"],
                    Action = "SCMP_ACT_ALLOW",
                    Args = [new() { Index = 0, Value = 0, Op = "SCMP_CMP_EQ" }, new() { Index = 0, Value = 8, Op = "SCMP_CMP_EQ" }],
                },
            ],
        });

        Assert.Equal(2, filter.Rules.Count);
    }
}
