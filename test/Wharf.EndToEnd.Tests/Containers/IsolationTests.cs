using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.Containers;

/// <summary>What a process in a default container sees of itself and of the host.</summary>
public sealed class IsolationTests(SharedEngine shared) : EngineTest(shared)
{
    private string In(params string[] arguments) => Run(Client.Docker, ["run", "--rm", .. arguments]).Ok().Text;

    private string Sh(string script, params string[] flags) => In([.. flags, "busybox", "sh", "-c", script]);

    [Fact]
    public void Capabilities_AreTheDefaultFourteen()
    {
        string status = Sh("grep -E '^Cap|^Seccomp:|^NoNewPrivs' /proc/self/status");
        Assert.Contains("CapPrm:\t00000000a80425fb", status);
        Assert.Contains("CapEff:\t00000000a80425fb", status);
        Assert.Contains("CapBnd:\t00000000a80425fb", status);
        Assert.Contains("CapInh:\t0000000000000000", status);
        Assert.Contains("CapAmb:\t0000000000000000", status);
        Assert.Contains("Seccomp:\t2", status);
        Assert.Contains("NoNewPrivs:\t0", status);
    }

    [Fact]
    public void Capabilities_CanBeAddedAndDropped()
    {
        Assert.Contains("CapEff:\t0000000000000000", Sh("cat /proc/self/status", "--cap-drop", "ALL"));
        Assert.Contains("CapEff:\t0000000000001000", Sh("cat /proc/self/status", "--cap-drop", "ALL", "--cap-add", "NET_ADMIN"));
        Run(Client.Docker, "run", "--rm", "--cap-add", "NOPE", "busybox", "true").Fails(125, "CAP_NOPE");
    }

    [Fact]
    public void NoNewPrivileges_IsSet() => Assert.Contains("NoNewPrivs:\t1", Sh("cat /proc/self/status", "--security-opt", "no-new-privileges"));

    [Fact]
    public void Process_IsNumberOneAndAlone()
    {
        Assert.Equal("1", Sh("echo $$"));
        Assert.DoesNotContain("wharf", Sh("cat /proc/[0-9]*/cmdline"));
    }

    [Fact]
    public void KernelSettings_AreReadOnlyAndSecretsMasked()
    {
        Assert.Contains("Read-only file system", Run(Client.Docker, "run", "--rm", "busybox", "sh", "-c", "(echo 1 > /proc/sys/kernel/panic) 2>&1; true").Ok().Out);
        Assert.Equal("", Sh("cat /proc/keys"));
        Assert.Contains("Read-only", Sh("mkdir /sys/fs/cgroup/x 2>&1; true"));
    }

    [Fact]
    public void ForbiddenCalls_AreRefused()
    {
        Assert.Contains("permission denied", Sh("mount -t tmpfs x /mnt 2>&1; true"));
        Assert.Contains("not permitted", Sh("hostname other 2>&1; true"));
        Assert.Contains("not permitted", Sh("unshare -U true 2>&1; true"));
    }

    [Fact]
    public void Privileged_HasEverythingWeHave()
    {
        string all = File.ReadLines("/proc/self/status").First(l => l.StartsWith("CapBnd", StringComparison.Ordinal));
        Assert.Contains(all.Replace("CapBnd", "CapEff", StringComparison.Ordinal), Sh("cat /proc/self/status", "--privileged"));
        Assert.Equal("", Sh("mkdir /m && mount -t tmpfs x /m", "--privileged"));
    }

    [Fact]
    public void FileDescriptors_AreOnlyStdio()
    {
        // One program alone, so that nobody's pipes come and go while it looks; it sees its own look at the folder besides.
        IEnumerable<string> open = Sh("exec ls -l /proc/self/fd").Split('\n').Where(l => l.Contains(" -> ", StringComparison.Ordinal) && !l.Contains("/proc/", StringComparison.Ordinal));
        Assert.Equal(["0", "1", "2"], open.Select(l => l.Split(" -> ")[0].Split(' ')[^1]).Order());
    }

    [Fact]
    public void Devices_AreTheStandardOnes()
    {
        string devices = Sh("ls /dev");
        foreach (string name in (string[])["console", "null", "zero", "full", "random", "urandom", "tty", "ptmx", "pts", "shm", "mqueue", "fd", "stdin", "stdout", "stderr"])
        {
            if (name != "console")
            {
                Assert.Contains(name, devices);
            }
        }

        Assert.Contains("not permitted", Sh("mknod /tmp/sda b 8 0 && cat /tmp/sda 2>&1; true"));
    }

    [Fact]
    public void ReadOnlyRoot_IsReadOnlyWithWritableTmpfs()
    {
        Assert.Contains("Read-only file system", Sh("touch /x 2>&1; true", "--read-only"));
        Assert.Equal("", Sh("touch /t/x", "--read-only", "--tmpfs", "/t"));
    }

    [Fact]
    public void Sysctls_AreSetAndForeignOnesRefused()
    {
        Assert.Equal("1", Sh("cat /proc/sys/net/ipv4/ip_forward", "--sysctl", "net.ipv4.ip_forward=1"));
        Run(Client.Docker, "run", "--rm", "--sysctl", "kernel.sysrq=1", "busybox", "true").Fails(125);
    }

    [Fact]
    public void Ulimits_AreApplied() => Assert.Equal("128 256", Sh("echo $(ulimit -Sn) $(ulimit -Hn)", "--ulimit", "nofile=128:256"));

    [Fact]
    public void SharedMemory_HasTheSizeAsked() => Assert.Contains("32.0M", Sh("df -h /dev/shm", "--shm-size", "32m"));

    [Fact]
    public void PidMode_OfAnotherContainer_SeesItsProcesses()
    {
        string name = NewName();
        Run(Client.Docker, "run", "-d", "--name", name, "busybox", "sleep", "4242").Ok();
        Assert.Contains("sleep 4242", Sh("ps", "--pid", "container:" + name));
    }

    [Fact]
    public void Init_ReapsAndForwards()
    {
        string name = NewName();
        Run(Client.Docker, "run", "-d", "--init", "--name", name, "busybox", "sh", "-c", "trap 'exit 7' TERM; (sleep 0.1 &) ; while :; do sleep 0.1; done").Ok();
        string init = Inspect(name, "{{.State.Pid}}");
        Patience.UntilCaught(int.Parse(File.ReadAllText($"/proc/{init}/task/{init}/children").Split(' ')[0]), 15);
        Eventually(() => !Run(Client.Docker, "exec", name, "ps", "-o", "pid,stat,args").Ok().Out.Contains(" Z ", StringComparison.Ordinal), "no zombie stays");
        Run(Client.Docker, "stop", name).Ok();
        Assert.Equal("7", Inspect(name, "{{.State.ExitCode}}"));
    }
}
