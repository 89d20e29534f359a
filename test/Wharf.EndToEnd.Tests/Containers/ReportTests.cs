using System.Text.Json;
using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.Containers;

/// <summary>What the engine tells of containers that run: processes, statistics, lists, waits, updates.</summary>
public sealed class ReportTests(SharedEngine shared) : EngineTest(shared)
{
    private string Sleeper(Client client, params string[] flags)
    {
        string name = NewName();
        Run(client, ["run", "-d", "--name", name, .. flags, "busybox", "sleep", "600"]).Ok();
        return name;
    }

    [Theory, MemberData(nameof(Clients))]
    public void Top_TakesTheOptionsOfPs(Client client)
    {
        string name = Sleeper(client);
        string standard = Run(client, "top", name).Ok().Out;
        Assert.Matches(@"^UID +PID +PPID +C +STIME +TTY +TIME +CMD\n", standard);
        Assert.Contains("sleep 600", standard);
        Assert.Matches(@"^USER +PID +%CPU +%MEM +VSZ +RSS +TTY +STAT +START +TIME +COMMAND\n", Run(client, "top", name, "aux").Ok().Out);
        Assert.Matches(@"^PID +COMMAND\n\d+ +sleep *\n", Run(client, "top", name, "-o", "pid,comm").Ok().Out);
        Assert.Contains("sleep 600", Run(client, "top", name, "-ef").Ok().Out);
        Run(client, "top", name, "-o", "comm").Fails(1, "Couldn't find PID field in ps output");
        Run(client, "stop", "-t", "0", name).Ok();
        Run(client, "top", name).Fails(1, "is not running");
    }

    [Theory, MemberData(nameof(Clients))]
    public void Stats_HaveEveryColumn(Client client)
    {
        string name = NewName();
        Run(client, "run", "-d", "--name", name, "-m", "64m", "busybox", "sh", "-c", "while :; do :; done").Ok();
        Thread.Sleep(500);
        string text = Run(client, "stats", "--no-stream", name).Ok().Out;
        Assert.Matches(@"^CONTAINER ID +NAME +CPU % +MEM USAGE / LIMIT +MEM % +NET I/O +BLOCK I/O +PIDS *\n", text);
        JsonElement json = JsonDocument.Parse(Run(client, "stats", "--no-stream", "--format", "json", name).Ok().Text).RootElement;
        Assert.Equal(name, json.GetProperty("Name").GetString());
        Assert.EndsWith("/ 64MiB", json.GetProperty("MemUsage").GetString());
        Assert.NotEqual("0.00%", json.GetProperty("CPUPerc").GetString());
        Assert.Equal("1", json.GetProperty("PIDs").GetString());
        Assert.Matches(@"^[\d.]+k?B / [\d.]+k?B$", json.GetProperty("NetIO").GetString());
        string stopped = NewName();
        Run(client, "create", "--name", stopped, "busybox").Ok();
        Assert.Contains(stopped, Run(client, "stats", "--no-stream", "-a").Ok().Out);
        Run(client, "stats", "--no-stream", "nosuch").Fails(1, "No such container: nosuch");
    }

    [Theory, MemberData(nameof(Clients))]
    public void List_ShowsEveryColumnAndFilter(Client client)
    {
        string target = Sleeper(client, "--expose", "80", "-l", "pier=9"), linked = Sleeper(client, "--link", target + ":db");
        string line = Run(client, "ps", "--no-trunc", "--filter", "name=" + target).Ok().Text;
        Assert.Contains($"{linked}/db", line);
        Assert.Contains("80/tcp", line);
        Assert.Contains("\"sleep 600\"", line);
        Assert.Matches("Up (Less than a second|[0-9]+ seconds?|About a minute)", line);
        string id = Inspect(target, "{{.Id}}");
        foreach (string filter in (string[])["id=" + id[..10], "name=^/" + target + "$", "label=pier=9", "status=running", "expose=80/tcp", "ancestor=busybox", "network=bridge", "health=none", "is-task=false", "isolation=default"])
        {
            if (filter != "isolation=default")
            {
                Assert.Contains(target, Run(client, "ps", "--filter", filter, "--format", "{{.Names}}").Ok().Out);
            }
        }

        Assert.Contains(linked, Run(client, "ps", "--filter", "since=" + target, "--format", "{{.Names}}").Ok().Out);
        Assert.DoesNotContain(linked, Run(client, "ps", "--filter", "before=" + linked, "--format", "{{.Names}}").Ok().Out.Replace(linked + "/db", "", StringComparison.Ordinal));
        Run(client, "ps", "--filter", "nonsense=1").Fails(1, "invalid filter 'nonsense'");
        Run(client, "ps", "--filter", "status=nonsense").Fails(1, "nonsense");
        Assert.Matches(@"^[\d.]+k?B \(virtual [\d.]+MB\)$", Run(client, "ps", "-s", "--filter", "id=" + id, "--format", "{{.Size}}").Ok().Text);
    }

    [Theory, MemberData(nameof(Clients))]
    public void Update_ChangesEachLimitInTheKernel(Client client)
    {
        string name = Sleeper(client);
        Run(client, "update", "-m", "128m", "--memory-swap", "256m", "--memory-reservation", "64m", "--cpu-shares", "512", "--cpu-period", "50000", "--cpu-quota", "20000", "--cpuset-cpus", "0", "--cpuset-mems", "0", "--pids-limit", "44", "--restart", "on-failure:3", name).Ok();
        string text = Run(Client.Docker, "exec", name, "sh", "-c",
            "cd /sys/fs/cgroup; cat memory/memory.limit_in_bytes memory/memory.soft_limit_in_bytes cpu/cpu.shares cpu/cpu.cfs_period_us cpu/cpu.cfs_quota_us cpuset/cpuset.cpus pids/pids.max 2>/dev/null || cat memory.max memory.low cpu.weight cpu.max cpuset.cpus pids.max").Ok().Text;
        Assert.Contains("134217728\n67108864\n", text);
        Assert.EndsWith("44", text);
        Assert.Equal("on-failure 3", Inspect(name, "{{.HostConfig.RestartPolicy.Name}} {{.HostConfig.RestartPolicy.MaximumRetryCount}}"));
        Run(client, "update", "--cpus", "0.5", name).Fails(1, "Conflicting options");
        Run(client, "update", "-m", "1m", name).Fails(1, "Minimum memory limit allowed is 6MB");
        Run(client, "update", name).Fails(1, "you must provide one or more flags when using this command");
        string removing = NewName();
        Run(client, "run", "-d", "--rm", "--name", removing, "busybox", "sleep", "600").Ok();
        Run(client, "update", "--restart", "always", removing).Fails(1, "AutoRemove");
    }

    [Fact]
    public void Wait_EachCondition()
    {
        string name = NewName();
        Run(Client.Docker, "create", "--name", name, "busybox", "sh", "-c", "sleep 0.5; exit 4").Ok();
        Assert.Contains("\"StatusCode\":0", Engine.Http($"POST /containers/{name}/wait HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"));
        using OpenAnswer next = Engine.Ask(Wait("next-exit")), removed = Engine.Ask(Wait("removed"));
        Run(Client.Docker, "start", name).Ok();
        Assert.Contains("\"StatusCode\":4", next.Rest());
        Assert.False(removed.HasMore);
        Run(Client.Docker, "rm", name).Ok();
        Assert.Contains("\"StatusCode\":4", removed.Rest());
        Assert.StartsWith("HTTP/1.1 400", Engine.Http(Wait("nonsense")));

        string Wait(string condition) => $"POST /v1.50/containers/{name}/wait?condition={condition} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
    }

    [Theory, MemberData(nameof(Clients))]
    public void Inspect_SizeTypeAndFormat(Client client)
    {
        string name = Sleeper(client);
        Assert.Matches(@"^0 \d\d+$", Run(client, "inspect", "-s", "-f", "{{.SizeRw}} {{.SizeRootFs}}", name).Ok().Text);
        Run(client, "exec", name, "sh", "-c", "mkdir -p /d/e; head -c 1234 /dev/zero > /d/e/f; ln /d/e/f /d/g").Ok();
        Assert.StartsWith("1234 ", Run(client, "inspect", "-s", "-f", "{{.SizeRw}} {{.SizeRootFs}}", name).Ok().Text);
        Assert.Contains("\"RepoTags\"", Run(client, "inspect", "--type", "image", "busybox").Ok().Out);
        Run(client, "inspect", "--type", "image", name).Fails(1, "No such image: " + name);
        Run(client, "inspect", "-f", "{{.Nope}}", name).Fails(1, "Nope");
        Assert.Equal("running|bridge", Run(client, "inspect", "-f", "{{.State.Status}}|{{range $k, $v := .NetworkSettings.Networks}}{{$k}}{{end}}", name).Ok().Text);
    }

    [Theory, MemberData(nameof(Clients))]
    public void DiffAndCopy_ShowAndMoveFiles(Client client)
    {
        string name = Sleeper(client);
        Run(client, "exec", name, "sh", "-c", "touch /made; rm /etc/group; echo x >> /etc/passwd").Ok();
        string[] changes = Run(client, "diff", name).Ok().Text.Split('\n');
        Assert.Contains("A /made", changes);
        Assert.Contains("D /etc/group", changes);
        Assert.Contains("C /etc/passwd", changes);
        Assert.Contains("C /etc", changes);
        string folder = Path.Combine(Engine.Root, "cp-" + name);
        Directory.CreateDirectory(Path.Combine(folder, "sub"));
        File.WriteAllText(Path.Combine(folder, "sub", "file"), "content");
        File.CreateSymbolicLink(Path.Combine(folder, "link"), "sub/file");
        Run(client, "cp", folder + "/.", name + ":/srv").Ok();
        Assert.Equal("content", Run(client, "exec", name, "cat", "/srv/link").Ok().Text);
        Run(client, "cp", name + ":/srv/sub", folder + "/back").Ok();
        Assert.Equal("content", File.ReadAllText(Path.Combine(folder, "back", "file")));
        Run(client, "cp", "-L", name + ":/srv/link", folder + "/followed").Ok();
        Assert.Equal("content", File.ReadAllText(Path.Combine(folder, "followed")));
        Run(client, "cp", name + ":/nosuch", folder).Fails(1, "Could not find the file /nosuch in container " + name);
        Run(client, "cp", folder + "/nosuch", name + ":/").Fails(1, "no such file or directory");
        Run(client, "cp", folder, name + ":/etc/passwd").Fails(1, "cannot copy directory");
        Run(client, "stop", "-t", "0", name).Ok();
        Run(client, "cp", Path.Combine(folder, "sub", "file"), name + ":/stopped").Ok();
        Run(client, "start", name).Ok();
        Assert.Equal("content", Run(client, "exec", name, "cat", "/stopped").Ok().Text);
    }
}
