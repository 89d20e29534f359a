using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.Daemon;

/// <summary>What becomes of containers when the daemon is told to end.</summary>
public sealed class ShutdownTests
{
    private static string State(Engine engine, string name) => engine.Run(Client.Docker, "inspect", "-f", "{{.State.Status}} {{.State.ExitCode}}", name).Ok().Text;

    [Fact]
    public void WithLiveRestore_TheyRunOn()
    {
        using var engine = new Engine();
        engine.Load("busybox");
        engine.Run(Client.Docker, "run", "-d", "--name", "on", "busybox", "sleep", "600").Ok();
        string pid = engine.Run(Client.Docker, "inspect", "-f", "{{.State.Pid}}", "on").Ok().Text;
        engine.Stop();
        Assert.True(Directory.Exists("/proc/" + pid), "the container outlives the daemon");
        engine.Start();
        Assert.Equal(pid, engine.Run(Client.Docker, "inspect", "-f", "{{.State.Pid}}", "on").Ok().Text);
    }

    [Fact]
    public void WithoutLiveRestore_TheyStopAndPoliciesActAtTheNextStart()
    {
        using var engine = new Engine("--live-restore=false", "--shutdown-timeout", "20");
        engine.Load("busybox");
        string[] trap = ["busybox", "sh", "-c", "trap 'echo bye; exit 3' TERM; while :; do sleep 0.05; done"];
        engine.Run(Client.Docker, ["run", "-d", "--name", "plain", .. trap]).Ok();
        engine.Run(Client.Docker, ["run", "-d", "--name", "always", "--restart", "always", .. trap]).Ok();
        engine.Run(Client.Docker, ["run", "-d", "--name", "unless", "--restart", "unless-stopped", .. trap]).Ok();
        engine.Run(Client.Docker, ["run", "-d", "--name", "stopped", "--restart", "unless-stopped", .. trap]).Ok();
        engine.Run(Client.Docker, ["run", "-d", "--name", "paused", .. trap]).Ok();
        engine.Run(Client.Docker, "run", "-d", "--name", "stubborn", "--stop-timeout", "1", "busybox", "sleep", "600").Ok();
        engine.Run(Client.Docker, "run", "-d", "--rm", "--name", "gone", "busybox", "sh", "-c", "trap 'exit 0' TERM; while :; do sleep 0.05; done").Ok();
        foreach (string name in (string[])["plain", "always", "unless", "stopped", "paused", "gone"])
        {
            engine.WaitForTrap(name);
        }

        engine.Run(Client.Docker, "stop", "stopped").Ok();
        engine.Run(Client.Docker, "pause", "paused").Ok();
        string[] pids = [.. new[] { "plain", "always", "unless", "paused", "stubborn" }.Select(n => engine.Run(Client.Docker, "inspect", "-f", "{{.State.Pid}}", n).Ok().Text)];
        engine.Stop();
        Assert.All(pids, pid => Assert.False(Directory.Exists("/proc/" + pid), $"process {pid} is gone with the daemon"));

        engine.Start();
        Assert.Equal("exited 3", State(engine, "plain"));
        Assert.Equal("exited 3", State(engine, "paused"));
        Assert.Equal("exited 137", State(engine, "stubborn"));
        Assert.Equal("exited 3", State(engine, "stopped"));
        engine.Run(Client.Docker, "inspect", "gone").Fails(1, "No such object");
        for (int i = 0; i < 100 && (State(engine, "always") != "running 0" || State(engine, "unless") != "running 0"); i++)
        {
            Thread.Sleep(50);
        }

        Assert.Equal("running 0", State(engine, "always"));
        Assert.Equal("running 0", State(engine, "unless"));
        Assert.Equal("bye\n", engine.Run(Client.Docker, "logs", "plain").Ok().Out);
    }

    [Fact]
    public void WithoutLiveRestore_AKilledDaemonsContainersAreEndedByTheNext()
    {
        using var engine = new Engine("--live-restore=false");
        engine.Load("busybox");
        string[] trap = ["busybox", "sh", "-c", "trap 'exit 3' TERM; while :; do sleep 0.05; done"];
        engine.Run(Client.Docker, ["run", "-d", "--name", "plain", .. trap]).Ok();
        engine.Run(Client.Docker, ["run", "-d", "--name", "always", "--restart", "always", .. trap]).Ok();
        engine.Run(Client.Docker, ["run", "-d", "--rm", "--name", "gone", .. trap]).Ok();
        foreach (string name in (string[])["plain", "always", "gone"])
        {
            engine.WaitForTrap(name);
        }

        string[] pids = [.. new[] { "plain", "always", "gone" }.Select(n => engine.Run(Client.Docker, "inspect", "-f", "{{.State.Pid}}", n).Ok().Text)];
        engine.Kill();
        engine.Start();

        Assert.All(pids, pid => Assert.False(Directory.Exists("/proc/" + pid), $"process {pid} is gone"));
        Assert.Equal("exited 3", State(engine, "plain"));
        Patience.Until(() => State(engine, "always") == "running 0", "the policy's restart");
        Patience.Until(() => engine.Run(Client.Docker, "inspect", "gone").ExitCode == 1, "the removal of what was started with --rm");
    }
}
