using System.Text.Json.Nodes;

namespace Wharf.OciRuntime.Tests.Lifecycle;

/// <summary>Corners of config.json in which runtimes are held to the specification, or to each other.</summary>
public sealed class SpecificationTests : IDisposable
{
    private readonly Runtime _runtime = new();

    public void Dispose() => _runtime.Dispose();

    [Fact]
    public void Run_SpecificationOfAnotherName_IsTakenFromTheBundle()
    {
        _runtime.Configure(["echo", "other"]);
        File.Move(_runtime.Bundle + "/config.json", _runtime.Bundle + "/other.json");

        Assert.Equal("other\n", _runtime.Run("run", "--config", "other.json", "--bundle", _runtime.Bundle, "c").Succeed().Output);
        Assert.Contains(_runtime.Bundle + "/config.json not found", _runtime.Run("run", "--bundle", _runtime.Bundle, "c").Error);
    }

    [Fact]
    public void Run_UnknownCapability_IsLeftOutWithAWarning()
    {
        _runtime.Configure(["sh", "-c", "while read -r name value; do test $name != CapBnd: || echo $value; done </proc/self/status"], config =>
        {
            foreach (string set in new[] { "bounding", "effective", "permitted" })
            {
                config["process"]!["capabilities"]![set] = new JsonArray("CAP_KILL", "CAP_FLY");
            }
        });

        Answer answer = _runtime.Run("--debug", "run", "--bundle", _runtime.Bundle, "c").Succeed();

        Assert.Equal("0000000000000020\n", answer.Output);
        Assert.Equal(2, answer.Error.Split("capability CAP_FLY is unknown").Length);
    }

    [Fact]
    public void Start_PoststartHookThatFails_IsAnErrorAndStopsTheContainer()
    {
        _runtime.Configure(["sleep", "1000"], config => config["hooks"] = new JsonObject { ["poststart"] = new JsonArray(new JsonObject { ["path"] = "/bin/false" }) });
        _runtime.Run("create", "--bundle", _runtime.Bundle, "c").Succeed();
        Assert.Contains("error running poststart hook /bin/false", _runtime.Run("start", "c").Error);
        Assert.Contains("\"stopped\"", _runtime.Run("state", "c").Succeed().Output);
        _runtime.Run("delete", "c").Succeed();

        Assert.Contains("error running poststart hook /bin/false", _runtime.Run("run", "--detach", "--bundle", _runtime.Bundle, "c").Error);
        Assert.Contains("container does not exist", _runtime.Run("state", "c").Error);
    }

    [Fact]
    public void Hook_TimeoutOfNoTime_IsRefused()
    {
        _runtime.Configure(["true"], config => config["hooks"] = new JsonObject { ["prestart"] = new JsonArray(new JsonObject { ["path"] = "/bin/true", ["timeout"] = 0 }) });

        Assert.Contains("timeout must be greater than zero", _runtime.Run("run", "--bundle", _runtime.Bundle, "c").Error);
    }

    [Theory]
    [InlineData(null, "outer")]
    [InlineData("[]", "")]
    [InlineData("""["OUTER=own"]""", "own")]
    public void Hook_Environment_IsOursUnlessItHasItsOwn(string? environment, string expected)
    {
        string trace = _runtime.Bundle + "/trace";
        _runtime.Before = "export OUTER=outer; ";
        foreach (string kind in new[] { "prestart", "createContainer" })
        {
            var hook = new JsonObject { ["path"] = "/bin/sh", ["args"] = new JsonArray("sh", "-c", $"echo $OUTER >{trace}") };
            if (environment is not null)
            {
                hook["env"] = JsonNode.Parse(environment);
            }

            _runtime.Configure(["true"], config => config["hooks"] = new JsonObject { [kind] = new JsonArray(hook) });
            _runtime.Run("run", "--bundle", _runtime.Bundle, "c").Succeed();

            Assert.Equal(expected + "\n", File.ReadAllText(trace));
        }
    }

    [Fact]
    public void StartContainerHook_HasTheRightsAndVariablesOfTheContainersProcess()
    {
        _runtime.Before = "export OUTER=outer; ";
        _runtime.Configure(["cat", "/told"], config =>
        {
            config["root"]!["readonly"] = false;
            config["process"]!["env"]!.AsArray().Add("INNER=inner");
            config["hooks"] = new JsonObject
            {
                ["startContainer"] = new JsonArray(new JsonObject
                {
                    ["path"] = "/bin/busybox",
                    ["args"] = new JsonArray("sh", "-c", "read -r state; echo $OUTER$INNER $state >/told; while read -r name value; do case $name in CapEff: | NoNewPrivs:) echo $value;; esac; done </proc/self/status >>/told"),
                }),
            };
        });

        string[] told = _runtime.Run("run", "--bundle", _runtime.Bundle, "c").Succeed().Output.Split('\n');

        Assert.StartsWith("inner {", told[0]);
        Assert.Contains("\"status\":\"created\"", told[0]);
        Assert.Equal(["0000000020000420", "1"], told[1..3]);
    }

    [Fact]
    public void StartContainerHook_IsFilteredAsTheContainersProcessIs()
    {
        _runtime.Configure(["true"], config =>
        {
            config["root"]!["readonly"] = false;
            config["linux"]!["seccomp"] = JsonNode.Parse("""{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO"}]}""");
            config["hooks"] = new JsonObject { ["startContainer"] = new JsonArray(new JsonObject { ["path"] = "/bin/busybox", ["args"] = new JsonArray("mkdir", "/made") }) };
        });

        Answer answer = _runtime.Run("run", "--bundle", _runtime.Bundle, "c");

        Assert.NotEqual(0, answer.ExitCode);
        Assert.Contains("error running startContainer hook /bin/busybox: exit status 1", answer.Error);
        Assert.False(Directory.Exists(_runtime.Bundle + "/rootfs/made"));
        Assert.Empty(Directory.GetFileSystemEntries(_runtime.Root));
    }

    [Fact]
    public void Run_ReadOnlyDev_HasItsNodesAndTakesNoMore()
    {
        _runtime.Configure(["sh", "-c", "echo x >/dev/null; cat /proc/self/mountinfo"], config =>
            config["mounts"]!.AsArray().Single(m => (string?)m!["destination"] == "/dev")!["options"]!.AsArray().Add("ro"));

        string[] mounts = _runtime.Run("run", "--bundle", _runtime.Bundle, "c").Succeed().Output.Split('\n');

        Assert.Contains(mounts, line => line.Contains(" /dev ro,", StringComparison.Ordinal));
        Assert.Contains(mounts, line => line.Contains(" /dev/pts rw,", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("--no-pivot=false")]
    [InlineData("--no-pivot")]
    public void Run_UserNamespaceInside_CannotMountABareProc(string flag)
    {
        _runtime.Configure(["busybox", "unshare", "-mrpf", "busybox", "mount", "-t", "proc", "none", "/proc"], config =>
        {
            foreach (string set in new[] { "bounding", "effective", "permitted" })
            {
                config["process"]!["capabilities"]![set]!.AsArray().Add("CAP_SETFCAP");
            }
        });

        Answer answer = _runtime.Run("run", flag, "--bundle", _runtime.Bundle, "c");

        Assert.NotEqual(0, answer.ExitCode);
        Assert.Contains("mount: permission denied", answer.Error);
    }

    [Fact]
    public void Run_CgroupOfAnotherContainer_IsRefusedAndLeftAlone()
    {
        _runtime.Configure(["sleep", "1000"]);
        _runtime.Run("run", "--detach", "--bundle", _runtime.Bundle, "first").Succeed();
        try
        {
            Assert.Contains("container's cgroup is not empty: 1 process(es) found", _runtime.Run("run", "--bundle", _runtime.Bundle, "second").Error);
            _runtime.Run("pause", "first").Succeed();
            Assert.Contains("container's cgroup unexpectedly frozen", _runtime.Run("run", "--bundle", _runtime.Bundle, "second").Error);
            Answer paused = _runtime.Run("exec", "first", "true");
            Assert.Equal(255, paused.ExitCode);
            Assert.Contains("cannot exec in a paused container", paused.Error);
            _runtime.Run("resume", "first").Succeed();
            _runtime.Run("exec", "first", "true").Succeed();
        }
        finally
        {
            _runtime.Run("delete", "--force", "first").Succeed();
        }

        Assert.Empty(Directory.GetFileSystemEntries(_runtime.Root));
    }

    [Fact]
    public void Update_Memory_TakesSizesAndRefusesNonsense()
    {
        _runtime.Configure(["sleep", "1000"]);
        _runtime.Run("run", "--detach", "--bundle", _runtime.Bundle, "c").Succeed();
        try
        {
            _runtime.Run("update", "--memory", "50M", "--memory-swap", "-1", "c").Succeed();
            Assert.Contains("\"limit\":52428800", _runtime.Run("events", "--stats", "c").Succeed().Output);
            _runtime.Run("update", "--memory-swap", "60M", "c").Succeed();
            _runtime.Run("update", "--memory", "-1", "c").Succeed();
            Assert.DoesNotContain("\"limit\":52428800", _runtime.Run("events", "--stats", "c").Succeed().Output);
            Assert.Contains("invalid value for memory: invalid suffix: 'X'", _runtime.Run("update", "--memory", "50X", "c").Error);
        }
        finally
        {
            _runtime.Run("delete", "--force", "c").Succeed();
        }
    }

    [Theory]
    [InlineData("--apparmor", "wharf-test-profile")]
    [InlineData("--process-label", "system_u:system_r:wharf_test_t:s0")]
    public void Exec_LabelThatCannotBeSet_IsAnErrorThatNamesIt(string flag, string label)
    {
        _runtime.Configure(["sleep", "1000"]);
        _runtime.Run("run", "--detach", "--bundle", _runtime.Bundle, "c").Succeed();
        try
        {
            Answer answer = _runtime.Run("exec", flag, label, "c", "true");
            Assert.Equal(255, answer.ExitCode);
            Assert.Contains(flag == "--apparmor" ? "apparmor" : "label", answer.Error);
        }
        finally
        {
            _runtime.Run("delete", "--force", "c").Succeed();
        }
    }

    [Fact]
    public void Debug_Log_TellsEveryStepOfTheLaunch()
    {
        _runtime.Configure(["true"]);
        string log = _runtime.Bundle + "/log";

        _runtime.Run("--debug", "--log", log, "--log-format", "json", "run", "--bundle", _runtime.Bundle, "c").Succeed();

        string[] lines = File.ReadAllLines(log);
        Assert.All(lines, line => Assert.Equal("debug", (string?)JsonNode.Parse(line)!["level"]));
        Assert.Contains(lines, line => line.Contains("pivot_root", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("container c: process ", StringComparison.Ordinal));
    }

    [Fact]
    public void Run_UnifiedLimitThatIsNotThere_NamesIt()
    {
        _runtime.Configure(["true"], config => config["linux"]!["resources"]!["unified"] = new JsonObject { ["nope.max"] = "1" });

        Assert.Contains("nope.max", _runtime.Run("run", "--bundle", _runtime.Bundle, "c").Error);
    }
}
