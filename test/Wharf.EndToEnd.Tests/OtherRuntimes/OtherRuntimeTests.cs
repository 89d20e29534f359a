using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.OtherRuntimes;

/// <summary>Containers of our engine under crun and runc, which <c>--add-runtime</c> and daemon.json name.</summary>
public sealed class OtherRuntimeTests
{
    [Theory]
    [InlineData("runc", true)]
    [InlineData("crun", false)]
    public void Container_UnderAnotherRuntime_LivesAsUnderOurs(string program, bool hasCgroups)
    {
        string folder = Directory.CreateTempSubdirectory("wharf-runtimes-").FullName;
        using Engine engine = Start(program, folder);
        engine.Load("busybox");
        CommandResult Docker(params string[] arguments) => engine.Run(Client.Docker, arguments);

        Assert.Equal("hi", Docker("run", "--rm", "--runtime", "other", "busybox", "echo", "hi").Ok().Text);
        Docker("run", "--rm", "--runtime", "other", "busybox", "sh", "-c", "exit 7").Fails(7);
        // the client decides by words that crun does not use
        Docker("run", "--rm", "--runtime", "other", "busybox", "no-such-program").Fails(program == "crun" ? 125 : 127, "no-such-program");
        Assert.Equal("in", engine.RunWith(Client.Docker, "in", 60, "run", "--rm", "-i", "--runtime", "other", "busybox", "cat").Ok().Text);

        Docker("run", "-d", "--name", "one", "--runtime", "other", "--hostname", "box", "busybox", "sh", "-c", "trap 'exit 3' TERM; i=0; while :; do echo line $i; i=$((i+1)); sleep 0.1; done").Ok();
        Assert.Equal("running other", Docker("inspect", "-f", "{{.State.Status}} {{.HostConfig.Runtime}}", "one").Ok().Text);
        Assert.Equal("box", Docker("exec", "one", "hostname").Ok().Text);
        Docker("exec", "one", "sh", "-c", "exit 9").Fails(9);
        Assert.Equal("x", engine.RunWith(Client.Docker, "x", 60, "exec", "-i", "one", "cat").Ok().Text);
        Assert.Contains("sh -c trap", Docker("top", "one").Ok().Out);
        if (hasCgroups)
        {
            Assert.Contains("one", Docker("stats", "--no-stream", "--format", "{{.Name}} {{.MemUsage}}", "one").Ok().Out);
            Docker("pause", "one").Ok();
            Assert.Equal("paused", Docker("inspect", "-f", "{{.State.Status}}", "one").Ok().Text);
            Docker("unpause", "one").Ok();
            Docker("update", "--memory", "64m", "--memory-swap", "64m", "one").Ok();
        }

        engine.WaitForTrap("one");

        // the daemon dies, the container does not
        string pid = Docker("inspect", "-f", "{{.State.Pid}}", "one").Ok().Text;
        engine.Kill();
        engine.Start();
        Assert.Equal("running " + pid, Docker("inspect", "-f", "{{.State.Status}} {{.State.Pid}}", "one").Ok().Text);
        Docker("exec", "one", "true").Ok();
        Docker("stop", "one").Ok();
        Assert.Equal("exited 3", Docker("inspect", "-f", "{{.State.Status}} {{.State.ExitCode}}", "one").Ok().Text);
        string[] lines = Docker("logs", "one").Ok().Text.Split('\n');
        Assert.Equal(Enumerable.Range(0, lines.Length).Select(i => $"line {i}"), lines);
        Docker("start", "one").Ok();
        Docker("kill", "one").Ok();
        Docker("rm", "-f", "one").Ok();

        Docker("run", "-d", "--name", "tty", "-t", "--runtime", "other", "busybox", "sh", "-c", "tty; sleep 600").Ok();
        for (int i = 0; i < 100 && !Docker("logs", "tty").Out.Contains("/dev/", StringComparison.Ordinal); i++)
        {
            Thread.Sleep(50);
        }

        Assert.Contains("/dev/", Docker("logs", "tty").Out);
        Docker("rm", "-f", "tty").Ok();
        Docker("run", "--rm", "--runtime", "unheard-of", "busybox", "true").Fails(125, "unheard-of");
        Recovery.Invariants.CheckNothingLeft(engine);
        Directory.Delete(folder, recursive: true);
    }

    private static Engine Start(string program, string folder)
    {
        if (program == "runc")
        {
            Packages.Need("/usr/sbin/runc", "runc");
            return new Engine("--add-runtime", "other=/usr/sbin/runc");
        }

        Packages.Need("/usr/bin/crun", "crun");
        // crun of Debian 12 does not work with a v2 tree beside v1: a wrapper hides that from it, and cgroups are left to nobody
        string wrapper = Path.Combine(folder, "crun-without-unified");
        File.WriteAllText(wrapper, "#!/bin/sh\nexec unshare -m --propagation slave sh -c 'umount /sys/fs/cgroup/unified 2>/dev/null; exec /usr/bin/crun \"$@\"' crun \"$@\"\n");
        File.SetUnixFileMode(wrapper, (UnixFileMode)0b111_101_101);
        string configuration = Path.Combine(folder, "daemon.json");
        File.WriteAllText(configuration, "{\"runtimes\":{\"other\":{\"path\":\"" + wrapper + "\",\"runtimeArgs\":[\"--cgroup-manager=disabled\"]}}}");
        return new Engine("--config-file", configuration);
    }
}
