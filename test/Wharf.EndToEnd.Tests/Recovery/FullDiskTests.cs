using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.Recovery;

/// <summary>No room left where the daemon keeps everything: it says so, makes nothing by halves, and goes on when there is room again.</summary>
public sealed class FullDiskTests
{
    [Fact]
    public void DataRootFull_IsSaidAndSurvived()
    {
        using var engine = new Engine();
        engine.Stop();
        Command.Run("rm", ["-rf", engine.DataRoot]).Ok();
        Directory.CreateDirectory(engine.DataRoot);
        Command.Run("mount", ["-t", "tmpfs", "-o", "size=16m,mode=710", "tmpfs", engine.DataRoot]).Ok();
        engine.Start();
        engine.Load("busybox");
        engine.Run(Client.Docker, "run", "-d", "--name", "steady", "busybox", "sh", "-c", "while :; do echo a line of the log; sleep 0.02; done").Ok();
        string pid = engine.Run(Client.Docker, "inspect", "-f", "{{.State.Pid}}", "steady").Ok().Text;

        Command.Run("sh", ["-c", $"head -c 100m /dev/zero > {engine.DataRoot}/filler"]);
        CommandResult load = engine.Run(Client.Docker, "load", "-i", Repository.TestImage("alpine"));
        Assert.NotEqual(0, load.ExitCode);
        Assert.Contains("no space left on device", load.Error + load.Out);
        for (int i = 0; i < 3; i++)
        {
            CommandResult run = engine.Run(Client.Docker, "run", "-d", "-p", "80", "-v", "/data", "busybox", "sh", "-c", "sleep 600");
            Assert.True(run.ExitCode == 125 && (run.Error.Contains("no space left", StringComparison.OrdinalIgnoreCase) || run.Error.Contains("full", StringComparison.Ordinal)), run.ToString());
        }

        engine.Run(Client.Docker, "volume", "create", "vol");
        Assert.Equal("running", engine.Run(Client.Docker, "inspect", "-f", "{{.State.Status}}", "steady").Ok().Text);
        engine.Run(Client.Docker, "exec", "steady", "true").Ok();
        engine.Run(Client.Docker, "logs", "--tail", "1", "steady").Ok();
        // and what a daemon that is started meanwhile finds
        engine.Kill();
        File.Delete(engine.DataRoot + "/filler");
        engine.Start();
        Invariants.CheckContainers(engine, "disk full");
        Assert.Equal("running " + pid, engine.Run(Client.Docker, "inspect", "-f", "{{.State.Status}} {{.State.Pid}}", "steady").Ok().Text);
        Assert.Equal("busybox", engine.Run(Client.Docker, "images", "--format", "{{.Repository}}").Ok().Text);
        Assert.Equal("room", engine.Run(Client.Docker, "run", "--rm", "busybox", "echo", "room").Ok().Text);
        Invariants.CheckNothingLeft(engine);
    }

    [Fact]
    public void DaemonAndShimKilledTogether_LeaveAContainerThatEndedWith255()
    {
        using var engine = new Engine();
        engine.Load("busybox");
        engine.Run(Client.Docker, "run", "-d", "--name", "both", "-p", "80", "busybox", "sleep", "600").Ok();
        engine.Run(Client.Docker, "run", "-d", "--name", "again", "--restart", "always", "busybox", "sleep", "600").Ok();
        string[] pids = engine.Run(Client.Docker, "inspect", "-f", "{{.State.Pid}}", "both", "again").Ok().Text.Split('\n');
        string[] shims = [.. pids.Select(p => File.ReadLines($"/proc/{p}/status").First(l => l.StartsWith("PPid:", StringComparison.Ordinal))[5..].Trim())];
        engine.Kill();
        Command.Run("kill", ["-KILL", .. shims]).Ok();
        engine.Start();

        Assert.Equal("exited 255 0", engine.Run(Client.Docker, "inspect", "-f", "{{.State.Status}} {{.State.ExitCode}} {{.State.Pid}}", "both").Ok().Text);
        for (int i = 0; i < 100 && engine.Run(Client.Docker, "inspect", "-f", "{{.State.Status}}", "again").Ok().Text != "running"; i++)
        {
            Thread.Sleep(50);
        }

        Assert.Equal("running", engine.Run(Client.Docker, "inspect", "-f", "{{.State.Status}}", "again").Ok().Text);
        // nobody reaps them here, but they do not run
        Assert.All(pids, p => Assert.True(!File.Exists($"/proc/{p}/stat") || File.ReadAllText($"/proc/{p}/stat").Contains(") Z ", StringComparison.Ordinal)));
        engine.Run(Client.Docker, "start", "both").Ok();
        Invariants.CheckContainers(engine, "both killed");
        Invariants.CheckNothingLeft(engine);
    }
}
