using System.Net.Sockets;
using Wharf.Linux;
using Wharf.Primitives;
using Wharf.Runtime.Shims;

namespace Wharf.Shim.Tests.EndToEnd;

/// <summary>Containers through the daemon's side, the published shim and a runtime, each test with every runtime there is.</summary>
public sealed class ContainerTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("own")]
    [InlineData("crun")]
    [InlineData("runc")]
    public async Task Container_RunToItsEnd_GivesOutputLogAndExit(string runtime)
    {
        await using var root = new TestRoot();
        IShim shim = await root.Factory.AcquireAsync("c1", Ct);
        Socket attached = await shim.AttachAsync(new ShimAttach(null, false, true, true, false), Ct);
        ShimLaunchResult result = await shim.LaunchAsync(root.Task("c1", RuntimeChoice.Named(runtime), "sh", "-c", "echo out; echo err >&2; exit 7"), Ct);
        AssertStarted(result);
        Assert.Equal(("out\n", "err\n"), AttachStreams.Demultiplex(await attached.ReadToEndAsync()));
        ShimExit exit = await shim.Exited.WaitAsync(Patience);
        Assert.Equal(7, exit.ExitCode);
        Assert.False(exit.OutOfMemory);
        Assert.Equal(["err\\n", "out\\n"], root.LogTexts("c1").Order());
        Assert.Equal(7, root.Factory.ReadRecordedExit("c1")?.ExitCode);
        await shim.ReleaseAsync(Ct);
        Assert.Empty(root.Factory.RecordedContainers());
    }

    [Fact]
    public async Task Hooks_OfTheSpecification_RunAtTheirPlaces()
    {
        await using var root = new TestRoot();
        string told = Directory.CreateTempSubdirectory("wharf-hooks-").FullName;
        Oci.Runtime.HookSpec Hook(string name, string path = "/bin/sh") => new() { Path = path, Args = ["sh", "-c", $"cat >/dev/null; echo {name} >> {told}/order"] };
        ShimTask task = root.Task("c1", RuntimeChoice.Own, "sh", "-c", "echo program");
        task = task with
        {
            Spec = task.Spec with
            {
                Mounts = [.. task.Spec.Mounts!, new Oci.Runtime.MountSpec { Destination = told, Type = "bind", Source = told, Options = ["bind"] }],
                Hooks = new Oci.Runtime.HooksSpec
                {
                    Prestart = [Hook("prestart")], CreateRuntime = [Hook("createRuntime")], CreateContainer = [Hook("createContainer")],
                    StartContainer = [Hook("startContainer")], Poststart = [Hook("poststart")], Poststop = [Hook("poststop")],
                },
            },
        };
        IShim shim = await root.Factory.AcquireAsync("c1", Ct);
        AssertStarted(await shim.LaunchAsync(task, Ct));
        Assert.Equal(0, (await shim.Exited.WaitAsync(Patience)).ExitCode);
        for (int i = 0; i < 100 && !File.ReadAllText(told + "/order").Contains("poststop", StringComparison.Ordinal); i++)
        {
            await Task.Delay(50, Ct);
        }

        Assert.Equal(["prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"], File.ReadAllLines(told + "/order"));
        Assert.Equal(["program\\n"], root.LogTexts("c1"));
        await shim.ReleaseAsync(Ct);

        ShimTask failing = root.Task("c2", RuntimeChoice.Own, "true");
        failing = failing with { Spec = failing.Spec with { Hooks = new Oci.Runtime.HooksSpec { StartContainer = [new() { Path = "/bin/false" }] } } };
        IShim second = await root.Factory.AcquireAsync("c2", Ct);
        Assert.Contains("error running startContainer hook /bin/false: exit status 1", (await second.LaunchAsync(failing, Ct)).Error);
        await second.ReleaseAsync(Ct);
        Directory.Delete(told, recursive: true);
    }

    [Theory]
    [InlineData("own")]
    [InlineData("crun")]
    [InlineData("runc")]
    public async Task Launch_OfAMissingProgram_AnswersWith127AndTheReason(string runtime)
    {
        await using var root = new TestRoot();
        IShim shim = await root.Factory.AcquireAsync("c1", Ct);
        Socket attached = await shim.AttachAsync(new ShimAttach(null, false, true, true, false), Ct);
        ShimLaunchResult result = await shim.LaunchAsync(root.Task("c1", RuntimeChoice.Named(runtime), "no-such-program"), Ct);
        Assert.Contains("no-such-program", result.Error);
        Assert.Equal(127, result.ExitCode);
        Assert.Empty(await attached.ReadToEndAsync());
        await shim.ReleaseAsync(Ct);
    }

    [Theory]
    [InlineData("own")]
    [InlineData("crun")]
    [InlineData("runc")]
    public async Task Stdin_ClosedByTheOnlyClient_EndsCat(string runtime)
    {
        await using var root = new TestRoot();
        IShim shim = await root.Factory.AcquireAsync("c1", Ct);
        Socket attached = await shim.AttachAsync(new ShimAttach(null, true, true, true, false), Ct);
        await attached.SendTextAsync("sent before the start\n");
        ShimTask task = root.Task("c1", RuntimeChoice.Named(runtime), "cat") with { OpenStdin = true, StdinOnce = true };
        AssertStarted(await shim.LaunchAsync(task, Ct));
        await attached.SendTextAsync("and after\n");
        attached.Shutdown(SocketShutdown.Send);
        Assert.Equal("sent before the start\nand after\n", AttachStreams.Demultiplex(await attached.ReadToEndAsync()).Stdout);
        Assert.Equal(0, (await shim.Exited.WaitAsync(Patience)).ExitCode);
    }

    [Theory]
    [InlineData("own")]
    [InlineData("crun")]
    [InlineData("runc")]
    public async Task Terminal_HasSizeAndEcho(string runtime)
    {
        await using var root = new TestRoot();
        IShim shim = await root.Factory.AcquireAsync("c1", Ct);
        Socket attached = await shim.AttachAsync(new ShimAttach(null, true, true, true, true), Ct);
        ShimTask task = root.Task("c1", RuntimeChoice.Named(runtime), "sh") with { OpenStdin = true };
        task = task with { Spec = task.Spec with { Process = task.Spec.Process! with { Terminal = true } } };
        AssertStarted(await shim.LaunchAsync(task, Ct));
        await shim.ResizeAsync(123, 45, Ct);
        await attached.SendTextAsync("stty size; tty\n");
        Assert.Contains("45 123", await attached.ReadUntilAsync("/dev/"));
        await attached.SendTextAsync("exit 3\n");
        Assert.Equal(3, (await shim.Exited.WaitAsync(Patience)).ExitCode);
    }

    [Theory]
    [InlineData("own")]
    [InlineData("crun")]
    [InlineData("runc")]
    public async Task Exec_HasItsOwnStreamsAndExit(string runtime)
    {
        await using var root = new TestRoot();
        IShim shim = await root.Factory.AcquireAsync("c1", Ct);
        AssertStarted(await shim.LaunchAsync(root.Task("c1", RuntimeChoice.Named(runtime), "sleep", "60"), Ct));
        Socket attached = await shim.AttachAsync(new ShimAttach("e1", true, true, true, false), Ct);
        var exec = new ShimExec { ExecId = "e1", Process = TestRoot.Process("sh", "-c", "cat; echo bad >&2; exit 5"), OpenStdin = true };
        ShimLaunchResult result = await shim.ExecAsync(exec, Ct);
        AssertStarted(result);
        Assert.True(result.Pid > 0);
        await attached.SendTextAsync("through");
        attached.Shutdown(SocketShutdown.Send);
        Assert.Equal(("through", "bad\n"), AttachStreams.Demultiplex(await attached.ReadToEndAsync()));
        Assert.Equal(5, (await shim.ExecExited("e1").WaitAsync(Patience)).ExitCode);
        await shim.SignalAsync(Signal.Kill, false, Ct);
        Assert.Equal(137, (await shim.Exited.WaitAsync(Patience)).ExitCode);
    }

    [Theory]
    [InlineData("own")]
    [InlineData("runc")]
    public async Task Exec_OfAMissingProgram_AnswersAndTheContainerRunsOn(string runtime)
    {
        await using var root = new TestRoot();
        IShim shim = await root.Factory.AcquireAsync("c1", Ct);
        AssertStarted(await shim.LaunchAsync(root.Task("c1", RuntimeChoice.Named(runtime), "sleep", "60"), Ct));
        ShimLaunchResult result = await shim.ExecAsync(new ShimExec { ExecId = "e1", Process = TestRoot.Process("no-such-program") }, Ct);
        Assert.Equal(127, result.ExitCode);
        Assert.Contains("no-such-program", result.Error);
        AssertStarted(await shim.ExecAsync(new ShimExec { ExecId = "e2", Process = TestRoot.Process("true") }, Ct));
        Assert.Equal(0, (await shim.ExecExited("e2").WaitAsync(Patience)).ExitCode);
    }

    [Theory]
    [InlineData("own")]
    [InlineData("runc")]
    public async Task Exec_LeavingAChildWithItsOutput_EndsInBoundedTime(string runtime)
    {
        await using var root = new TestRoot();
        IShim shim = await root.Factory.AcquireAsync("c1", Ct);
        AssertStarted(await shim.LaunchAsync(root.Task("c1", RuntimeChoice.Named(runtime), "sleep", "60"), Ct));
        Socket attached = await shim.AttachAsync(new ShimAttach("e1", false, true, true, false), Ct);
        AssertStarted(await shim.ExecAsync(new ShimExec { ExecId = "e1", Process = TestRoot.Process("sh", "-c", "sleep 50 & echo left") }, Ct));
        Assert.Equal(0, (await shim.ExecExited("e1").WaitAsync(TimeSpan.FromSeconds(10))).ExitCode);
        Assert.Equal("left\n", AttachStreams.Demultiplex(await attached.ReadToEndAsync()).Stdout);
    }

    [Theory]
    [InlineData("own")]
    [InlineData("runc")]
    public async Task Pause_StopsOutputUntilResume(string runtime)
    {
        await using var root = new TestRoot();
        IShim shim = await root.Factory.AcquireAsync("c1", Ct);
        Socket attached = await shim.AttachAsync(new ShimAttach(null, false, true, true, false), Ct);
        AssertStarted(await shim.LaunchAsync(root.Task("c1", RuntimeChoice.Named(runtime), "sh", "-c", "while :; do echo tick; sleep 0.02; done"), Ct));
        await attached.ReadUntilAsync("tick");
        Assert.NotEmpty(await shim.PidsAsync(Ct));
        await shim.PauseAsync(Ct);
        long before = new FileInfo(root.LogPath("c1")).Length;
        await Task.Delay(200, Ct);
        Assert.Equal(before, new FileInfo(root.LogPath("c1")).Length);
        await shim.ResumeAsync(Ct);
        for (int i = 0; i < 100 && new FileInfo(root.LogPath("c1")).Length == before; i++)
        {
            await Task.Delay(20, Ct);
        }

        Assert.True(new FileInfo(root.LogPath("c1")).Length > before);
        await shim.PauseAsync(Ct);
        await shim.SignalAsync(Signal.Kill, true, Ct);
        Assert.Equal(137, (await shim.Exited.WaitAsync(Patience)).ExitCode);
    }

    [Theory]
    [InlineData("own")]
    [InlineData("crun")]
    public async Task Daemon_Replaced_FindsItsContainerAndWhatHappened(string runtime)
    {
        await using var root = new TestRoot();
        IShim first = await root.Factory.AcquireAsync("c1", Ct);
        ShimTask task = root.Task("c1", RuntimeChoice.Named(runtime), "sh", "-c", "read x; echo got $x; exit 4") with { OpenStdin = true };
        ShimLaunchResult result = await first.LaunchAsync(task, Ct);
        AssertStarted(result);
        await root.RestartDaemonAsync();
        Assert.Equal(["c1"], root.Factory.RecordedContainers());
        IShim? second = await root.Factory.ReconnectAsync("c1", Ct);
        Assert.NotNull(second);
        Assert.Equal(result.Pid, second.Pid);
        Assert.Equal(first.ShimPid, second.ShimPid);
        Socket attached = await second.AttachAsync(new ShimAttach(null, true, true, true, false), Ct);
        await attached.SendTextAsync("hello\n");
        Assert.Equal("got hello\n", AttachStreams.Demultiplex(await attached.ReadToEndAsync()).Stdout);
        Assert.Equal(4, (await second.Exited.WaitAsync(Patience)).ExitCode);
    }

    [Fact]
    public async Task Daemon_KilledWithSigkill_LeavesItsContainerWritingAndItsWarmShimsGone()
    {
        await using var root = new TestRoot();
        ShimTask task = root.Task("c1", RuntimeChoice.Own, "sh", "-c", "i=0; while [ $i -lt 100000 ]; do echo line $i; i=$((i+1)); sleep 0.01; done");
        var start = new System.Diagnostics.ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment[DoomedDaemon.Variable] = root.ExecRoot;
        start.Environment["WHARF_SHIM"] = TestRoot.ShimPath;
        using var daemon = System.Diagnostics.Process.Start(start)!;
        await daemon.StandardInput.WriteAsync(System.Text.Json.JsonSerializer.Serialize(task, ShimJson.Default.ShimTask));
        daemon.StandardInput.Close();
        string[] pids = (await daemon.StandardOutput.ReadLineAsync(Ct))!.Split(' ', 3);
        Assert.Equal("", pids[2]);
        daemon.Kill();
        await daemon.WaitForExitAsync(Ct);

        long size = new FileInfo(root.LogPath("c1")).Length;
        IShim? shim = await root.Factory.ReconnectAsync("c1", Ct);
        Assert.NotNull(shim);
        Assert.Equal(pids[0], $"{shim.ShimPid}");
        Assert.Equal(pids[1], $"{shim.Pid}");
        for (int i = 0; i < 200 && new FileInfo(root.LogPath("c1")).Length <= size; i++)
        {
            await Task.Delay(20, Ct);
        }

        await shim.SignalAsync(Signal.Kill, false, Ct);
        Assert.Equal(137, (await shim.Exited.WaitAsync(Patience)).ExitCode);
        string[] lines = root.LogTexts("c1");
        Assert.True(lines.Length > 1);
        Assert.Equal(Enumerable.Range(0, lines.Length).Select(i => $"line {i}\\n"), lines);
        await shim.ReleaseAsync(Ct);
        string shims = Path.Combine(root.ExecRoot, "shims");
        int ours = 1; // the successor keeps one warm
        for (int i = 0; i < 200 && Directory.GetDirectories(shims).Length > ours; i++)
        {
            await Task.Delay(20, Ct);
        }

        Assert.True(Directory.GetDirectories(shims).Length <= ours, string.Join(' ', Directory.GetDirectories(shims)));
    }

    [Theory]
    [InlineData("own")]
    [InlineData("crun")]
    public async Task Container_EndingWithoutADaemon_LeavesItsExitOnDisk(string runtime)
    {
        await using var root = new TestRoot();
        IShim first = await root.Factory.AcquireAsync("c1", Ct);
        AssertStarted(await first.LaunchAsync(root.Task("c1", RuntimeChoice.Named(runtime), "sh", "-c", "sleep 0.5; exit 9"), Ct));
        await root.RestartDaemonAsync();
        ShimExit? exit = null;
        for (int i = 0; i < 200 && exit is null; i++)
        {
            await Task.Delay(20, Ct);
            exit = root.Factory.ReadRecordedExit("c1");
        }

        Assert.Equal(9, exit?.ExitCode);
        IShim? second = await root.Factory.ReconnectAsync("c1", Ct);
        Assert.Equal(9, (await second!.Exited.WaitAsync(Patience)).ExitCode);
        await second.ReleaseAsync(Ct);
        Assert.Null(root.Factory.ReadRecordedExit("c1"));
    }

    [Theory]
    [InlineData("own")]
    [InlineData("crun")]
    public async Task Shim_Killed_EndsItsContainerAndReportsTheUnknownExit(string runtime)
    {
        await using var root = new TestRoot();
        IShim shim = await root.Factory.AcquireAsync("c1", Ct);
        ShimLaunchResult result = await shim.LaunchAsync(root.Task("c1", RuntimeChoice.Named(runtime), "sleep", "60"), Ct);
        AssertStarted(result);
        ProcessCalls.Kill(shim.ShimPid, Signal.Kill);
        Assert.Equal(255, (await shim.Exited.WaitAsync(Patience)).ExitCode);
        Assert.Equal(0, ProcessStartTime.Of(result.Pid));
        await shim.ReleaseAsync(Ct);
    }

    [Theory]
    [InlineData("own")]
    [InlineData("crun")]
    public async Task Shim_KilledWhileNoDaemonRan_IsBuriedByTheNext(string runtime)
    {
        await using var root = new TestRoot();
        IShim shim = await root.Factory.AcquireAsync("c1", Ct);
        ShimLaunchResult result = await shim.LaunchAsync(root.Task("c1", RuntimeChoice.Named(runtime), "sleep", "60"), Ct);
        int shimPid = shim.ShimPid;
        await root.RestartDaemonAsync();
        ProcessCalls.Kill(shimPid, Signal.Kill);
        await Task.Delay(100, Ct);
        Assert.Null(await root.Factory.ReconnectAsync("c1", Ct));
        Assert.Null(root.Factory.ReadRecordedExit("c1"));
        Assert.Equal(0, ProcessStartTime.Of(result.Pid));
    }

    [Theory]
    [InlineData("own")]
    [InlineData("runc")]
    public async Task Memory_OverTheLimit_IsToldAndRecorded(string runtime)
    {
        await using var root = new TestRoot();
        IShim shim = await root.Factory.AcquireAsync("c1", Ct);
        int kills = 0;
        shim.OutOfMemory += _ => Interlocked.Increment(ref kills);
        ShimTask task = root.Task("c1", RuntimeChoice.Named(runtime), "dd", "if=/dev/zero", "of=/dev/null", "bs=100M", "count=1");
        var limits = new Oci.Runtime.LinuxResources { Memory = new Oci.Runtime.LinuxMemory { Limit = 16 << 20, Swap = 16 << 20 } };
        AssertStarted(await shim.LaunchAsync(task with { Spec = task.Spec with { Linux = task.Spec.Linux! with { Resources = limits } } }, Ct));
        ShimExit exit = await shim.Exited.WaitAsync(Patience);
        Assert.Equal(137, exit.ExitCode);
        Assert.True(exit.OutOfMemory);
        Assert.True(kills > 0);
        Assert.True(root.Factory.ReadRecordedExit("c1")?.OutOfMemory);
    }

    [Theory]
    [InlineData("own")]
    [InlineData("runc")]
    public async Task Update_ChangesTheLimitOfARunningContainer(string runtime)
    {
        await using var root = new TestRoot();
        IShim shim = await root.Factory.AcquireAsync("c1", Ct);
        AssertStarted(await shim.LaunchAsync(root.Task("c1", RuntimeChoice.Named(runtime), "sleep", "60"), Ct));
        await shim.UpdateAsync(new Oci.Runtime.LinuxResources { Pids = new Oci.Runtime.LinuxPids { Limit = 77 } }, Ct);
        string directory = Runtime.Cgroups.ContainerCgroup.Open("/wharf-shim-test/c1", "c1").DirectoryOf("pids")!;
        Assert.Equal("77", File.ReadAllText(directory + "/pids.max").Trim());
    }

    [Theory]
    [InlineData(10_000, "argument list too long")]
    [InlineData(60_000, "are the most")]
    public async Task Exec_WithMoreThanTheKernelTakes_IsRefusedAndTheContainerRunsOn(int variables, string why)
    {
        await using var root = new TestRoot();
        IShim shim = await root.Factory.AcquireAsync("c1", Ct);
        AssertStarted(await shim.LaunchAsync(root.Task("c1", RuntimeChoice.Own, "sleep", "60"), Ct));
        string[] environment = ["PATH=/bin", .. Enumerable.Range(0, variables).Select(i => $"V{i}={new string('x', variables == 10_000 ? 340 : 80)}")];
        string? refusal;
        try
        {
            refusal = (await shim.ExecAsync(new ShimExec { ExecId = "e1", Process = TestRoot.Process("true") with { Env = environment } }, Ct)).Error;
        }
        catch (WharfException refused)
        {
            refusal = refused.Message;
        }

        Assert.Contains(why, refusal);
        AssertStarted(await shim.ExecAsync(new ShimExec { ExecId = "e2", Process = TestRoot.Process("true") }, Ct));
        Assert.Equal(0, (await shim.ExecExited("e2").WaitAsync(Patience)).ExitCode);
    }

    [Fact]
    public async Task Shim_WithACgroupOfItsOwn_IsNotInTheDaemons()
    {
        await using var root = new TestRoot();
        await using var factory = new ShimFactory(new ShimFactoryOptions
        {
            ExecRoot = root.ExecRoot, ShimPath = TestRoot.ShimPath!, WarmCount = 0, ShimCgroup = "/wharf-shim-test/shims",
        });
        await using (IShim shim = await factory.AcquireAsync("c1", Ct))
        {
            Assert.Contains(ProcessCgroups.Of(shim.ShimPid).Values, path => path == "/wharf-shim-test/shims");
        }
    }

    [Fact]
    public async Task Cgroup_IsGoneAfterTheEnd()
    {
        await using var root = new TestRoot();
        IShim shim = await root.Factory.AcquireAsync("c1", Ct);
        AssertStarted(await shim.LaunchAsync(root.Task("c1", RuntimeChoice.Own, "true"), Ct));
        await shim.Exited.WaitAsync(Patience);
        await shim.ReleaseAsync(Ct);
        var cgroup = Runtime.Cgroups.ContainerCgroup.Open("/wharf-shim-test/c1", "c1");
        Assert.DoesNotContain(cgroup.Layout.Hierarchies, h => Directory.Exists(h.MountPoint + cgroup.Path));
    }

    [Fact]
    public async Task Container_InTheHostsPidNamespace_TakesItsChildrenAlong()
    {
        await using var root = new TestRoot();
        IShim shim = await root.Factory.AcquireAsync("c1", Ct);
        ShimTask task = root.Task("c1", RuntimeChoice.Own, "sh", "-c", "sleep 1234 & exit 2");
        task = task with { Spec = task.Spec with { Linux = task.Spec.Linux! with { Namespaces = [.. task.Spec.Linux.Namespaces!.Where(n => n.Type != "pid")] } } };
        AssertStarted(await shim.LaunchAsync(task, Ct));
        Assert.Equal(2, (await shim.Exited.WaitAsync(TimeSpan.FromSeconds(10))).ExitCode);
        await shim.ReleaseAsync(Ct);
        Assert.Empty(Runtime.Cgroups.ContainerCgroup.Open("/wharf-shim-test/c1", "c1").Pids());
    }

    [Fact]
    public async Task Execs_Many_LeaveNothingInTheShim()
    {
        await using var root = new TestRoot();
        IShim shim = await root.Factory.AcquireAsync("c1", Ct);
        AssertStarted(await shim.LaunchAsync(root.Task("c1", RuntimeChoice.Own, "sleep", "600"), Ct));
        async Task<int> RunAsync(int count)
        {
            for (int i = 0; i < count; i++)
            {
                string id = Guid.NewGuid().ToString("n");
                using Socket attached = await shim.AttachAsync(new ShimAttach(id, false, true, true, false), Ct);
                AssertStarted(await shim.ExecAsync(new ShimExec { ExecId = id, Process = TestRoot.Process("true") }, Ct));
                await shim.ExecExited(id).WaitAsync(Patience);
            }

            return Directory.GetFiles($"/proc/{shim.ShimPid}/fd").Length;
        }

        int before = await RunAsync(5);
        Assert.InRange(await RunAsync(100), 0, before + 2);
    }

    [Fact]
    public async Task Acquire_WhileTheContainerHasAShim_IsRefused()
    {
        await using var root = new TestRoot();
        await using IShim shim = await root.Factory.AcquireAsync("c1", Ct);
        Assert.Equal(ErrorKind.Conflict, (await Assert.ThrowsAsync<WharfException>(() => root.Factory.AcquireAsync("c1", Ct))).Kind);
    }

    [Theory]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("")]
    [InlineData("warm-x")]
    public async Task Acquire_WithANameThatIsNoId_IsRefused(string id)
    {
        await using var root = new TestRoot();
        Assert.Equal(ErrorKind.InvalidArgument, (await Assert.ThrowsAsync<WharfException>(() => root.Factory.AcquireAsync(id, Ct))).Kind);
    }

    [Fact]
    public async Task Directories_AreClosedToOthersAndGoWithTheFactory()
    {
        await using var root = new TestRoot();
        IShim shim = await root.Factory.AcquireAsync("c1", Ct);
        string shims = Path.Combine(root.ExecRoot, "shims");
        Assert.All((string[])[shims, Path.Combine(shims, "c1")], d => Assert.Equal((UnixFileMode)0x1C0, File.GetUnixFileMode(d)));
        int pid = shim.ShimPid;
        await root.RestartDaemonAsync();
        for (int i = 0; i < 100 && ProcessStartTime.Of(pid) != 0; i++)
        {
            await Task.Delay(20, Ct);
        }

        Assert.Equal(0, ProcessStartTime.Of(pid));
        for (int i = 0; i < 100 && Directory.EnumerateDirectories(shims).Any(); i++)
        {
            await Task.Delay(20, Ct);
        }

        Assert.Empty(Directory.EnumerateDirectories(shims));
    }

    private static void AssertStarted(ShimLaunchResult result) => Assert.True(result.Error is null, result.Error);
}
