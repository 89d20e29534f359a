using System.Text.Json.Nodes;
using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.Recovery;

/// <summary>What must hold of an engine after whatever happened to it.</summary>
internal static class Invariants
{
    /// <summary>Each container is in a state that lasts, and what is said of it is so.</summary>
    public static void CheckContainers(Engine engine, string after)
    {
        foreach (string id in Lines(engine.Run(Client.Docker, "ps", "-aq", "--no-trunc").Ok()))
        {
            JsonNode container = JsonNode.Parse(engine.Run(Client.Docker, "inspect", id).Ok().Out)![0]!;
            string status = container["State"]!["Status"]!.GetValue<string>();
            int pid = container["State"]!["Pid"]!.GetValue<int>();
            Assert.True(status is "created" or "running" or "exited" or "paused", $"{after}: container {id} is {status}");
            Assert.Equal(status is "running" or "paused", pid != 0);
            if (status != "running")
            {
                continue;
            }

            Assert.True(Directory.Exists($"/proc/{pid}"), $"{after}: process {pid} of {id} is gone");
            string address = container["NetworkSettings"]!["Networks"]!["bridge"]?["IPAddress"]?.GetValue<string>() ?? "";
            string shown = engine.Run(Client.Docker, "exec", id, "ip", "-o", "-4", "addr").Ok().Out;
            Assert.True(address.Length > 0 && shown.Contains($" {address}/", StringComparison.Ordinal), $"{after}: {id} should have {address} and has {shown}");
            engine.Run(Client.Docker, "logs", id).Ok();
        }
    }

    // busybox is one layer
    private const int ImageLayers = 1;

    /// <summary>After everything is removed nothing is left: not in the kernel, not on disk.</summary>
    public static void CheckNothingLeft(Engine engine)
    {
        string[] all = Lines(engine.Run(Client.Docker, "ps", "-aq").Ok());
        if (all.Length > 0)
        {
            engine.RunWith(Client.Docker, null, 120, ["rm", "-f", "-v", .. all]).Ok();
        }

        foreach (string volume in Lines(engine.Run(Client.Docker, "volume", "ls", "-q").Ok()))
        {
            engine.Run(Client.Docker, "volume", "rm", volume).Ok();
        }

        string[] left = [];
        for (int i = 0; i < 100; i++)
        {
            left = [.. Leftovers(engine)];
            if (left.Length == 0)
            {
                return;
            }

            Thread.Sleep(100);
        }

        Assert.Fail("left behind:\n" + string.Join('\n', left) + "\n" + engine.Log());
    }

    private static IEnumerable<string> Leftovers(Engine engine)
    {
        foreach (string line in Lines(engine.OnHost("ip", "-o", "link")).Where(l => l.Contains("veth", StringComparison.Ordinal)))
        {
            yield return line;
        }

        foreach (string line in Lines(engine.OnHost("nft", "list", "ruleset")).Where(l => l.Contains("172.17.0.", StringComparison.Ordinal) && !l.Contains("172.17.0.1", StringComparison.Ordinal) && !l.Contains("172.17.0.0", StringComparison.Ordinal)))
        {
            yield return "rule " + line;
        }

        foreach (string folder in (string[])["containers", "volumes", "trash", "builder/tmp"])
        {
            string path = Path.Combine(engine.DataRoot, folder);
            foreach (string entry in Directory.Exists(path) ? Directory.EnumerateFileSystemEntries(path) : [])
            {
                yield return entry;
            }
        }

        // layers: one per image layer, the shared init layer and the folder of links
        int layers = Directory.EnumerateDirectories(Path.Combine(engine.DataRoot, "overlay2")).Count(d => Path.GetFileName(d) is { Length: 64 });
        if (layers > ImageLayers)
        {
            yield return $"{layers} layers where images have {ImageLayers}";
        }

        foreach (string shim in Directory.EnumerateDirectories(Path.Combine(engine.ExecRoot, "shims")).Where(d => Path.GetFileName(d) is { Length: 64 }))
        {
            yield return shim;
        }

        foreach (string cgroup in Debris.Find(engine).Where(d => d.StartsWith("cgroup", StringComparison.Ordinal) && d.Length > 64 && d.Split('/')[^1].Length == 64))
        {
            yield return cgroup;
        }
    }

    private static string[] Lines(CommandResult result) => result.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
