using System.Diagnostics;
using System.Globalization;
using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.Recovery;

/// <summary>
/// "The daemon killed at any moment starts again with everything right": it is killed at the n-th write, rename, message... of each operation, and started
/// again. WHARF_CRASH_STEPS sets how many n are tried for each kind of call; more than the operation makes of it are never needed.
/// </summary>
public sealed class CrashMatrixTests
{
    private static readonly int Steps = int.Parse(Environment.GetEnvironmentVariable("WHARF_CRASH_STEPS") ?? "2", CultureInfo.InvariantCulture);

    // what makes something last, or tells another process: the state's file, folders and files, the shims and the kernel's networks
    private static readonly string[] Calls = ["pwrite64", "sendto", "mkdirat,mkdir", "unlinkat,unlink,rmdir", "renameat,renameat2,rename"];

    private static readonly Dictionary<string, (string[] Before, string[] Operation, string[] Again)> Operations = new()
    {
        ["create"] = ([], ["create", "--name", "it", "-p", "80", "-v", "/data", "busybox", "sleep", "600"], ["ps", "-a"]),
        ["start"] = (["create", "--name", "it", "-p", "80", "busybox", "sleep", "600"], ["start", "it"], ["start", "it"]),
        ["run"] = ([], ["run", "-d", "--name", "it", "-p", "80", "busybox", "sleep", "600"], ["ps", "-a"]),
        ["exec"] = (["run", "-d", "--name", "it", "busybox", "sleep", "600"], ["exec", "it", "true"], ["exec", "it", "true"]),
        ["stop"] = (["run", "-d", "--name", "it", "-p", "80", "busybox", "sleep", "600"], ["stop", "-t", "0", "it"], ["stop", "-t", "0", "it"]),
        ["pause"] = (["run", "-d", "--name", "it", "busybox", "sleep", "600"], ["pause", "it"], ["ps", "-a"]),
        ["restart"] = (["run", "-d", "--name", "it", "-p", "80", "busybox", "sleep", "600"], ["restart", "-t", "0", "it"], ["restart", "-t", "0", "it"]),
        ["rm"] = (["run", "-d", "--name", "it", "-p", "80", "-v", "/data", "busybox", "sleep", "600"], ["rm", "-f", "-v", "it"], ["rm", "-f", "-v", "it"]),
        ["run --rm"] = ([], ["run", "--rm", "--name", "it", "busybox", "true"], ["ps", "-a"]),
        ["rename"] = (["create", "--name", "it", "busybox", "true"], ["rename", "it", "other"], ["ps", "-a"]),
        ["volume"] = ([], ["volume", "create", "vol"], ["volume", "create", "vol"]),
        ["network"] = ([], ["network", "create", "net"], ["network", "ls"]),
    };

    public static TheoryData<string> Names => [.. Operations.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void DaemonKilledWithin_StartsAgainWithEverythingRight(string name)
    {
        (string[] before, string[] operation, string[] again) = Operations[name];
        using var engine = new Engine();
        engine.Load("busybox");
        int killed = 0;
        // looks once at everything, so that the first kill is not met by what only the first use of a daemon does
        Invariants.CheckContainers(engine, name);
        foreach (string calls in Calls)
        {
            for (int n = 1; n <= Steps; n++)
            {
                if (before.Length > 0)
                {
                    engine.Run(Client.Docker, before).Ok();
                }

                Process daemon = engine.Daemon;
                bool died;
                using (KillPoint.Kill(engine, calls, n))
                {
                    engine.Run(Client.Docker, operation);
                    // what goes on beside the answer may meet it too
                    died = daemon.WaitForExit(TimeSpan.FromMilliseconds(300));
                }

                // the last call that was met may be that of a slow machine, just before the kill point was taken away
                died = died || daemon.WaitForExit(TimeSpan.FromMilliseconds(100));
                if (died)
                {
                    killed++;
                    engine.Start();
                }

                string after = $"{name}, killed at {calls} no. {n}";
                Invariants.CheckContainers(engine, after);
                CommandResult second = engine.Run(Client.Docker, again);
                Assert.True(second.ExitCode == 0 || second.Error.Contains("No such container", StringComparison.Ordinal) || second.Error.Contains("is not running", StringComparison.Ordinal), $"{after}:\n{second}");
                foreach (string container in (string[])["it", "other"])
                {
                    engine.Run(Client.Docker, "rm", "-f", "-v", container);
                }

                engine.Run(Client.Docker, "network", "rm", "net");
                Assert.Equal("", engine.Run(Client.Docker, "ps", "-aq").Ok().Out);
                if (!died)
                {
                    break;
                }
            }
        }

        Assert.True(killed > 0, "no call of the operation was ever met");
        Invariants.CheckNothingLeft(engine);
    }

    [Fact]
    public void DaemonKilledAtRandomUnderLoad_LosesNothing()
    {
        int seed = Environment.TickCount;
        var random = new Random(seed);
        using var engine = new Engine();
        engine.Load("busybox");
        engine.Run(Client.Docker, "run", "-d", "--name", "steady", "busybox", "sh", "-c", "i=0; while :; do echo $i; i=$((i+1)); usleep 10000; done").Ok();
        string pid = engine.Run(Client.Docker, "inspect", "-f", "{{.State.Pid}}", "steady").Ok().Text;
        for (int round = 0; round < 8; round++)
        {
            using var stop = new CancellationTokenSource();
            Thread[] workers = [.. Enumerable.Range(0, 3).Select(w => new Thread(() => Work(engine, w, stop.Token)))];
            Array.ForEach(workers, w => w.Start());
            Thread.Sleep(random.Next(30, 600));
            engine.Kill();
            stop.Cancel();
            Array.ForEach(workers, w => w.Join());
            engine.Start();
            Invariants.CheckContainers(engine, $"seed {seed}, round {round}");
            Assert.Equal(pid, engine.Run(Client.Docker, "inspect", "-f", "{{.State.Pid}}", "steady").Ok().Text);
        }

        engine.Run(Client.Docker, "stop", "-t", "0", "steady").Ok();
        string[] lines = engine.Run(Client.Docker, "logs", "steady").Ok().Text.Split('\n');
        Assert.Equal(Enumerable.Range(0, lines.Length).Select(i => i.ToString()), lines);
        Invariants.CheckNothingLeft(engine);
    }

    // Errors are expected: the daemon is killed under it.
    private static void Work(Engine engine, int worker, CancellationToken stop)
    {
        for (int i = 0; !stop.IsCancellationRequested; i++)
        {
            string name = $"w{worker}-{i}-{Guid.NewGuid():n}"[..12];
            engine.Run(Client.Docker, "run", "-d", "--name", name, "-p", "80", "-v", "/data", "busybox", "sleep", "600");
            engine.Run(Client.Docker, "exec", name, "true");
            engine.Run(Client.Docker, "run", "--rm", "busybox", "true");
            engine.Run(Client.Docker, (i % 3) switch { 0 => ["rm", "-f", "-v", name], 1 => ["stop", "-t", "0", name], _ => ["kill", name] });
        }
    }

    [Fact]
    public void ContainerThatRemovesItself_CreatedButNeverStarted_GoesWithTheNextDaemon()
    {
        using var engine = new Engine();
        engine.Load("busybox");
        engine.Run(Client.Docker, "create", "--rm", "--name", "never", "-v", "/data", "busybox", "true").Ok();
        engine.Run(Client.Docker, "create", "--name", "kept", "busybox", "true").Ok();
        engine.Kill();
        engine.Start();
        for (int i = 0; i < 100 && engine.Run(Client.Docker, "ps", "-aq").Ok().Text.Contains('\n', StringComparison.Ordinal); i++)
        {
            Thread.Sleep(50);
        }

        Assert.Equal("kept", engine.Run(Client.Docker, "ps", "-a", "--format", "{{.Names}}").Ok().Text);
        Invariants.CheckNothingLeft(engine);
    }
}
