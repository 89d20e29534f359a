using System.IO.Pipelines;
using System.Text;
using Wharf.Api.Containers;
using Wharf.Api.Execs;
using Wharf.Engine.Streams;
using Wharf.Engine.Tests.Fakes;
using Wharf.Primitives;
using Wharf.Runtime.Shims;

namespace Wharf.Engine.Tests.Execs;

public sealed class ExecTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task Exec_Attached_GivesOutputAndCodeWhenTheStreamEnds()
    {
        await using EngineRig rig = await EngineRig.StartAsync();
        string id = await rig.RunAsync();
        FakeShim shim = rig.Shim(id);
        string exec = await rig.Engine.Execs.CreateAsync(id, new ExecCreateRequest { Cmd = ["echo"], AttachStdout = true, Env = ["A=b"] }, None);
        Assert.False(rig.Engine.Execs.Inspect(exec).Running);
        await using IStreamSession session = (await rig.Engine.Execs.StartAsync(exec, new ExecStartRequest(), None))!;
        Assert.True(rig.Engine.Execs.Inspect(exec).Running);
        Assert.Contains("A=b", shim.LastExec!.Process.Env!);
        Task<string> output = RunAsync(session);
        shim.ExecOutput("hello");
        shim.ExecClose();

        // the stream is at its end before the shim tells the exit: the code must be there all the same when the client asks
        await Task.Delay(100);
        shim.ExecExit(exec, 9);
        Assert.Equal("hello", await output.WaitAsync(TimeSpan.FromSeconds(10)));
        ExecInspectResponse shown = rig.Engine.Execs.Inspect(exec);
        Assert.Equal((false, 9L), (shown.Running, shown.ExitCode));
        Assert.Equal(["create", "start", "exec_create: echo", "exec_start: echo", "exec_die"], await rig.ActionsAsync(id));
    }

    [Fact]
    public async Task Exec_ProgramMissing_SaysSoOnTheStream()
    {
        await using EngineRig rig = await EngineRig.StartAsync();
        string id = await rig.RunAsync();
        rig.Shim(id).ExecRefusal = new ShimLaunchResult(0, default, "unable to start container process: exec: \"nope\": executable file not found in $PATH", 127);
        string exec = await rig.Engine.Execs.CreateAsync(id, new ExecCreateRequest { Cmd = ["nope"], AttachStdout = true, Tty = true }, None);
        await using IStreamSession session = (await rig.Engine.Execs.StartAsync(exec, new ExecStartRequest { Tty = true }, None))!;
        Assert.Equal("OCI runtime exec failed: exec failed: unable to start container process: exec: \"nope\": executable file not found in $PATH: unknown\r\n", await RunAsync(session));
        Assert.Equal(127, rig.Engine.Execs.Inspect(exec).ExitCode);
    }

    [Fact]
    public async Task Exec_DetachedProgramMissing_IsThrown()
    {
        await using EngineRig rig = await EngineRig.StartAsync();
        string id = await rig.RunAsync();
        rig.Shim(id).ExecRefusal = new ShimLaunchResult(0, default, "exec: \"nope\": permission denied", 126);
        string exec = await rig.Engine.Execs.CreateAsync(id, new ExecCreateRequest { Cmd = ["nope"] }, None);
        await Assert.ThrowsAsync<WharfException>(() => rig.Engine.Execs.StartAsync(exec, new ExecStartRequest { Detach = true }, None));
        Assert.Equal(126, rig.Engine.Execs.Inspect(exec).ExitCode);
    }

    [Fact]
    public async Task Exec_WhereItCannotRun_IsRefusedInDockersWords()
    {
        await using EngineRig rig = await EngineRig.StartAsync();
        string id = await rig.RunAsync(), idle = await rig.CreateAsync();
        var request = new ExecCreateRequest { Cmd = ["x"] };
        Assert.Equal($"container {idle} is not running", await ErrorAsync(() => rig.Engine.Execs.CreateAsync(idle, request, None)));
        Assert.Equal("No exec command specified", await ErrorAsync(() => rig.Engine.Execs.CreateAsync(id, new ExecCreateRequest(), None)));
        await rig.Containers.PauseAsync(id, None);
        Assert.Equal($"Container {id} is paused, unpause the container before exec", await ErrorAsync(() => rig.Engine.Execs.CreateAsync(id, request, None)));
        Assert.Equal("No such exec instance: gone", Assert.Throws<WharfException>(() => rig.Engine.Execs.Inspect("gone")).Message);
    }

    [Fact]
    public async Task Exec_StartedTwice_IsAConflict()
    {
        await using EngineRig rig = await EngineRig.StartAsync();
        string id = await rig.RunAsync();
        string exec = await rig.Engine.Execs.CreateAsync(id, new ExecCreateRequest { Cmd = ["x"] }, None);
        Assert.Null(await rig.Engine.Execs.StartAsync(exec, new ExecStartRequest { Detach = true }, None));
        Assert.Equal($"exec {exec} is already running", await ErrorAsync(() => rig.Engine.Execs.StartAsync(exec, new ExecStartRequest { Detach = true }, None)));
    }

    [Fact]
    public async Task Attach_BeforeTheStart_UsesTheShimThatIsStarted()
    {
        await using EngineRig rig = await EngineRig.StartAsync();
        string id = await rig.CreateAsync();
        IStreamSession session = await rig.Containers.AttachAsync(id, new AttachOptions { Stdout = true }, None);
        FakeShim prepared = rig.Shim(id);
        await rig.Containers.StartAsync(id, None);
        Assert.Same(prepared, rig.Shim(id));
        Assert.NotNull(prepared.Launched);
        await session.DisposeAsync();
        Assert.False(prepared.Disposed);
    }

    [Fact]
    public async Task Attach_LeftWithoutAStart_LetsTheShimGo()
    {
        await using EngineRig rig = await EngineRig.StartAsync();
        string id = await rig.CreateAsync();
        IStreamSession one = await rig.Containers.AttachAsync(id, new AttachOptions { Stdout = true }, None), two = await rig.Containers.AttachAsync(id, new AttachOptions { Stdout = true }, None);
        await one.DisposeAsync();
        Assert.False(rig.Shim(id).Disposed);
        await two.DisposeAsync();
        Assert.True(rig.Shim(id).Disposed);
    }

    [Fact]
    public async Task Attach_DetachKeys_LeaveTheContainerRunning()
    {
        await using EngineRig rig = await EngineRig.StartAsync();
        string id = await rig.CreateAsync(new ContainerCreateRequest { Tty = true, OpenStdin = true });
        await using IStreamSession session = await rig.Containers.AttachAsync(id, new AttachOptions { Stdin = true, Stdout = true, DetachKeys = "ctrl-a,x" }, None);
        await rig.Containers.StartAsync(id, None);
        var input = new Pipe();
        await input.Writer.WriteAsync("ls\u0001x"u8.ToArray());
        Assert.Equal(StreamEnd.Detached, await session.RunAsync(input.Reader, new Pipe().Writer, null, None).WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.Equal("ls", rig.Shim(id).Typed());
        Assert.Equal("running", (await rig.InspectAsync(id)).State!.Status);
        Assert.Equal(["create", "start", "attach", "detach"], await rig.ActionsAsync(id));
    }

    [Fact]
    public async Task Attach_BadKeysOrPaused_IsRefusedBeforeAnything()
    {
        await using EngineRig rig = await EngineRig.StartAsync();
        string id = await rig.RunAsync();
        Assert.Equal(ErrorKind.InvalidArgument, (await Assert.ThrowsAsync<WharfException>(() => rig.Containers.AttachAsync(id, new AttachOptions { DetachKeys = "ctrl-ä" }, None))).Kind);
        await rig.Containers.PauseAsync(id, None);
        Assert.Equal($"container {id} is paused, unpause the container before attach", await ErrorAsync(() => rig.Containers.AttachAsync(id, new AttachOptions { Stdout = true }, None)));
    }

    private static async Task<string> ErrorAsync(Func<Task> action) => (await Assert.ThrowsAsync<WharfException>(action)).Message;

    private static async Task<string> RunAsync(IStreamSession session)
    {
        var output = new Pipe();
        Task run = Task.Run(async () =>
        {
            await session.RunAsync(new Pipe().Reader, output.Writer, null, None);
            await output.Writer.CompleteAsync();
        });
        using var reader = new StreamReader(output.Reader.AsStream(), Encoding.UTF8);
        string text = await reader.ReadToEndAsync();
        await run;
        return text;
    }
}
