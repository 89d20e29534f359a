using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Win32.SafeHandles;
using Wharf.Linux;

namespace Wharf.OciRuntime.Tests.Lifecycle;

/// <summary>The commands in the order in which engines give them.</summary>
public sealed class LifecycleTests : IDisposable
{
    private readonly Runtime _runtime = new();

    public void Dispose() => _runtime.Dispose();

    [Fact]
    public void PidFdSocket_GetsADescriptorOfEachProcess()
    {
        string path = _runtime.Bundle + "/pidfd";
        UnixSocketCalls.Listen(path, SocketKind.Stream, nonBlocking: false, 4, out SafeFileHandle listener).ThrowIfError("listen", path);
        using (listener)
        {
            _runtime.Configure(["sleep", "1000"]);
            _runtime.Run("create", "--no-subreaper", "--pidfd-socket", path, "--bundle", _runtime.Bundle, "c").Succeed();
            try
            {
                using SafeFileHandle first = Received(listener);
                _runtime.Run("start", "c").Succeed();
                _runtime.Run("exec", "--detach", "--pidfd-socket", path, "c", "sleep", "2000").Succeed();
                using SafeFileHandle second = Received(listener);
                ProcessCalls.SendSignal(second, Signal.Kill).ThrowIfError("pidfd_send_signal");
                Assert.True(SpinWait.SpinUntil(() => !_runtime.Run("ps", "c").Output.Contains("sleep 2000", StringComparison.Ordinal), TimeSpan.FromMinutes(1)));
                Assert.Contains("\"running\"", _runtime.Run("state", "c").Output);
                ProcessCalls.SendSignal(first, Signal.Kill).ThrowIfError("pidfd_send_signal");
                Assert.True(SpinWait.SpinUntil(() => _runtime.Run("state", "c").Output.Contains("\"stopped\"", StringComparison.Ordinal), TimeSpan.FromMinutes(1)));
            }
            finally
            {
                _runtime.Run("delete", "--force", "c").Succeed();
            }
        }
    }

    [Fact]
    public void Container_FromCreateToDelete_GoesThroughItsStates()
    {
        _runtime.Configure(["sh", "-c", "echo started; sleep 1000"]);
        string pidFile = _runtime.Bundle + "/pid";

        _runtime.Run("create", "--bundle", _runtime.Bundle, "--pid-file", pidFile, "c").Succeed();
        Assert.Equal("created", Status());
        Assert.True(Directory.Exists($"/proc/{File.ReadAllText(pidFile)}"));
        Assert.Contains("already exists", _runtime.Run("create", "--bundle", _runtime.Bundle, "c").Error);
        _runtime.Run("start", "c").Succeed();
        Assert.Equal("running", Status());
        Assert.Contains("cannot start an already running container", _runtime.Run("start", "c").Error);
        Assert.Equal("wharf\n", _runtime.Run("exec", "c", "hostname").Succeed().Output);
        Assert.Equal(6, _runtime.Run("exec", "c", "sh", "-c", "exit 6").ExitCode);
        Assert.Contains("sleep 1000", _runtime.Run("ps", "c").Succeed().Output);
        Assert.StartsWith("[", _runtime.Run("ps", "--format", "json", "c").Succeed().Output);
        Assert.Matches("^PID +NI +CMD\n[0-9]+ +0 +sleep 1000\n$", _runtime.Run("ps", "c", "-o", "pid,ni,cmd").Succeed().Output);
        Assert.StartsWith("PID TTY STAT TIME COMMAND", string.Join(' ', _runtime.Run("ps", "c", "-e", "-x").Succeed().Output.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
        Assert.StartsWith("PID TTY TIME CMD", string.Join(' ', _runtime.Run("ps", "c", "-e").Succeed().Output.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
        Assert.Contains("%CPU", _runtime.Run("ps", "c", "aux").Succeed().Output);
        Assert.Contains("the ps option -q needs a value", _runtime.Run("ps", "c", "-q").Error);
        _runtime.Run("pause", "c").Succeed();
        Assert.Equal("paused", Status());
        _runtime.Run("resume", "c").Succeed();
        _runtime.Run("update", "c", "--pids-limit", "33").Succeed();
        _runtime.Run("kill", "c", "0").Succeed();
        using JsonDocument events = JsonDocument.Parse(_runtime.Run("events", "--stats", "c").Succeed().Output);
        Assert.Equal("stats", events.RootElement.GetProperty("type").GetString());
        Assert.Contains("that is not stopped", _runtime.Run("delete", "c").Error);
        Assert.Contains("\nc ", "\n" + _runtime.Run("list").Succeed().Output.Split('\n')[1]);
        _runtime.Run("kill", "c", "KILL").Succeed();
        Assert.True(SpinWait.SpinUntil(() => Status() == "stopped", TimeSpan.FromSeconds(20)));
        Assert.Contains("container not running", _runtime.Run("kill", "c").Error);
        _runtime.Run("delete", "c").Succeed();
        Assert.Contains("container does not exist", _runtime.Run("state", "c").Error);
        Assert.Empty(Directory.GetFileSystemEntries(_runtime.Root));
        _runtime.Run("delete", "--force", "c").Succeed();
    }

    [Fact]
    public void Create_MissingProgram_FailsAndLeavesNothing()
    {
        _runtime.Configure(["nope"]);

        Answer answer = _runtime.Run("--log", _runtime.Bundle + "/log", "--log-format", "json", "create", "--bundle", _runtime.Bundle, "c");

        Assert.Equal(127, answer.ExitCode);
        using JsonDocument log = JsonDocument.Parse(File.ReadLines(_runtime.Bundle + "/log").Last());
        Assert.Equal("unable to start container process: exec: \"nope\": executable file not found in $PATH", log.RootElement.GetProperty("msg").GetString());
        Assert.Empty(Directory.GetFileSystemEntries(_runtime.Root));
    }

    [Fact]
    public void Run_Foreground_GivesTheStatusAndCleansUp()
    {
        _runtime.Configure(["sh", "-c", "echo out; echo err >&2; exit 7"]);

        Answer answer = _runtime.Run("run", "--bundle", _runtime.Bundle, "c");

        Assert.Equal((7, "out\n", "err\n"), (answer.ExitCode, answer.Output, answer.Error));
        Assert.Empty(Directory.GetFileSystemEntries(_runtime.Root));
    }

    [Fact]
    public void Run_Hooks_ComeInTheSpecificationsOrder()
    {
        string trace = _runtime.Bundle + "/trace";
        JsonArray Hook(string name) => [new JsonObject { ["path"] = "/bin/sh", ["args"] = new JsonArray("sh", "-c", $"read state; echo {name} >> {trace}") }];
        _runtime.Configure(["true"], config => config["hooks"] = new JsonObject
        {
            ["prestart"] = Hook("prestart"),
            ["createRuntime"] = Hook("createRuntime"),
            ["createContainer"] = Hook("createContainer"),
            ["poststart"] = Hook("poststart"),
            ["poststop"] = Hook("poststop"),
        });

        _runtime.Run("run", "--bundle", _runtime.Bundle, "c").Succeed();

        Assert.Equal(["prestart", "createRuntime", "createContainer", "poststart", "poststop"], File.ReadAllLines(trace));
    }

    [Fact]
    public void Create_FailingHook_StopsTheStart()
    {
        _runtime.Configure(["true"], config => config["hooks"] = new JsonObject { ["createRuntime"] = new JsonArray(new JsonObject { ["path"] = "/bin/false" }) });

        Answer answer = _runtime.Run("create", "--bundle", _runtime.Bundle, "c");

        Assert.NotEqual(0, answer.ExitCode);
        Assert.Contains("error running createRuntime hook /bin/false: exit status 1", answer.Error);
        Assert.Empty(Directory.GetFileSystemEntries(_runtime.Root));
    }

    [Theory]
    [InlineData("--systemd-cgroup", "systemd cgroup driver is not supported")]
    [InlineData("--nonsense", "flag provided but not defined")]
    public void GlobalFlag_ThatCannotBeHad_IsRefused(string flag, string expected) =>
        Assert.Contains(expected, _runtime.Run(flag, "list").Error);

    [Theory]
    [InlineData("create", "--bundle, -b value")]
    [InlineData("exec", "--env, -e value")]
    public void Command_Help_NamesItsFlags(string command, string expected) => Assert.Contains(expected, _runtime.Run(command, "-h").Succeed().Output);

    [Fact]
    public void Features_AreJson()
    {
        using JsonDocument features = JsonDocument.Parse(_runtime.Run("features").Succeed().Output);

        Assert.True(features.RootElement.GetProperty("linux").GetProperty("seccomp").GetProperty("enabled").GetBoolean());
    }

    [Fact]
    public void DebugPlan_PrintsEveryStepAndDoesNone()
    {
        _runtime.Configure(["true"]);

        string plan = _runtime.Run("debug", "--bundle", _runtime.Bundle, "plan").Succeed().Output;

        Assert.Contains("pivot_root", plan);
        Assert.False(Directory.Exists(_runtime.Bundle + "/rootfs/proc"));
    }

    private string? Status() => JsonNode.Parse(_runtime.Run("state", "c").Succeed().Output)!["status"]!.GetValue<string>();

    private static SafeFileHandle Received(SafeFileHandle listener)
    {
        UnixSocketCalls.Accept(listener, nonBlocking: false, out SafeFileHandle connection).ThrowIfError("accept");
        using (connection)
        {
            UnixSocketCalls.Receive(connection, new byte[64], out _, out SafeFileHandle[] descriptors).ThrowIfError("recvmsg");
            return Assert.Single(descriptors);
        }
    }
}
