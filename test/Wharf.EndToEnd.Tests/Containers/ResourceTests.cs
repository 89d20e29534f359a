using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.Containers;

/// <summary>Limits as the kernel holds them, on cgroup v1 and v2.</summary>
public sealed class ResourceTests(SharedEngine shared) : EngineTest(shared)
{
    [Fact]
    public void Memory_OverTheLimit_IsAnOutOfMemoryKill()
    {
        string name = NewName();
        Run(Client.Docker, "run", "--name", name, "-m", "16m", "--memory-swap", "16m", "busybox", "sh", "-c", "x=a; while :; do x=$x$x; done").Fails(137);
        Assert.Equal("true 137", Inspect(name, "{{.State.OOMKilled}} {{.State.ExitCode}}"));
        Thread.Sleep(1100); // the stock client cuts "until" to whole seconds
        string events = Run(Client.Docker, "events", "--since", "5m", "--until", "0s", "--filter", "container=" + name, "--filter", "event=oom").Ok().Out;
        Assert.Contains("container oom", events);
    }

    [Theory, MemberData(nameof(Clients))]
    public void Memory_BelowTheMinimum_IsRefused(Client client) =>
        Run(client, "run", "--rm", "-m", "1m", "busybox", "true").Fails(125, "Minimum memory limit allowed is 6MB");

    [Fact]
    public void Limits_AreInTheCgroup()
    {
        string script = "cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max 2>/dev/null; "
            + "cat /sys/fs/cgroup/pids/pids.max /sys/fs/cgroup/pids.max 2>/dev/null; cat /sys/fs/cgroup/cpu/cpu.cfs_quota_us /sys/fs/cgroup/cpu.max 2>/dev/null; true";
        string text = Run(Client.Docker, "run", "--rm", "-m", "64m", "--pids-limit", "33", "--cpus", "0.5", "busybox", "sh", "-c", script).Ok().Out;
        Assert.Contains("67108864", text);
        Assert.Contains("33\n", text);
        Assert.Contains("50000", text);
    }

    [Fact]
    public void Update_ChangesARunningContainer()
    {
        string name = NewName();
        Run(Client.Docker, "run", "-d", "--name", name, "busybox", "sleep", "600").Ok();
        Run(Client.Docker, "update", "-m", "128m", "--memory-swap", "256m", name).Ok();
        Assert.Equal("134217728", Inspect(name, "{{.HostConfig.Memory}}"));
        Assert.Contains("134217728", Run(Client.Docker, "exec", name, "sh", "-c", "cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max 2>/dev/null").Out);
    }

    [Fact]
    public void ForkBomb_IsHeld() =>
        Assert.Contains("can't fork", Run(Client.Docker, "run", "--rm", "--pids-limit", "8", "busybox", "sh", "-c", "for i in 1 2 3 4 5 6 7 8 9 10 11 12; do sleep 1 & done 2>&1").Out
            + Run(Client.Docker, "run", "--rm", "--pids-limit", "8", "busybox", "sh", "-c", "for i in 1 2 3 4 5 6 7 8 9 10 11 12; do sleep 1 & done; true").Error);

    [Fact]
    public void Stats_ShowMemoryAndPids()
    {
        string name = NewName();
        Run(Client.Docker, "run", "-d", "--name", name, "busybox", "sleep", "600").Ok();
        string line = Run(Client.Wharf, "stats", "--no-stream", "--format", "{{.Name}} {{.PIDs}} {{.MemUsage}}", name).Ok().Text;
        Assert.StartsWith(name + " 1 ", line);
        Assert.StartsWith(name + " 1 ", Run(Client.Docker, "stats", "--no-stream", "--format", "{{.Name}} {{.PIDs}} {{.MemUsage}}", name).Ok().Text);
    }
}
