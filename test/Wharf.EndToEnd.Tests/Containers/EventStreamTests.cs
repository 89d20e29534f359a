using System.Text.Json;
using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.Containers;

/// <summary>Every kind of event that the commands so far cause, with the attributes that Docker's carry.</summary>
public sealed class EventStreamTests
{
    private sealed record Seen(string Type, string Action, string Id, Dictionary<string, string> Attributes);

    [Theory]
    [InlineData(Client.Docker)]
    [InlineData(Client.Wharf)]
    public void EachCommand_TellsWhatItDid(Client client)
    {
        using var engine = new Engine();
        engine.Load("busybox");
        CommandResult Run(params string[] arguments) => engine.Run(client, arguments).Ok();
        string[] trap = ["busybox", "sh", "-c", "trap 'exit 0' TERM; while :; do sleep 0.05; done"];
        Run("volume", "create", "--label", "a=b", "vol");
        Run("network", "create", "--label", "a=b", "net");
        Run(["run", "-d", "--name", "one", "-l", "quay=7", "-v", "vol:/data", .. trap]);
        engine.WaitForTrap("one");
        string id = Run("inspect", "-f", "{{.Id}}", "one").Text;
        Run("exec", "one", "sh", "-c", "true");
        engine.Run(client, "exec", "one", "sh", "-c", "exit 3").Fails(3);
        Run("pause", "one");
        Run("unpause", "one");
        Run("rename", "one", "uno");
        Run("update", "--cpu-shares", "512", "uno");
        Run("network", "connect", "net", "uno");
        Run("network", "disconnect", "net", "uno");
        Run("top", "uno");
        Run("cp", "uno:/etc/passwd", "-");
        string file = Path.Combine(engine.Root, "file");
        File.WriteAllText(file, "x");
        Run("cp", file, "uno:/tmp/x");
        Run("export", "-o", Path.Combine(engine.Root, "out.tar"), "uno");
        Run("commit", "uno", "made:v1");
        Run("tag", "made:v1", "made:v2");
        Run("save", "-o", Path.Combine(engine.Root, "image.tar"), "made:v2");
        Run("rmi", "made:v2");
        Run("rmi", "made:v1");
        Run("load", "-i", Path.Combine(engine.Root, "image.tar"));
        Run("import", Path.Combine(engine.Root, "out.tar"), "imported:v1");
        Run("kill", "-s", "USR2", "uno");
        Run("start", "uno");
        Run("restart", "-t", "5", "uno");
        Run("stop", "-t", "5", "uno");
        Run("rm", "uno");
        Run("container", "prune", "-f");
        Run("volume", "rm", "vol");
        Run("network", "rm", "net");
        Run("volume", "prune", "-f", "-a");
        Run("network", "prune", "-f");
        Run("image", "prune", "-f");
        Thread.Sleep(1100);

        List<Seen> events = [.. Run("events", "--since", "10m", "--until", "0s", "--format", "{{json .}}").Text.Split('\n').Select(Parse)];
        Assert.All(events, e => Assert.Equal(e.Type == "container" && e.Action != "prune" ? id.Length : e.Id.Length, e.Id.Length));
        foreach (string expected in (string[])["volume create", "network create", "container create", "volume mount", "network connect", "container start", "container pause", "container unpause",
            "container rename", "container update", "network disconnect", "container top", "container archive-path", "container extract-to-dir", "container export", "container commit", "image tag", "image save",
            "image untag", "image delete", "image load", "image import", "container kill", "container die", "container restart", "container stop", "container destroy", "volume unmount", "volume destroy", "network destroy",
            "container prune", "volume prune", "network prune", "image prune"])
        {
            Assert.True(events.Exists(e => $"{e.Type} {e.Action}" == expected), $"no event \"{expected}\" among:\n{string.Join('\n', events.Select(e => $"{e.Type} {e.Action}"))}");
        }

        Seen start = events.First(e => e.Action == "start");
        Assert.Equal(id, start.Id);
        Assert.Equal(("busybox", "one", "7"), (start.Attributes["image"], start.Attributes["name"], start.Attributes["quay"]));
        Seen die = events.First(e => e.Action == "die");
        Assert.True(die.Attributes.ContainsKey("exitCode") && die.Attributes.ContainsKey("execDuration"));
        Assert.Contains(events, e => e.Action == "exec_create: sh -c exit 3" && e.Attributes.ContainsKey("execID"));
        Assert.Contains(events, e => e.Action == "exec_start: sh -c exit 3");
        Assert.Contains(events, e => e.Action == "exec_die" && e.Attributes["exitCode"] == "3");
        Assert.Contains(events, e => e.Action == "rename" && e.Attributes["oldName"] == "/one" && e.Attributes["name"] == "uno");
        Assert.Contains(events, e => e.Action == "kill" && e.Attributes["signal"] == "12");
        Assert.Contains(events, e => e.Action == "stop" && e.Attributes["name"] == "uno");
        Seen mount = events.First(e => e.Action == "mount");
        Assert.Equal(("vol", id, "/data", "local", "true", ""), (mount.Id, mount.Attributes["container"], mount.Attributes["destination"], mount.Attributes["driver"], mount.Attributes["read/write"], mount.Attributes["propagation"]));
        Seen connect = events.First(e => e.Type == "network" && e.Action == "connect" && e.Attributes["name"] == "net");
        Assert.Equal((id, "bridge"), (connect.Attributes["container"], connect.Attributes["type"]));
        Seen commit = events.First(e => e.Action == "commit");
        Assert.Equal("made:v1", commit.Attributes["imageRef"]);
        Assert.StartsWith("sha256:", commit.Attributes["imageID"]);
        Assert.Contains(events, e => e.Action == "tag" && e.Attributes["name"] == "made:v2");
        Assert.Contains(events, e => e is { Type: "container", Action: "prune" } && e.Attributes.ContainsKey("reclaimed"));
    }

    [Theory]
    [InlineData(Client.Docker)]
    [InlineData(Client.Wharf)]
    public void Filters_SameKeyIsOrDifferentKeysAreAnd(Client client)
    {
        using var engine = new Engine();
        engine.Load("busybox");
        engine.Run(client, "run", "--name", "aa", "-l", "x=1", "busybox", "true").Ok();
        engine.Run(client, "run", "--name", "bb", "-l", "x=2", "busybox", "true").Ok();
        Thread.Sleep(1100);
        string[] Lines(params string[] filters) => engine.Run(client, ["events", "--since", "10m", "--until", "0s", "--format", "{{.Actor.Attributes.name}} {{.Action}}", .. filters.SelectMany(f => new[] { "--filter", f })])
            .Ok().Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["aa create", "aa die", "bb create", "bb die"], Lines("container=aa", "container=bb", "event=create", "event=die").Order());
        Assert.Equal(["bb start"], Lines("label=x=2", "event=start"));
        Assert.Equal(["aa start", "bb start"], Lines("image=busybox", "type=container", "event=start"));
        Assert.All(Lines("type=network"), l => Assert.Contains("connect", l));
        Assert.NotEmpty(Lines("scope=local"));
        Assert.Empty(Lines("scope=swarm"));
        engine.Run(client, "events", "--since", "1m", "--until", "0s", "--filter", "nonsense=1").Fails(1, "invalid filter 'nonsense'");
    }

    [Theory]
    [InlineData(Client.Docker)]
    [InlineData(Client.Wharf)]
    public void HealthProbes_AreExecsAndTellOfChanges(Client client)
    {
        using var engine = new Engine();
        engine.Load("busybox");
        engine.Run(client, "run", "-d", "--name", "hh", "--health-cmd", "exit 0", "--health-interval", "200ms", "busybox", "sleep", "600").Ok();
        Patience.Until(() => engine.Run(client, "inspect", "-f", "{{.State.Health.Status}}", "hh").Ok().Text == "healthy", "the probe succeeds");
        Patience.Until(() => long.Parse(engine.Run(client, "inspect", "-f", "{{len .State.Health.Log}}", "hh").Ok().Text) > 1, "a second probe ends");
        Thread.Sleep(1100); // the stock client cuts "until" to whole seconds
        string text = engine.Run(client, "events", "--since", "10m", "--until", "0s", "--filter", "container=hh", "--format", "{{.Action}}").Ok().Out;
        Assert.Contains("exec_create: /bin/sh -c exit 0\nexec_start: /bin/sh -c exit 0\n", text);
        Assert.Contains("exec_die\n", text);
        Assert.Contains("health_status: healthy\n", text);
        Assert.Equal(1, text.Split('\n').Count(l => l.StartsWith("health_status", StringComparison.Ordinal)));
    }

    [Fact]
    public void Info_CountsWhoListens()
    {
        using var engine = new Engine("-D");
        using var listener = engine.StartClient(Client.Docker, "events");
        for (int i = 0; i < 100 && engine.Run(Client.Docker, "info", "-f", "{{.NEventsListener}}").Text != "1"; i++)
        {
            Thread.Sleep(50);
        }

        Assert.Equal("1", engine.Run(Client.Docker, "info", "-f", "{{.NEventsListener}}").Ok().Text);
        listener.Kill();
    }

    private static Seen Parse(string line)
    {
        JsonElement json = JsonDocument.Parse(line).RootElement, actor = json.GetProperty("Actor");
        return new Seen(json.GetProperty("Type").GetString()!, json.GetProperty("Action").GetString()!, actor.GetProperty("ID").GetString()!,
            actor.GetProperty("Attributes").EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetString()!));
    }
}
