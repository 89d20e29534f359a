using System.Globalization;
using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.Recovery;

/// <summary>What others take away from under a running engine: descriptors, cgroups, the folder of its run-time files.</summary>
public sealed class ExhaustionTests
{
    [Fact]
    public void NoDescriptorsLeft_IsAnErrorThatLeavesNothing_AndPasses()
    {
        using var engine = new Engine();
        engine.Load("busybox");
        engine.Run(Client.Docker, "run", "-d", "--name", "before", "busybox", "sleep", "600").Ok();
        string[] limits = Command.Run("prlimit", ["--pid", Daemon(engine), "--nofile", "-o", "SOFT", "--noheadings"]).Ok().Text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        int failed = 0;
        for (int more = 1; more <= 61; more += 4)
        {
            // counted from what is open: without one for the connection itself, the client would wait for its turn
            int open = Directory.GetFileSystemEntries($"/proc/{Daemon(engine)}/fd").Length;
            Command.Run("prlimit", ["--pid", Daemon(engine), $"--nofile={open + more}:"]).Ok();
            string id = Docker(engine, "create", "busybox", "true").Text;
            failed += id.Length == 0 || Docker(engine, "start", id).ExitCode != 0 ? 1 : 0;
            Command.Run("prlimit", ["--pid", Daemon(engine), $"--nofile={limits[0]}:"]).Ok();
        }

        Assert.True(failed > 0, "the limits were felt");
        // shims that were started with so few descriptors go with their containers
        engine.Run(Client.Docker, "container", "prune", "-f").Ok();
        Eventually(() => engine.Run(Client.Docker, "run", "--rm", "busybox", "echo", "well").Text == "well", "containers run again");
        Assert.Equal("well", engine.Run(Client.Docker, "exec", "before", "echo", "well").Ok().Text);
        engine.Run(Client.Docker, "container", "prune", "-f").Ok();
        Assert.Equal("before", engine.Run(Client.Docker, "ps", "-a", "--format", "{{.Names}}").Ok().Text);
        Eventually(() => Directory.GetDirectories(engine.ExecRoot + "/shims").Length <= 4, "the folders of shims that never were are gone: " + string.Join(' ', Directory.GetDirectories(engine.ExecRoot + "/shims")));
    }

    [Fact]
    public void CgroupRemovedFromOutside_IsSaid_AndTheContainerCanBeEnded()
    {
        using var engine = new Engine();
        engine.Load("busybox");
        engine.Run(Client.Docker, "run", "-d", "--name", "cc", "busybox", "sleep", "600").Ok();
        string pid = engine.Run(Client.Docker, "inspect", "-f", "{{.State.Pid}}", "cc").Ok().Text;
        string[] paths = [.. File.ReadAllLines($"/proc/{pid}/cgroup").Select(l => l.Split(':')[2]).Distinct()];
        foreach (string mount in Directory.GetDirectories("/sys/fs/cgroup").Append("/sys/fs/cgroup"))
        {
            foreach (string folder in paths.Select(p => mount + p).Where(f => f != mount + "/" && File.Exists(f + "/cgroup.procs")))
            {
                Command.Run("sh", ["-c", $"for p in $(cat {folder}/cgroup.procs); do echo $p > {mount}/cgroup.procs; done; rmdir {folder}"]).Ok();
            }
        }

        Assert.Equal("running", engine.Run(Client.Docker, "inspect", "-f", "{{.State.Status}}", "cc").Ok().Text);
        engine.Run(Client.Docker, "stats", "--no-stream", "cc").Ok();
        engine.Run(Client.Docker, "pause", "cc").Fails(1, "no such file or directory");
        engine.Run(Client.Docker, "update", "-m", "64m", "--memory-swap", "64m", "cc").Fails(1, "no such file or directory");
        Assert.Equal("running", engine.Run(Client.Docker, "inspect", "-f", "{{.State.Status}}", "cc").Ok().Text);
        engine.Run(Client.Docker, "restart", "-t", "0", "cc").Ok();
        Assert.Equal("again", engine.Run(Client.Docker, "exec", "cc", "echo", "again").Ok().Text);
        engine.Run(Client.Docker, "rm", "-f", "cc").Ok();
    }

    [Fact]
    public void RunTimeFilesWiped_ContainersStartAtOnce_AndANewDaemonEndsWhatItCannotReach()
    {
        using var engine = new Engine();
        engine.Load("busybox");
        engine.Run(Client.Docker, "run", "-d", "--name", "once", "busybox", "sleep", "600").Ok();
        engine.Run(Client.Docker, "run", "-d", "--restart", "always", "--name", "always", "busybox", "sleep", "600").Ok();
        int once = Pid(engine, "once"), always = Pid(engine, "always");
        int[] shims = [Parent(once), Parent(always)];
        Directory.Delete(engine.ExecRoot + "/shims", recursive: true);
        Directory.CreateDirectory(engine.ExecRoot + "/shims");
        // the shims that waited there are of no use any more
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal("new", engine.Run(Client.Docker, "run", "--rm", "busybox", "echo", "new").Ok().Text);
        }

        engine.Kill();
        Command.Run("sh", ["-c", $"umount {engine.ExecRoot}/netns/* 2>/dev/null; rm -rf {engine.ExecRoot}"]).Ok();
        engine.Start();

        Eventually(() => !Directory.Exists($"/proc/{once}") && !Directory.Exists($"/proc/{always}"), "processes without a shim are ended");
        Eventually(() => !shims.Any(shim => Directory.Exists($"/proc/{shim}")), "shims that no daemon can find end with them");
        Eventually(() => engine.Run(Client.Docker, "exec", "always", "echo", "back").Text == "back", "the container whose policy says so is started");
        Assert.Equal("exited 255", engine.Run(Client.Docker, "inspect", "-f", "{{.State.Status}} {{.State.ExitCode}}", "once").Ok().Text);
        engine.Run(Client.Docker, "start", "once").Ok();
        Assert.Equal("back", engine.Run(Client.Docker, "exec", "once", "echo", "back").Ok().Text);
    }

    private static CommandResult Docker(Engine engine, params string[] arguments) =>
        Command.Run("timeout", ["-k", "1", "10", ClientPrograms.Of(Client.Docker), .. arguments], null, engine.ClientEnvironment());

    private static string Daemon(Engine engine) => File.ReadAllText(engine.Root + "/wharfd.pid").Trim();

    private static int Pid(Engine engine, string name) => int.Parse(engine.Run(Client.Docker, "inspect", "-f", "{{.State.Pid}}", name).Ok().Text, CultureInfo.InvariantCulture);

    private static int Parent(int pid) => int.Parse(
        File.ReadLines($"/proc/{pid}/status").Single(line => line.StartsWith("PPid:", StringComparison.Ordinal)).AsSpan("PPid:".Length).Trim(), CultureInfo.InvariantCulture);

    private static void Eventually(Func<bool> condition, string what) => Patience.Until(condition, what);
}
