using Wharf.Api.Containers;
using Wharf.Engine.Containers;
using Wharf.Engine.Restart;
using Wharf.Engine.Tests.Fakes;

namespace Wharf.Engine.Tests.Restart;

public sealed class RestartPolicyTests
{
    [Fact]
    public void Delay_DoublesToAMinuteAndBeginsAnewAfterTenSeconds()
    {
        TimeSpan delay = RestartDecision.Delay(TimeSpan.Zero, TimeSpan.Zero);
        Assert.Equal(TimeSpan.FromMilliseconds(100), delay);
        var seen = new List<double>();
        for (int i = 0; i < 12; i++)
        {
            delay = RestartDecision.Delay(delay, TimeSpan.FromSeconds(1));
            seen.Add(delay.TotalMilliseconds);
        }

        Assert.Equal([200, 400, 800, 1600, 3200, 6400, 12800, 25600, 51200, 60000, 60000, 60000], seen);
        Assert.Equal(TimeSpan.FromMilliseconds(100), RestartDecision.Delay(delay, TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task Always_ContainerThatEnds_RunsAgainUntilStopped()
    {
        await using EngineRig rig = await EngineRig.StartAsync();
        string id = await rig.RunAsync(new HostConfig { RestartPolicy = new RestartPolicy { Name = "always" } });
        FakeShim first = rig.Shim(id);
        first.Exit(0);
        await EngineRig.EventuallyAsync(async () => (await rig.InspectAsync(id)) is { RestartCount: 1, State.Status: "running" });
        Assert.NotSame(first, rig.Shim(id));
        await rig.Containers.StopAsync(id, null, null, CancellationToken.None);
        await Task.Delay(400);
        Assert.Equal("exited", (await rig.InspectAsync(id)).State!.Status);
    }

    [Theory]
    [InlineData(WaitCondition.NotRunning)]
    [InlineData(WaitCondition.NextExit)]
    public async Task Wait_ForOneThatRunsAgain_EndsWithTheRun(WaitCondition condition)
    {
        await using EngineRig rig = await EngineRig.StartAsync();
        string id = await rig.RunAsync(new HostConfig { RestartPolicy = new RestartPolicy { Name = "always" } });
        var wait = rig.Containers.Wait(id, condition).Answer;
        rig.Shim(id).Exit(3);
        Assert.Equal(3, (await wait.WaitAsync(TimeSpan.FromSeconds(30))).StatusCode);
        await rig.Containers.StopAsync(id, null, null, CancellationToken.None);
    }

    [Fact]
    public async Task OnFailure_StopsAfterItsRetries()
    {
        await using EngineRig rig = await EngineRig.StartAsync();
        string id = await rig.RunAsync(new HostConfig { RestartPolicy = new RestartPolicy { Name = "on-failure", MaximumRetryCount = 1 } });
        rig.Shim(id).Exit(1);
        await EngineRig.EventuallyAsync(async () => (await rig.InspectAsync(id)) is { RestartCount: 1, State.Status: "running" });
        rig.Shim(id).Exit(2);
        await rig.EventuallyAsync(id, "exited");
        Assert.Equal(2, (await rig.InspectAsync(id)).State!.ExitCode);
    }

    [Fact]
    public async Task Stop_BetweenTwoRuns_EndsThePlan()
    {
        await using EngineRig rig = await EngineRig.StartAsync();
        string id = await rig.RunAsync(new HostConfig { RestartPolicy = new RestartPolicy { Name = "always" } });
        for (int i = 0; i < 3; i++)
        {
            rig.Shim(id).Exit(1);
            int count = i + 1;
            await EngineRig.EventuallyAsync(async () => (await rig.InspectAsync(id)) is { State.Status: "running" } shown && shown.RestartCount == count);
        }

        rig.Shim(id).Exit(1);
        await rig.EventuallyAsync(id, "restarting");
        Assert.True((await rig.InspectAsync(id)).State!.Running);
        await rig.Containers.StopAsync(id, null, null, CancellationToken.None);
        Assert.Equal("exited", (await rig.InspectAsync(id)).State!.Status);
        await Task.Delay(1200);
        Assert.Equal("exited", (await rig.InspectAsync(id)).State!.Status);
    }
}
