using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.Recovery;

/// <summary>The daemon is killed at bad moments; containers, logs and exit codes must not notice.</summary>
public sealed class DaemonRestartTests
{
    [Fact]
    public void KilledDaemon_ContainersGoOnAndNothingIsLost()
    {
        using var engine = new Engine();
        engine.Load("busybox");
        engine.Run(Client.Docker, "run", "-d", "--name", "steady", "busybox", "sh", "-c", "i=0; while :; do echo $i; i=$((i+1)); sleep 0.01; done").Ok();
        engine.Run(Client.Docker, "run", "-d", "--name", "ends", "busybox", "sh", "-c", "sleep 1; exit 17").Ok();
        engine.Run(Client.Docker, "run", "-d", "--name", "always", "--restart", "always", "busybox", "sh", "-c", "sleep 1").Ok();
        string pid = engine.Run(Client.Docker, "inspect", "-f", "{{.State.Pid}}", "steady").Ok().Text;
        string ends = engine.Run(Client.Docker, "inspect", "-f", "{{.State.Pid}}", "ends").Ok().Text;
        string log = engine.Run(Client.Docker, "inspect", "-f", "{{.LogPath}}", "steady").Ok().Text;

        engine.Kill();
        long written = new FileInfo(log).Length;
        Patience.Until(() => new FileInfo(log).Length > written + 1000, "the log goes on while there is no daemon");
        Patience.Until(() => !Directory.Exists("/proc/" + ends), "the run that ends by itself ends without a daemon");
        Assert.True(Directory.Exists("/proc/" + pid), "the container's process outlives the daemon");
        engine.Start();

        Assert.Equal(pid + " running", engine.Run(Client.Docker, "inspect", "-f", "{{.State.Pid}} {{.State.Status}}", "steady").Ok().Text);
        Assert.Equal("exited 17", engine.Run(Client.Docker, "inspect", "-f", "{{.State.Status}} {{.State.ExitCode}}", "ends").Ok().Text);
        Patience.Until(() => engine.Run(Client.Docker, "inspect", "-f", "{{.State.Status}}", "always").Ok().Text == "running", "the policy goes on after the daemon's end");
        engine.Run(Client.Docker, "exec", "steady", "true").Ok();
        engine.Run(Client.Docker, "kill", "steady").Ok();
        engine.Run(Client.Docker, "wait", "steady").Ok();

        string[] lines = engine.Run(Client.Docker, "logs", "steady").Ok().Text.Split('\n');
        Assert.Equal(Enumerable.Range(0, lines.Length).Select(i => i.ToString()), lines);
    }

    [Fact]
    public void KilledShim_IsNoticed()
    {
        using var engine = new Engine();
        engine.Load("busybox");
        engine.Run(Client.Docker, "run", "-d", "--name", "victim", "busybox", "sleep", "600").Ok();
        string pid = engine.Run(Client.Docker, "inspect", "-f", "{{.State.Pid}}", "victim").Ok().Text;
        string parent = File.ReadLines($"/proc/{pid}/status").First(l => l.StartsWith("PPid:", StringComparison.Ordinal))[5..].Trim();
        Command.Run("kill", ["-KILL", parent]).Ok();
        for (int i = 0; i < 200 && engine.Run(Client.Docker, "inspect", "-f", "{{.State.Status}}", "victim").Text != "exited"; i++)
        {
            Thread.Sleep(50);
        }

        Assert.Equal("exited 255", engine.Run(Client.Docker, "inspect", "-f", "{{.State.Status}} {{.State.ExitCode}}", "victim").Ok().Text);
        Assert.False(IsAlive(pid), "no process of the container is left");
        engine.Run(Client.Docker, "start", "victim").Ok();
    }

    // A dead process whose new parent does not reap is a zombie: it runs no more.
    private static bool IsAlive(string pid) =>
        File.Exists($"/proc/{pid}/stat") && !File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal);
}
