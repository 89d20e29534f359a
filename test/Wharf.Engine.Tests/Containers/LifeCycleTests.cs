using Wharf.Api.Containers;
using Wharf.Engine.Containers;
using Wharf.Engine.Tests.Fakes;
using Wharf.Primitives;
using Wharf.Runtime.Shims;

namespace Wharf.Engine.Tests.Containers;

public sealed class LifeCycleTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task Create_ThenInspect_GivesBackWhatWasAsked()
    {
        await using EngineRig rig = await EngineRig.StartAsync();
        string id = await rig.CreateAsync(new ContainerCreateRequest { Cmd = ["echo", "a b"], HostConfig = new HostConfig { Memory = 64 << 20 } }, "web");
        ContainerInspectResponse shown = await rig.InspectAsync("web");
        Assert.Equal(id, shown.Id);
        Assert.Equal("/web", shown.Name);
        Assert.Equal("created", shown.State!.Status);
        Assert.Equal(("echo", "a b"), (shown.Path, shown.Args!.Single()));
        Assert.Equal(["PATH=/bin", "LANG=C"], shown.Config!.Env);
        Assert.Equal(id[..12], shown.Config.Hostname);
        Assert.Equal((64L << 20, 128L << 20, "bridge", "no"), (shown.HostConfig!.Memory, shown.HostConfig.MemorySwap, shown.HostConfig.NetworkMode, shown.HostConfig.RestartPolicy!.Name));
        Assert.Equal("0001-01-01T00:00:00Z", shown.State.StartedAt);
    }

    [Fact]
    public async Task Run_ThatEnds_IsTakenOverWithItsCodeAndReleased()
    {
        await using EngineRig rig = await EngineRig.StartAsync();
        string id = await rig.RunAsync();
        Task<ContainerWaitResponse> wait = rig.Containers.Wait(id, WaitCondition.NotRunning).Answer;
        Assert.False(wait.IsCompleted);
        FakeShim shim = rig.Shim(id);
        Assert.Equal(shim.Pid, (await rig.InspectAsync(id)).State!.Pid);
        shim.Exit(3);
        Assert.Equal(3, (await wait.WaitAsync(TimeSpan.FromSeconds(10))).StatusCode);
        ContainerState state = (await rig.InspectAsync(id)).State!;
        Assert.Equal(("exited", 3L, 0L), (state.Status, state.ExitCode, state.Pid));
        Assert.Empty(rig.Sandboxes);
        await EngineRig.EventuallyAsync(() => Task.FromResult(shim.Released && shim.Disposed));
        Assert.Equal(["create", "start", "die"], await rig.ActionsAsync(id));
        Assert.Empty(rig.Errors);
    }

    [Fact]
    public async Task Start_Twice_IsNotModified()
    {
        await using EngineRig rig = await EngineRig.StartAsync();
        string id = await rig.RunAsync();
        var error = await Assert.ThrowsAsync<WharfException>(() => rig.Containers.StartAsync(id, None));
        Assert.Equal(ErrorKind.NotModified, error.Kind);
    }

    [Fact]
    public async Task Start_ProgramMissing_SaysDockersSentenceAndLeavesNothing()
    {
        await using EngineRig rig = await EngineRig.StartAsync();
        rig.Shims.Refusal = new ShimLaunchResult(0, default, "unable to start container process: error during container init: exec: \"nope\": executable file not found in $PATH", 127);
        string id = await rig.CreateAsync();
        var error = await Assert.ThrowsAsync<WharfException>(() => rig.Containers.StartAsync(id, None));
        Assert.Equal(
            "failed to create task for container: failed to create shim task: OCI runtime create failed: unable to start container process: error during container init: exec: \"nope\": executable file not found in $PATH: unknown",
            error.Message);
        Assert.Equal(ErrorKind.InvalidArgument, error.Kind);
        ContainerState state = (await rig.InspectAsync(id)).State!;
        Assert.Equal(("created", 127L), (state.Status, state.ExitCode));
        Assert.Empty(rig.Sandboxes);
        Assert.True(rig.Shim(id).Disposed);
    }

    [Fact]
    public async Task Start_FailsWithAutoRemove_RemovesTheContainer()
    {
        await using EngineRig rig = await EngineRig.StartAsync();
        rig.NetworkRefusal = WharfException.Internal("port is already allocated");
        string id = await rig.CreateAsync(new ContainerCreateRequest { HostConfig = new HostConfig { AutoRemove = true } });
        Task<ContainerWaitResponse> removed = rig.Containers.Wait(id, WaitCondition.Removed).Answer;
        var error = await Assert.ThrowsAsync<WharfException>(() => rig.Containers.StartAsync(id, None));
        Assert.Equal("failed to set up container networking: port is already allocated", error.Message);
        await removed.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Empty(rig.Rootfs);
        Assert.Equal(ErrorKind.NotFound, (await Assert.ThrowsAsync<WharfException>(() => rig.InspectAsync(id))).Kind);
    }

    [Fact]
    public async Task AutoRemove_AfterExit_LeavesNothingBehind()
    {
        await using EngineRig rig = await EngineRig.StartAsync();
        string id = await rig.RunAsync(new HostConfig { AutoRemove = true }, "gone");
        Task<ContainerWaitResponse> removed = rig.Containers.Wait(id, WaitCondition.Removed).Answer;
        rig.Shim(id).Exit(7);
        Assert.Equal(7, (await removed.WaitAsync(TimeSpan.FromSeconds(10))).StatusCode);
        Assert.Empty(rig.Rootfs);
        Assert.False(Directory.Exists(Path.Combine(rig.DataRoot, "containers", id)));
        await rig.CreateAsync(name: "gone");
        Assert.Equal(["create", "start", "die", "destroy"], await rig.ActionsAsync(id));
    }

    [Fact]
    public async Task AutoRemove_AfterAnExitThatNobodyAskedFor_AnswersThoseWhoWaitOnlyThen()
    {
        await using EngineRig rig = await EngineRig.StartAsync();
        string id = await rig.RunAsync(new HostConfig { AutoRemove = true }, "short");
        Task<ContainerWaitResponse> exit = rig.Containers.Wait(id, WaitCondition.NextExit).Answer;
        rig.Shim(id).Exit(7);
        await exit.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(7, (await rig.Containers.Wait(id, WaitCondition.NotRunning).Answer).StatusCode);
        Assert.Equal(7, (await rig.Containers.Wait(id, WaitCondition.Removed).Answer.WaitAsync(TimeSpan.FromSeconds(10))).StatusCode);
    }

    [Fact]
    public async Task Stop_ProcessThatListens_EndsBySignal()
    {
        await using EngineRig rig = await EngineRig.StartAsync();
        string id = await rig.RunAsync();
        await rig.Containers.StopAsync(id, null, null, None);
        Assert.Equal([15], rig.Shim(id).Signals);
        Assert.Equal(143, (await rig.InspectAsync(id)).State!.ExitCode);
        Assert.Equal(["create", "start", "kill", "die", "stop"], await rig.ActionsAsync(id));
        Assert.Equal(ErrorKind.NotModified, (await Assert.ThrowsAsync<WharfException>(() => rig.Containers.StopAsync(id, null, null, None))).Kind);
    }

    [Fact]
    public async Task Stop_ProcessThatIgnoresTheSignal_IsKilledAfterTheTimeout()
    {
        await using EngineRig rig = await EngineRig.StartAsync();
        string id = await rig.RunAsync();
        rig.Shim(id).IgnoresTerm = true;
        await rig.Containers.StopAsync(id, "SIGTERM", 0, None);
        Assert.Equal([15, 9], rig.Shim(id).Signals);
        Assert.Equal(137, (await rig.InspectAsync(id)).State!.ExitCode);
    }

    [Fact]
    public async Task Kill_StoppedContainer_SaysDockersSentence()
    {
        await using EngineRig rig = await EngineRig.StartAsync();
        string id = await rig.CreateAsync(name: "idle");
        var error = await Assert.ThrowsAsync<WharfException>(() => rig.Containers.KillAsync("idle", null, None));
        Assert.Equal((ErrorKind.Conflict, $"cannot kill container: idle: container {id} is not running"), (error.Kind, error.Message));
    }

    [Fact]
    public async Task Pause_Unpause_FreezesAndSaysSo()
    {
        await using EngineRig rig = await EngineRig.StartAsync();
        string id = await rig.RunAsync();
        await rig.Containers.PauseAsync(id, None);
        ContainerState state = (await rig.InspectAsync(id)).State!;
        Assert.Equal(("paused", true, true), (state.Status, state.Running, state.Paused));
        Assert.Equal($"Container {id} is already paused", (await Assert.ThrowsAsync<WharfException>(() => rig.Containers.PauseAsync(id, None))).Message);
        await rig.Containers.UnpauseAsync(id, None);
        Assert.False(rig.Shim(id).Paused);
        Assert.Equal($"Container {id} is not paused", (await Assert.ThrowsAsync<WharfException>(() => rig.Containers.UnpauseAsync(id, None))).Message);
    }

    [Fact]
    public async Task Stop_PausedContainer_ThawsItSoThatItCanEnd()
    {
        await using EngineRig rig = await EngineRig.StartAsync();
        string id = await rig.RunAsync();
        await rig.Containers.PauseAsync(id, None);
        await rig.Containers.StopAsync(id, null, null, None);
        Assert.False(rig.Shim(id).Paused);
        Assert.Equal("exited", (await rig.InspectAsync(id)).State!.Status);
    }

    [Fact]
    public async Task Remove_RunningContainer_NeedsForce()
    {
        await using EngineRig rig = await EngineRig.StartAsync();
        string id = await rig.RunAsync(name: "busy");
        var error = await Assert.ThrowsAsync<WharfException>(() => rig.Containers.RemoveAsync("busy", new ContainerRemoveOptions(), None));
        Assert.Equal((ErrorKind.Conflict, "cannot remove container \"/busy\": container is running: stop the container before removing or force remove"), (error.Kind, error.Message));
        await rig.Containers.RemoveAsync("busy", new ContainerRemoveOptions(Force: true), None);
        Assert.Contains(9, rig.Shim(id).Signals);
        Assert.Equal("No such container: busy", (await Assert.ThrowsAsync<WharfException>(() => rig.InspectAsync("busy"))).Message);
        Assert.Equal(["create", "start", "kill", "die", "destroy"], await rig.ActionsAsync(id));
    }

    [Fact]
    public async Task Remove_ManyAtOnce_OneWinsAndTheOthersHearWhy()
    {
        await using EngineRig rig = await EngineRig.StartAsync();
        string id = await rig.RunAsync();
        Exception?[] outcomes = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Record.ExceptionAsync(() => Task.Run(() => rig.Containers.RemoveAsync(id, new ContainerRemoveOptions(Force: true), None))).AsTask()));
        Assert.Single(outcomes, o => o is null);
        Assert.All(outcomes.OfType<Exception>(), o => Assert.True(o is WharfException { Kind: ErrorKind.Conflict or ErrorKind.NotFound }, o.ToString()));
    }

    [Fact]
    public async Task Create_SameNameManyTimes_OneWinsAndTheOthersNameIt()
    {
        await using EngineRig rig = await EngineRig.StartAsync();
        var ids = new List<string>();
        var errors = new List<WharfException>();
        await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Task.Run(async () =>
        {
            try
            {
                string id = await rig.CreateAsync(name: "only");
                lock (ids)
                {
                    ids.Add(id);
                }
            }
            catch (WharfException e)
            {
                lock (errors)
                {
                    errors.Add(e);
                }
            }
        })));
        string winner = Assert.Single(ids);
        Assert.Equal(99, errors.Count);
        Assert.All(errors, e => Assert.Equal(
            $"Conflict. The container name \"/only\" is already in use by container \"{winner}\". You have to remove (or rename) that container to be able to reuse that name.", e.Message));
        Assert.Single(rig.Rootfs);
    }

    [Fact]
    public async Task Rename_ToATakenOrBadName_IsRefusedAndKeepsTheOld()
    {
        await using EngineRig rig = await EngineRig.StartAsync();
        string one = await rig.CreateAsync(name: "one"), two = await rig.CreateAsync(name: "two");
        var taken = await Assert.ThrowsAsync<WharfException>(() => rig.Containers.RenameAsync("one", "two", None));
        Assert.StartsWith($"Error when allocating new name: Conflict. The container name \"/two\" is already in use by container \"{two}\".", taken.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<WharfException>(() => rig.Containers.RenameAsync("one", "a b", None));
        await rig.Containers.RenameAsync("one", "three", None);
        Assert.Equal(one, rig.Containers.ResolveId("three"));
        await rig.RestartAsync();
        Assert.Equal(one, rig.Containers.ResolveId("three"));
        Assert.Equal("No such container: one", Assert.Throws<WharfException>(() => rig.Containers.ResolveId("one")).Message);
    }

    [Fact]
    public async Task ResolveId_Prefix_MustBeUnambiguous()
    {
        await using EngineRig rig = await EngineRig.StartAsync();
        var ids = new List<string>();
        for (int i = 0; i < 40; i++)
        {
            ids.Add(await rig.CreateAsync());
        }

        Assert.Equal(ids[0], rig.Containers.ResolveId(ids[0][..12]));
        string shared = ids.GroupBy(i => i[..1]).First(g => g.Count() > 1).Key;
        Assert.Equal($"multiple IDs found with provided prefix: {shared}", Assert.Throws<WharfException>(() => rig.Containers.ResolveId(shared)).Message);
    }

    [Fact]
    public async Task Update_RunningContainer_ReachesTheShimAndSurvivesARestart()
    {
        await using EngineRig rig = await EngineRig.StartAsync();
        string id = await rig.RunAsync();
        await rig.Containers.UpdateAsync(id, new ContainerUpdateRequest { Memory = 32 << 20, MemorySwap = 64 << 20, RestartPolicy = new RestartPolicy { Name = "on-failure", MaximumRetryCount = 2 } }, None);
        Assert.Equal(32 << 20, rig.Shim(id).Updated!.Memory!.Limit);
        await rig.RestartAsync();
        HostConfig host = (await rig.InspectAsync(id)).HostConfig!;
        Assert.Equal((32L << 20, "on-failure", 2L), (host.Memory, host.RestartPolicy!.Name, host.RestartPolicy.MaximumRetryCount));
    }

    [Fact]
    public async Task OutOfMemory_IsToldAndShown()
    {
        await using EngineRig rig = await EngineRig.StartAsync();
        string id = await rig.RunAsync();
        rig.Shim(id).Exit(137, oom: true);
        await rig.EventuallyAsync(id, "exited");
        Assert.True((await rig.InspectAsync(id)).State!.OOMKilled);
        Assert.Equal(["create", "start", "oom", "die"], await rig.ActionsAsync(id));
    }

    [Fact]
    public async Task List_ShowsStatesNewestFirst()
    {
        await using EngineRig rig = await EngineRig.StartAsync();
        string old = await rig.CreateAsync(name: "old");
        string running = await rig.RunAsync(name: "running");
        List<ContainerSummary> shown = await rig.Containers.ListAsync(new ContainerListQuery(), None);
        Assert.Equal(running, Assert.Single(shown).Id);
        shown = await rig.Containers.ListAsync(new ContainerListQuery { All = true }, None);
        Assert.Equal([running, old], shown.Select(s => s.Id!));
        Assert.Equal("Created", shown[1].Status);
        Assert.Equal(("busybox", "sh"), (shown[0].Image, shown[0].Command));
        Assert.Equal(old, Assert.Single(await rig.Containers.ListAsync(new ContainerListQuery { Filters = FilterSet.Of(("status", "created")) }, None)).Id);
        Assert.Empty(await rig.Containers.ListAsync(new ContainerListQuery { All = true, Filters = FilterSet.Of(("name", "^ol$")) }, None));
        Assert.Equal("invalid filter 'status=dancing'", (await Assert.ThrowsAsync<WharfException>(() => rig.Containers.ListAsync(new ContainerListQuery { Filters = FilterSet.Of(("status", "dancing")) }, None))).Message);
    }
}
