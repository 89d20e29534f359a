using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.Guests;

/// <summary>The published programs in a virtual machine with Debian's kernel and cgroup v2 alone, which the machine of the tests may not have.</summary>
public sealed class UnifiedCgroupTests
{
    private const int CannotRun = 77;

    [Fact]
    public void Engine_InAGuestWithCgroupV2_PlacesLimitsAndCounts()
    {
        CommandResult guest = Command.Run(Path.Combine(Repository.Root, "test", "guest", "run.sh"), [], timeoutSeconds: 1100);
        Assert.SkipWhen(guest.ExitCode == CannotRun, guest.Out);
        Assert.True(guest.ExitCode == 0, guest.ToString());
        Assert.Contains("== all checks passed", guest.Out);
    }
}
