using System.Globalization;
using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.RunFlags;

/// <summary>Limits, read back from the container's cgroup and from what the kernel does.</summary>
public sealed class ResourceFlagTests(SharedEngine shared) : RunFlagTest(shared)
{
    private static readonly string Disk = new[] { "/dev/vda", "/dev/sda", "/dev/nvme0n1", "/dev/loop0" }.First(File.Exists);

    private static readonly string DiskNumbers = Command.Run("sh", ["-c", $"echo $((0x$(stat -c %t {Disk}))):$((0x$(stat -c %T {Disk})))"]).Ok().Text;

    private static bool Unified => !Directory.Exists("/sys/fs/cgroup/memory");

    [Theory, MemberData(nameof(Clients)), CoversFlags("memory", "memory-reservation")]
    public void Memory_LimitAndReservation_AreInTheCgroup(Client client)
    {
        Assert.Equal("67108864", Limit(client, "memory/memory.limit_in_bytes", "memory.max", "--memory", "64m"));
        Assert.Equal("33554432", Limit(client, "memory/memory.soft_limit_in_bytes", "memory.low", "-m", "64m", "--memory-reservation", "32m"));
        Refused(client, "Minimum memory limit can not be less than memory reservation limit", "-m", "32m", "--memory-reservation", "64m");
        Refused(client, "Minimum memory limit allowed is 6MB", "-m", "5m");
    }

    [Theory, MemberData(nameof(Clients)), CoversFlags("memory-swap")]
    public void MemorySwap_BoundsMemoryAndSwapTogether(Client client)
    {
        Refused(client, "Minimum memoryswap limit should be larger than memory limit", "-m", "64m", "--memory-swap", "32m");
        Refused(client, "You should always set the Memory limit when using Memoryswap limit", "--memory-swap", "64m");
        if (Unified)
        {
            Assert.Equal("33554432", Limit(client, "none", "memory.swap.max", "-m", "64m", "--memory-swap", "96m"));
        }
        else if (File.Exists("/sys/fs/cgroup/memory/memory.memsw.limit_in_bytes"))
        {
            Assert.Equal("100663296", Limit(client, "memory/memory.memsw.limit_in_bytes", "none", "-m", "64m", "--memory-swap", "96m"));
        }
    }

    [Theory, MemberData(nameof(Clients)), CoversFlags("memory-swappiness")]
    public void MemorySwappiness_IsSetOrSaidToBeDiscarded(Client client)
    {
        var run = Run(client, "run", "--rm", "--memory-swappiness", "7", "busybox", "sh", "-c", "cat /sys/fs/cgroup/memory/memory.swappiness 2>/dev/null; true").Ok();
        Assert.True(Unified ? run.Error.Contains("swappiness", StringComparison.Ordinal) : run.Text == "7", run.ToString());
        Run(client, "run", "--rm", "--memory-swappiness", "101", "busybox", "true").Fails(125, "Valid memory swappiness range is 0-100");
    }

    [Theory, MemberData(nameof(Clients))]
    public void OomKillDisable_WaitingForMemory_IsToldAsAnEvent(Client client)
    {
        string name = NewName();
        var start = Run(client, "run", "-d", "--name", name, "-m", "16m", "--memory-swap", "16m", "--oom-kill-disable", "busybox", "sh", "-c", "dd if=/dev/zero of=/dev/null bs=64M count=1; sleep 600").Ok();
        // where the kernel cannot do without killing, the kill is told
        Eventually(() => Run(client, "events", "--since", "1h", "--until", "0s", "--filter", "container=" + name, "--filter", "event=oom").Ok().Text.Contains("container oom", StringComparison.Ordinal), "the oom event");
        if (!start.Error.Contains("OomKillDisable discarded", StringComparison.Ordinal))
        {
            Assert.Contains("dd if=/dev/zero", Run(client, "top", name).Ok().Out);
        }

        Run(client, "rm", "-f", name).Ok();
    }

    [Theory, MemberData(nameof(Clients)), CoversFlags("oom-kill-disable")]
    public void OomKillDisable_IsSetOrSaidToBeDiscarded(Client client)
    {
        var run = Run(client, "run", "--rm", "-m", "64m", "--oom-kill-disable", "busybox", "sh", "-c", "cat /sys/fs/cgroup/memory/memory.oom_control 2>/dev/null; true").Ok();
        Assert.True(run.Error.Contains("OomKillDisable discarded", StringComparison.Ordinal) || run.Out.Contains("oom_kill_disable 1", StringComparison.Ordinal), run.ToString());
    }

    [Theory, MemberData(nameof(Clients)), CoversFlags("oom-score-adj")]
    public void OomScoreAdj_IsThatOfTheProcess(Client client)
    {
        Assert.Equal("321", Sh(client, "cat /proc/self/oom_score_adj", "--oom-score-adj", "321"));
        Refused(client, "range for oom score adj is [-1000, 1000]", "--oom-score-adj", "1001");
    }

    [Theory, MemberData(nameof(Clients)), CoversFlags("cpus")]
    public void Cpus_HoldABusyLoopToItsShare(Client client)
    {
        string text = Sh(client, "(timeout 2 sh -c 'while :; do :; done'; true) >/dev/null 2>&1; cat /sys/fs/cgroup/cpuacct/cpuacct.usage 2>/dev/null || sed -n 's/usage_usec \\(.*\\)/\\1000/p' /sys/fs/cgroup/cpu.stat", "--cpus", "0.25");
        double used = double.Parse(text.Split('\n')[^1], CultureInfo.InvariantCulture) / 1e9;
        Assert.InRange(used, 0.05, 0.75);
        Run(client, "run", "--rm", "--cpus", "5000", "busybox", "true").Fails(125, "range of CPUs is from 0.01 to");
    }

    [Theory, MemberData(nameof(Clients)), CoversFlags("cpu-period", "cpu-quota")]
    public void CpuPeriodAndQuota_AreInTheCgroup(Client client)
    {
        string text = Sh(client, "cat /sys/fs/cgroup/cpu/cpu.cfs_quota_us /sys/fs/cgroup/cpu/cpu.cfs_period_us 2>/dev/null || cat /sys/fs/cgroup/cpu.max", "--cpu-period", "50000", "--cpu-quota", "20000");
        Assert.Equal("20000 50000", text.Replace('\n', ' '));
        Refused(client, "CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)", "--cpu-period", "10");
        Refused(client, "CPU cfs quota can not be less than 1ms (i.e. 1000)", "--cpu-quota", "10");
        Refused(client, "Nano CPUs and CPU Period cannot both be set", "--cpus", "0.5", "--cpu-period", "50000");
    }

    [Theory, MemberData(nameof(Clients)), CoversFlags("cpu-shares")]
    public void CpuShares_AreInTheCgroup(Client client)
    {
        string text = Limit(client, "cpu/cpu.shares", "cpu.weight", "-c", "512");
        Assert.Equal(Unified ? "20" : "512", text);
    }

    [Theory, MemberData(nameof(Clients)), CoversFlags("cpuset-cpus", "cpuset-mems")]
    public void Cpuset_BoundsWhereTheProcessRuns(Client client)
    {
        string status = Sh(client, "grep _allowed_list /proc/self/status", "--cpuset-cpus", "0", "--cpuset-mems", "0");
        Assert.Contains("Cpus_allowed_list:\t0\n", status);
        Assert.EndsWith("Mems_allowed_list:\t0", status);
        Refused(client, "Requested CPUs are not available", "--cpuset-cpus", "0-999");
        Refused(client, "Invalid value x for cpuset mems", "--cpuset-mems", "x");
    }

    [Theory, MemberData(nameof(Clients)), CoversFlags("cpu-rt-period", "cpu-rt-runtime")]
    public void CpuRealtime_IsSetOrRefusedByAKernelWithoutIt(Client client)
    {
        if (File.Exists("/sys/fs/cgroup/cpu/cpu.rt_runtime_us"))
        {
            Refused(client, "cpu real-time runtime cannot be higher than cpu real-time period", "--cpu-rt-period", "1000", "--cpu-rt-runtime", "2000");
            Engine.OnHost("sh", "-c", $"d=/sys/fs/cgroup/cpu/{Engine.Name}; mkdir -p $d; echo 400000 > $d/cpu.rt_runtime_us; cat $d/cpu.rt_runtime_us").Ok();
            Assert.Equal("500000 1000", Sh(client, "cat /sys/fs/cgroup/cpu/cpu.rt_period_us /sys/fs/cgroup/cpu/cpu.rt_runtime_us", "--cpu-rt-period", "500000", "--cpu-rt-runtime", "1000").Replace('\n', ' '));
        }
        else
        {
            Refused(client, "Your kernel does not support CPU real-time scheduler", "--cpu-rt-runtime", "1000");
            Refused(client, "Your kernel does not support CPU real-time scheduler", "--cpu-rt-period", "1000");
        }
    }

    [Theory, MemberData(nameof(Clients)), CoversFlags("pids-limit")]
    public void PidsLimit_HoldsAForkBomb(Client client)
    {
        Assert.Equal("33", Limit(client, "pids/pids.max", "pids.max", "--pids-limit", "33"));
        Assert.Equal("max", Limit(client, "pids/pids.max", "pids.max", "--pids-limit", "-1"));
        var run = Run(client, "run", "--rm", "--pids-limit", "8", "busybox", "sh", "-c", "for i in 1 2 3 4 5 6 7 8 9 10 11 12; do sleep 1 & done; true");
        Assert.Contains("can't fork", run.Error + run.Out);
    }

    [Theory, MemberData(nameof(Clients)), CoversFlags("ulimit")]
    public void Ulimit_SoftAndHard_AreThoseOfTheProcess(Client client)
    {
        Assert.Equal("100 200", Sh(client, "echo $(ulimit -Sn) $(ulimit -Hn)", "--ulimit", "nofile=100:200"));
        Assert.Equal("0", Sh(client, "ulimit -Hc", "--ulimit", "core=0"));
        Run(client, "run", "--rm", "--ulimit", "nofile=2:1", "busybox", "true").Fails(125, "ulimit soft limit must be less than or equal to hard limit: 2 > 1");
        Run(client, "run", "--rm", "--ulimit", "nonsense=1", "busybox", "true").Fails(125, "invalid ulimit type: nonsense");
    }

    [Theory, MemberData(nameof(Clients)), CoversFlags("shm-size")]
    public void ShmSize_IsTheSizeOfTheTmpfs(Client client)
    {
        Assert.Contains("size=8192k", Sh(client, "grep ' /dev/shm ' /proc/mounts", "--shm-size", "8m"));
        Assert.Contains("size=65536k", Sh(client, "grep ' /dev/shm ' /proc/mounts"));
        Assert.Contains("No space left", Sh(client, "head -c 9000000 /dev/zero 2>&1 > /dev/shm/x | cat; cat /dev/zero 2>&1 >/dev/shm/y | cat; cp /dev/zero /dev/shm/z 2>&1; true", "--shm-size", "8m"));
    }

    [Theory, MemberData(nameof(Clients)), CoversFlags("blkio-weight", "blkio-weight-device")]
    public void BlkioWeight_IsSetOrSaidToBeDiscarded(Client client)
    {
        bool known = File.Exists("/sys/fs/cgroup/blkio/blkio.weight") || File.Exists("/sys/fs/cgroup/blkio/blkio.bfq.weight") || Directory.EnumerateFiles("/sys/fs/cgroup", "io.bfq.weight").Any();
        foreach (string[] flags in (string[][])[["--blkio-weight", "300"], ["--blkio-weight-device", Disk + ":300"]])
        {
            var run = Run(client, ["run", "--rm", .. flags, "busybox", "sh", "-c", "cat /sys/fs/cgroup/blkio/blkio.*weight* /sys/fs/cgroup/io.*weight* 2>/dev/null; true"]).Ok();
            Assert.True(known ? run.Out.Contains("300", StringComparison.Ordinal) : run.Error.Contains("Block I/O weight", StringComparison.Ordinal), run.ToString());
        }

        Run(client, "run", "--rm", "--blkio-weight", "5", "busybox", "true").Fails(125, "Range of blkio weight is from 10 to 1000");
        Run(client, "run", "--rm", "--blkio-weight-device", "nonsense", "busybox", "true").Fails(125, "bad format: nonsense");
    }

    [Theory, CombinatorialClients("device-read-bps", "device-write-bps", "device-read-iops", "device-write-iops")]
    [CoversFlags("device-read-bps", "device-write-bps", "device-read-iops", "device-write-iops")]
    public void Throttle_IsInTheCgroup(Client client, string flag)
    {
        string unit = flag.EndsWith("iops", StringComparison.Ordinal) ? "iops" : "bps", direction = flag.Contains("read", StringComparison.Ordinal) ? "read" : "write";
        string text = Limit(client, $"blkio/blkio.throttle.{direction}_{unit}_device", "io.max", "--" + flag, Disk + ":1048576");
        Assert.StartsWith(DiskNumbers + " ", text);
        Assert.Contains("1048576", text);
        Run(client, "run", "--rm", "--" + flag, Disk, "busybox", "true").Fails(125, "bad format: " + Disk);
        Refused(client, "/dev/nosuchdisk", "--" + flag, "/dev/nosuchdisk:1000");
    }

    [Theory, MemberData(nameof(Clients)), CoversFlags("cgroup-parent")]
    public void CgroupParent_IsWhereTheGroupIs(Client client)
    {
        string name = Sleeper(client, "--cgroup-parent", $"/{Engine.Name}/nested");
        string pid = Inspect(name, "{{.State.Pid}}");
        Assert.Contains($"/{Engine.Name}/nested/{Inspect(name, "{{.Id}}")}", File.ReadAllText($"/proc/{pid}/cgroup"));
    }

    [Theory, MemberData(nameof(Clients)), CoversFlags("storage-opt")]
    public void StorageOptSize_IsRefusedWhereTheFileSystemHasNoQuotas(Client client)
    {
        Refused(client, "--storage-opt is supported only for overlay over xfs", "--storage-opt", "size=100M");
        Run(client, "run", "--rm", "--storage-opt", "size", "busybox", "true").Fails(125, "invalid storage option");
        Refused(client, "nonsense", "--storage-opt", "nonsense=1");
    }
}
