using Wharf.Api.Containers;
using Wharf.Engine.Containers;
using Wharf.Engine.Tests.Fakes;
using Wharf.Runtime.Shims;

namespace Wharf.Engine.Tests.Containers;

public sealed class RestoreTests
{
    [Fact]
    public async Task Restart_RunningContainer_IsFollowedOn()
    {
        await using EngineRig rig = await EngineRig.StartAsync();
        string id = await rig.RunAsync();
        FakeShim shim = rig.Shim(id);
        await rig.RestartAsync();
        ContainerState state = (await rig.InspectAsync(id)).State!;
        Assert.Equal(("running", shim.Pid), (state.Status, (int)state.Pid));
        Task<ContainerWaitResponse> wait = rig.Containers.Wait(id, WaitCondition.NotRunning).Answer;
        shim.Exit(4);
        Assert.Equal(4, (await wait.WaitAsync(TimeSpan.FromSeconds(10))).StatusCode);
    }

    [Fact]
    public async Task Restart_PausedContainer_IsStillPaused()
    {
        await using EngineRig rig = await EngineRig.StartAsync();
        string id = await rig.RunAsync();
        await rig.Containers.PauseAsync(id, CancellationToken.None);
        await rig.RestartAsync();
        Assert.Equal("paused", (await rig.InspectAsync(id)).State!.Status);
    }

    [Fact]
    public async Task Restart_EndedMeanwhile_HasTheShimsExitCode()
    {
        await using EngineRig rig = await EngineRig.StartAsync();
        string id = await rig.RunAsync();
        await rig.EndAsync();
        rig.Shims.Live.Clear();
        rig.Shims.Recorded[id] = new ShimExit(42, true, DateTimeOffset.UtcNow);
        await rig.BeginAgainAsync();
        ContainerState state = (await rig.InspectAsync(id)).State!;
        Assert.Equal(("exited", 42L, true), (state.Status, state.ExitCode, state.OOMKilled));
        Assert.Empty(rig.Shims.Recorded);
    }

    [Fact]
    public async Task Restart_ShimAndProcessGone_Is255()
    {
        await using EngineRig rig = await EngineRig.StartAsync();
        string id = await rig.RunAsync();
        await rig.EndAsync();
        rig.Shims.Live.Clear();
        await rig.BeginAgainAsync();
        ContainerState state = (await rig.InspectAsync(id)).State!;
        Assert.Equal(("exited", 255L), (state.Status, state.ExitCode));
    }

    [Theory]
    [InlineData("always", false, true)]
    [InlineData("always", true, true)]
    [InlineData("unless-stopped", false, true)]
    [InlineData("unless-stopped", true, false)]
    [InlineData("on-failure", false, true)]
    [InlineData("no", false, false)]
    public async Task Restart_AfterAMachinesReboot_FollowsThePolicy(string policy, bool stopped, bool runs)
    {
        await using EngineRig rig = await EngineRig.StartAsync();
        string id = await rig.RunAsync(new HostConfig { RestartPolicy = new RestartPolicy { Name = policy } });
        if (stopped)
        {
            await rig.Containers.StopAsync(id, null, null, CancellationToken.None);
        }

        await rig.EndAsync();
        rig.Shims.Live.Clear();
        await rig.BeginAgainAsync();
        if (runs)
        {
            await rig.EventuallyAsync(id, "running");
        }
        else
        {
            await Task.Delay(400);
            Assert.Equal("exited", (await rig.InspectAsync(id)).State!.Status);
        }
    }

    [Fact]
    public async Task Restart_NeverStartedAlways_StaysCreated()
    {
        await using EngineRig rig = await EngineRig.StartAsync();
        string id = await rig.CreateAsync(new ContainerCreateRequest { HostConfig = new HostConfig { RestartPolicy = new RestartPolicy { Name = "always" } } });
        await rig.RestartAsync();
        await Task.Delay(300);
        Assert.Equal("created", (await rig.InspectAsync(id)).State!.Status);
    }

    [Fact]
    public async Task Restart_AutoRemoveThatEndedMeanwhile_IsRemoved()
    {
        await using EngineRig rig = await EngineRig.StartAsync();
        string id = await rig.RunAsync(new HostConfig { AutoRemove = true });
        await rig.EndAsync();
        rig.Shims.Live.Clear();
        rig.Shims.Recorded[id] = new ShimExit(0, false, DateTimeOffset.UtcNow);
        await rig.BeginAgainAsync();
        Assert.Empty(await rig.Containers.ListAsync(new ContainerListQuery { All = true }, CancellationToken.None));
        Assert.Empty(rig.Rootfs);
    }

    [Fact]
    public async Task Restart_DirectoryWithoutARow_IsSwept()
    {
        await using EngineRig rig = await EngineRig.StartAsync();
        string kept = await rig.CreateAsync();
        string orphan = Path.Combine(rig.DataRoot, "containers", new string('f', 64));
        Directory.CreateDirectory(orphan);
        await rig.RestartAsync();
        Assert.False(Directory.Exists(orphan));
        Assert.True(Directory.Exists(Path.Combine(rig.DataRoot, "containers", kept)));
    }
}
