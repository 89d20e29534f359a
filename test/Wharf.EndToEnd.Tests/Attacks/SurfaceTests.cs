using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.Attacks;

/// <summary>What a container without further rights sees and may touch of the kernel: cgroups, procfs, devices, mounts.</summary>
public sealed class SurfaceTests(SharedEngine shared) : AttackTest(shared)
{
    [Fact]
    [Trait("attack", "esc-release-agent")]
    [Trait("attack", "esc-cgroupns")]
    public void Cgroups_CannotBeWrittenFromInside_NeitherByTheFirstProcessNorByAnExec()
    {
        string[] tries = ["sh", "-c",
            "for d in /sys/fs/cgroup /sys/fs/cgroup/*; do for f in release_agent notify_on_release devices.allow cgroup.procs tasks memory.limit_in_bytes memory.max pids.max cgroup.subtree_control; do "
            + "[ ! -e $d/$f ] || ! (echo 1 > $d/$f) 2>/dev/null || echo wrote $d/$f; done; ! mkdir $d/sub 2>/dev/null || echo made $d/sub; done; "
            + "! mount -o remount,rw /sys/fs/cgroup 2>/dev/null || echo remounted; [ \"$1\" = host ] || grep -v ':/$' /proc/self/cgroup; true", "sh"];
        foreach (string mode in (string[])["private", "host"])
        {
            string name = NewName();
            Assert.Equal("", Run(Client.Docker, ["run", "--rm", "--cgroupns", mode, "busybox", .. tries, mode]).Ok().Text);
            Run(Client.Docker, "run", "-d", "--cgroupns", mode, "--name", name, "busybox", "sleep", "600").Ok();
            Assert.Equal("", Run(Client.Docker, ["exec", name, .. tries, mode]).Ok().Text);
        }
    }

    [Fact]
    [Trait("attack", "esc-privileged-scope")]
    public void Devices_AreTheUsualOnesAlone_AndOthersCannotBeMadeAndOpened()
    {
        string nodes = Run(Client.Docker, "run", "--rm", "busybox", "sh", "-c", "find /dev \\( -type b -o -type c \\) | grep -v ^/dev/pts/ | sort | tr '\\n' ' '").Ok().Text.Trim();
        Assert.Equal("/dev/full /dev/null /dev/random /dev/tty /dev/urandom /dev/zero", nodes);
        // the disks of this machine, by their numbers; making a node is allowed (CAP_MKNOD), opening it is not
        foreach (string line in File.ReadAllLines("/proc/partitions").Skip(2))
        {
            string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            foreach (string[] flags in (string[][])[[], ["--cap-add", "SYS_RAWIO"], ["--cap-add", "SYS_ADMIN", "--security-opt", "seccomp=unconfined"]])
            {
                CommandResult result = Run(Client.Docker, ["run", "--rm", .. flags, "busybox", "sh", "-c", $"mknod /disk b {fields[0]} {fields[1]} && dd if=/disk of=/dev/null bs=512 count=1"]);
                Assert.True(result.ExitCode != 0 && result.Error.Contains("Operation not permitted", StringComparison.Ordinal), result.ToString());
            }
        }

        Run(Client.Docker, "run", "--rm", "busybox", "sh", "-c", "mknod /kmsg c 1 11 && head -c 1 /kmsg").Fails(1, "Operation not permitted");
        Run(Client.Docker, "run", "--rm", "busybox", "sh", "-c", "mknod /mem c 1 1 && head -c 1 /mem").Fails(1, "Operation not permitted");
    }

    [Fact]
    [Trait("attack", "esc-rw-mount-flags")]
    public void ReadOnlyBind_IsSoWithAllBelowIt_AndCannotBeRemounted()
    {
        using var outside = new Outside();
        string source = outside.Path + "/tree";
        Directory.CreateDirectory(source + "/sub");
        Command.Run("mount", ["-t", "tmpfs", "none", source + "/sub"]).Ok();
        try
        {
            string[] tries = ["sh", "-c", "touch /t/x /t/sub/x; mount -o remount,rw,bind /t; mount -o remount,rw,bind /t/sub; umount /t/sub; touch /t/x /t/sub/x; true"];
            Run(Client.Docker, ["run", "--rm", "-v", source + ":/t:ro", "busybox", .. tries]).Ok();
            Run(Client.Docker, ["run", "--rm", "--mount", $"type=bind,src={source},dst=/t,readonly,bind-recursive=readonly,bind-propagation=rprivate", "busybox", .. tries]).Ok();
            Assert.Equal([source + "/sub"], Directory.GetFileSystemEntries(source));
            Assert.Empty(Directory.GetFileSystemEntries(source + "/sub"));
        }
        finally
        {
            Command.Run("umount", [source + "/sub"]).Ok();
        }

        // what a mount of the host forbids, a bind of it forbids as well
        Command.Run("mount", ["-t", "tmpfs", "-o", "nosuid,nodev,noexec", "none", source + "/sub"]).Ok();
        try
        {
            string options = Run(Client.Docker, "run", "--rm", "-v", source + "/sub:/t", "busybox", "sh", "-c", "grep ' /t ' /proc/self/mounts").Ok().Text;
            Assert.All((string[])["nosuid", "nodev", "noexec"], word => Assert.Contains(word, options));
        }
        finally
        {
            Command.Run("umount", [source + "/sub"]).Ok();
        }

        Directory.Delete(source, recursive: true);
        outside.MustBeUntouched();
    }

    [Fact]
    [Trait("attack", "esc-masked-null-swap")]
    [Trait("attack", "esc-sysctl-redirect")]
    public void KernelFiles_AreMaskedOrReadOnly()
    {
        string output = Run(Client.Docker, "run", "--rm", "busybox", "sh", "-c",
            "for f in /proc/kcore /proc/keys /proc/latency_stats /proc/timer_list /proc/sched_debug; do [ ! -e $f ] || head -c 1 $f | wc -c; done; ls /proc/acpi /proc/scsi /sys/firmware 2>/dev/null | grep -v : | grep .; "
            + "for f in /proc/sysrq-trigger /proc/sys/kernel/core_pattern /proc/sys/kernel/modprobe /proc/irq/default_smp_affinity /sys/kernel/uevent_helper /sys/power/state; do (echo x > $f) 2>/dev/null && echo wrote $f; done; true").Ok().Out;
        Assert.All(output.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.Equal("0", line));
    }

    [Theory]
    [Trait("attack", "esc-sysctl-inject")]
    [InlineData("kernel.core_pattern=|/x")]
    [InlineData("kernel/core_pattern=x")]
    [InlineData("net.ipv4/../../kernel.core_pattern=x")]
    [InlineData("net.ipv4.ip_forward=1\n+kernel.core_pattern=x")]
    [InlineData("kernel.shm_rmid_forced=1+net.ipv4.ip_forward=1")]
    [InlineData("vm.overcommit_memory=1")]
    [InlineData("fs.file-max=1")]
    public void Sysctl_OfTheHostOrWithMoreInIt_IsRefused(string setting)
    {
        string name = NewName();
        string before = Before();

        CommandResult result = Run(Client.Docker, "run", "--name", name, "--sysctl", setting, "busybox", "true");

        Assert.True(result.ExitCode != 0, result.ToString());
        Assert.Equal(before, Before());

        static string Before() => string.Concat(((string[])["kernel/core_pattern", "vm/overcommit_memory", "fs/file-max"]).Select(f => File.ReadAllText("/proc/sys/" + f)));
    }
}
