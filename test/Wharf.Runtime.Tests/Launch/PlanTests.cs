using Wharf.Oci.Runtime;
using Wharf.Runtime.Launch;

namespace Wharf.Runtime.Tests.Launch;

/// <summary>The order of a plan, read from its text: what must come before what, and why.</summary>
public sealed class PlanTests : IDisposable
{
    private readonly TestBundle _bundle = new();

    public void Dispose() => _bundle.Dispose();

    [Fact]
    public void Compile_SameSpecification_IsTheSamePlan() => Assert.Equal(Plan(_bundle.Spec("true")), Plan(_bundle.Spec("true")));

    [Theory]
    [InlineData("rt_sigaction SIGPIPE", "setsid")]
    [InlineData("mount / as slave", "pivot_root")]
    [InlineData("move_mount /proc", "pivot_root")]
    [InlineData("pivot_root", "umount2 old root")]
    [InlineData("umount2 old root", "fchdir")]
    [InlineData("prctl PR_CAPBSET_DROP", "setresuid 0")]
    [InlineData("setgroups", "setresgid 0")]
    [InlineData("setresgid 0", "setresuid 0")]
    [InlineData("seccomp", "capset final")]
    [InlineData("close_range close-on-exec", "execve")]
    [InlineData("rt_sigprocmask none blocked", "execve")]
    public void Compile_Steps_ComeInTheOrderTheKernelDemands(string first, string second)
    {
        string plan = Plan(_bundle.Spec("true"));
        int a = plan.IndexOf(first, StringComparison.Ordinal), b = plan.LastIndexOf(second, StringComparison.Ordinal);

        Assert.True(a >= 0 && b > a, plan);
    }

    [Fact]
    public void Compile_NoNewPrivileges_PutsTheFilterLast()
    {
        RuntimeSpec spec = _bundle.Spec("true");
        string plan = Plan(spec with { Process = spec.Process! with { NoNewPrivileges = true } });

        Assert.True(plan.IndexOf("PR_SET_NO_NEW_PRIVS", StringComparison.Ordinal) < plan.IndexOf("seccomp", StringComparison.Ordinal));
        Assert.True(plan.IndexOf("capset final", StringComparison.Ordinal) < plan.IndexOf("seccomp", StringComparison.Ordinal));
    }

    private string Plan(RuntimeSpec spec)
    {
        using LaunchPlan plan = SpecCompiler.Compile(new LaunchRequest { ContainerId = "x", Spec = spec with { Linux = spec.Linux! with { CgroupsPath = null } }, Bundle = _bundle.Path });
        return plan.Describe();
    }
}
