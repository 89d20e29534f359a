using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.Launch;

/// <summary>
/// Launches by shims and a daemon that collect garbage all the time (every 64 KB instead of every few MB): a collection at the wrong moment of
/// a launch would hang the child or tear the parent's memory, and hardly ever shows in a quiet test.
/// </summary>
public sealed class CollectorStressTests : IDisposable
{
    private const string Setting = "DOTNET_GCgen0size=10000";

    private readonly Engine _engine = Engine.StartedBy(["env", Setting]);

    public void Dispose() => _engine.Dispose();

    [Fact]
    public void Starts_WhileOtherThreadsAllocateAndCollect_AllReachTheirProgram()
    {
        string bundle = Path.Combine(_engine.Root, "bundle");
        Directory.CreateDirectory(bundle + "/rootfs/bin");
        File.Copy("/bin/busybox", bundle + "/rootfs/bin/true");
        Command.Run(Repository.Program("wharf-oci"), ["spec", "--bundle", bundle]).Ok();
        JsonNode config = JsonNode.Parse(File.ReadAllText(bundle + "/config.json"))!;
        config["process"]!["terminal"] = false;
        config["process"]!["args"] = new JsonArray("true");
        File.WriteAllText(bundle + "/config.json", config.ToJsonString());

        CommandResult stress = Command.Run(Repository.Program("wharf-oci"), ["debug", "--bundle", bundle, "stress", "300"], timeoutSeconds: 400).Ok();

        Match told = Regex.Match(stress.Out, @"^300 starts, (\d+) collections");
        Assert.True(told.Success && int.Parse(told.Groups[1].Value) >= 100, stress.ToString());
    }

    [Fact]
    public void Containers_WithACollectionEveryFewObjects_AllRunAndEnd()
    {
        _engine.Load("busybox");

        Parallel.For(0, 80, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            CommandResult run = _engine.Run(Client.Wharf, "run", "--rm", "--network", i % 2 == 0 ? "none" : "bridge", "busybox", "sh", "-c", $"seq 1 2000; exit {i}");

            Assert.Equal(i, run.ExitCode);
            Assert.EndsWith("\n1999\n2000\n", run.Out);
        });
        Assert.Equal("", _engine.Run(Client.Wharf, "ps", "-aq").Ok().Text);
    }

    [Fact]
    public void Execs_WithACollectionEveryFewObjects_AllRunAndEnd()
    {
        _engine.Load("busybox");
        _engine.Run(Client.Wharf, "run", "-d", "--name", "busy", "busybox", "sh", "-c", "while :; do seq 1 500; sleep 0.01; done").Ok();
        string pid = _engine.Run(Client.Wharf, "inspect", "-f", "{{.State.Pid}}", "busy").Ok().Text;
        string shim = File.ReadAllLines($"/proc/{pid}/status").First(l => l.StartsWith("PPid:", StringComparison.Ordinal))[5..].Trim();
        Assert.Contains(Setting, File.ReadAllText($"/proc/{shim}/environ").Split('\0'));

        Parallel.For(0, 300, new ParallelOptions { MaxDegreeOfParallelism = 6 }, i =>
        {
            CommandResult exec = _engine.RunWith(Client.Wharf, $"input {i}\n", 60, "exec", "-i", "busy", "sh", "-c", $"cat; exit {i % 100}");

            Assert.Equal($"input {i}", exec.Text);
            Assert.Equal(i % 100, exec.ExitCode);
        });
        Assert.Equal("running", _engine.Run(Client.Wharf, "inspect", "-f", "{{.State.Status}}", "busy").Ok().Text);
        _engine.Run(Client.Wharf, "rm", "-f", "busy").Ok();
    }
}
