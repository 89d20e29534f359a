using Wharf.Api.Containers;
using Wharf.Engine.Containers;
using Wharf.Engine.Containers.Listing;

namespace Wharf.Engine.Tests.Containers;

public sealed class HumanTimeTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddYears(50);

    [Theory]
    [InlineData(0.4, "Less than a second")]
    [InlineData(1, "1 second")]
    [InlineData(46, "46 seconds")]
    [InlineData(60, "About a minute")]
    [InlineData(300, "5 minutes")]
    [InlineData(3600, "About an hour")]
    [InlineData(3600 * 2.6, "3 hours")]
    [InlineData(3600 * 47, "47 hours")]
    [InlineData(3600 * 24 * 3, "3 days")]
    [InlineData(3600 * 24 * 15, "2 weeks")]
    [InlineData(3600 * 24 * 70, "2 months")]
    [InlineData(3600 * 24 * 800, "2 years")]
    public void Of_Length_ReadsAsDockers(double seconds, string expected) => Assert.Equal(expected, HumanTime.Of(TimeSpan.FromSeconds(seconds)));

    [Fact]
    public void StatusOf_EveryState_ReadsAsDockers()
    {
        var running = new RunState { Status = RunStatus.Running, StartedAt = Now.AddMinutes(-5) };
        Assert.Equal("Up 5 minutes", HumanTime.StatusOf(running, Now));
        Assert.Equal("Up 5 minutes (Paused)", HumanTime.StatusOf(running with { Status = RunStatus.Paused }, Now));
        Assert.Equal("Up 5 minutes (health: starting)", HumanTime.StatusOf(running with { Health = new HealthState { Status = "starting" } }, Now));
        Assert.Equal("Up 5 minutes (unhealthy)", HumanTime.StatusOf(running with { Health = new HealthState { Status = "unhealthy" } }, Now));
        Assert.Equal("Created", HumanTime.StatusOf(new RunState(), Now));
        Assert.Equal("Exited (137) 2 minutes ago", HumanTime.StatusOf(running with { Status = RunStatus.Exited, ExitCode = 137, FinishedAt = Now.AddMinutes(-2) }, Now));
        Assert.Equal("Restarting (1) 2 seconds ago", HumanTime.StatusOf(running with { Status = RunStatus.Restarting, ExitCode = 1, FinishedAt = Now.AddSeconds(-2) }, Now));
        Assert.Equal("Removal In Progress", HumanTime.StatusOf(running with { Status = RunStatus.Removing }, Now));
        Assert.Equal("Dead", HumanTime.StatusOf(running with { Status = RunStatus.Dead }, Now));
    }
}
