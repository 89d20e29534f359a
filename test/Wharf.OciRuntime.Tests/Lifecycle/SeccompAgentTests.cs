using System.Text.Json.Nodes;

namespace Wharf.OciRuntime.Tests.Lifecycle;

/// <summary>SCMP_ACT_NOTIFY: calls over which a program of the host decides (config-linux.md, "Seccomp").</summary>
public sealed class SeccompAgentTests : IDisposable
{
    private const string NoMedium = "No medium found";

    private readonly Runtime _runtime = new();

    private string Socket => _runtime.Root + ".agent";

    public void Dispose() => _runtime.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Run_CallOfTheAgent_EndsAsItDecides(bool noNewPrivileges)
    {
        using var agent = new SeccompAgent(Socket);
        Configure(["busybox", "mkdir", "/x"], noNewPrivileges, ["mkdir"]);

        Answer answer = _runtime.Run("run", "--bundle", _runtime.Bundle, "c");

        Assert.Equal(1, answer.ExitCode);
        Assert.Contains(NoMedium, answer.Error);
        JsonNode state = Assert.Single(agent.States);
        Assert.Equal("seccompFd", (string?)Assert.Single(state["fds"]!.AsArray()));
        Assert.Equal("told", (string?)state["metadata"]);
        Assert.Equal(("c", "creating", _runtime.Bundle), ((string?)state["state"]!["id"], (string?)state["state"]!["status"], (string?)state["state"]!["bundle"]));
        Assert.Equal("kept", (string?)state["state"]!["annotations"]!["note"]);
        Assert.Equal((int)state["pid"]!, (int)state["state"]!["pid"]!);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Run_CallsOfTheStartItself_AreDecidedToo(bool noNewPrivileges)
    {
        using var agent = new SeccompAgent(Socket);
        Configure(["true"], noNewPrivileges, ["execve", "openat", "open", "read", "close", "capset"]);

        _runtime.Run("run", "--bundle", _runtime.Bundle, "c").Succeed();

        Assert.Single(agent.States);
    }

    [Fact]
    public void Exec_HasAListenerOfItsOwn_AndIsAnsweredNoSuchCallWithoutAgent()
    {
        using (var agent = new SeccompAgent(Socket))
        {
            Configure(["sleep", "1000"], false, ["mkdir"]);
            _runtime.Run("create", "--bundle", _runtime.Bundle, "c").Succeed();
            try
            {
                _runtime.Run("start", "c").Succeed();
                Assert.Contains(NoMedium, _runtime.Run("exec", "c", "busybox", "mkdir", "/x").Error);
                JsonNode[] states = [.. agent.States];
                Assert.Equal(2, states.Length);
                Assert.Equal("running", (string?)states[1]["state"]!["status"]);
                Assert.Equal((int)states[0]["pid"]!, (int)states[1]["state"]!["pid"]!);
                Assert.NotEqual((int)states[0]["pid"]!, (int)states[1]["pid"]!);

                agent.Dispose();
                Assert.Contains("failed to connect with seccomp agent", _runtime.Run("exec", "c", "true").Error);
            }
            finally
            {
                _runtime.Run("delete", "--force", "c").Succeed();
            }
        }
    }

    [Fact]
    public void Run_HookInTheContainer_GetsNoDescriptorOfTheListener()
    {
        using var agent = new SeccompAgent(Socket);
        Configure(["true"], false, ["mkdir"], config => config["hooks"] = new JsonObject
        {
            ["startContainer"] = new JsonArray(new JsonObject { ["path"] = "/bin/sh", ["args"] = new JsonArray("sh", "-c", "test $(busybox ls /proc/self/fd | busybox wc -l) = 4") }),
        });

        _runtime.Run("run", "--bundle", _runtime.Bundle, "c").Succeed();
    }

    [Fact]
    public void Run_NobodyListens_SaysSoAndLeavesNothing()
    {
        Configure(["true"], false, ["mkdir"]);

        Assert.Contains("failed to connect with seccomp agent", _runtime.Run("run", "--bundle", _runtime.Bundle, "c").Error);
        Assert.Contains("container does not exist", _runtime.Run("state", "c").Error);
    }

    [Fact]
    public void Run_ListenerPathWithoutUse_AsksNobody()
    {
        Configure(["busybox", "mkdir", "/tmp-made"], false, []);

        _runtime.Run("run", "--bundle", _runtime.Bundle, "c").Succeed();
    }

    [Theory]
    [InlineData("write", "SCMP_ACT_ALLOW", "", "SCMP_ACT_NOTIFY cannot be used for the write syscall")]
    [InlineData("mkdir", "SCMP_ACT_NOTIFY", "", "SCMP_ACT_NOTIFY cannot be used as default action")]
    [InlineData("mkdir", "SCMP_ACT_ALLOW", "listenerPath", "seccomp listenerPath is not set")]
    public void Run_ProfileThatCannotWork_IsRefused(string call, string fallback, string removed, string expected)
    {
        using var agent = new SeccompAgent(Socket);
        Configure(["true"], false, [call], config =>
        {
            config["linux"]!["seccomp"]!["defaultAction"] = fallback;
            config["linux"]!["seccomp"]!.AsObject().Remove(removed);
        });

        Assert.Contains(expected, _runtime.Run("run", "--bundle", _runtime.Bundle, "c").Error);
        Assert.Empty(agent.States);
    }

    private void Configure(string[] args, bool noNewPrivileges, string[] calls, Action<JsonNode>? change = null) => _runtime.Configure(args, config =>
    {
        config["annotations"] = new JsonObject { ["note"] = "kept" };
        config["root"]!["readonly"] = false;
        config["process"]!["noNewPrivileges"] = noNewPrivileges;
        config["linux"]!["seccomp"] = new JsonObject
        {
            ["defaultAction"] = "SCMP_ACT_ALLOW",
            ["listenerPath"] = Socket,
            ["listenerMetadata"] = "told",
            ["architectures"] = new JsonArray("SCMP_ARCH_X86", "SCMP_ARCH_X32", "SCMP_ARCH_X86_64"),
            ["syscalls"] = calls.Length == 0 ? new JsonArray() : new JsonArray(new JsonObject { ["names"] = new JsonArray([.. calls.Select(c => (JsonNode)c)]), ["action"] = "SCMP_ACT_NOTIFY" }),
        };
        change?.Invoke(config);
    });
}
