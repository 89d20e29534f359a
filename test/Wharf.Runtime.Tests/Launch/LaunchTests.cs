using Wharf.Linux;
using Wharf.Oci.Runtime;
using Wharf.Runtime.Launch;

namespace Wharf.Runtime.Tests.Launch;

/// <summary>What a program finds in its container.</summary>
public sealed class LaunchTests : IDisposable
{
    private readonly TestBundle _bundle = new();

    public void Dispose() => _bundle.Dispose();

    [Fact]
    public void Launch_ProgramPrintsItsPid_IsOneInItsNamespace()
    {
        (LaunchResult result, string output, int code) = _bundle.Run(_bundle.Spec("sh", "-c", "echo pid $$; hostname; id -u; umask; pwd; exit 3"));

        Assert.Null(result.Failure);
        Assert.Equal("pid 1\nbox\n0\n0022\n/\n", output);
        Assert.Equal(3, code);
    }

    [Fact]
    public void Launch_Status_HasDockersCapabilitiesAndOneFilter()
    {
        (_, string output, _) = _bundle.Run(_bundle.Spec("grep", "-E", "^(Cap|Seccomp|NoNewPrivs|SigIgn|SigBlk)", "/proc/self/status"));

        Assert.Contains("CapInh:\t0000000000000000\n", output);
        Assert.Contains("CapPrm:\t00000000a80425fb\n", output);
        Assert.Contains("CapEff:\t00000000a80425fb\n", output);
        Assert.Contains("CapBnd:\t00000000a80425fb\n", output);
        Assert.Contains("CapAmb:\t0000000000000000\n", output);
        Assert.Contains("Seccomp:\t2\n", output);
        Assert.Contains("SigIgn:\t0000000000000000\n", output);
        Assert.Contains("SigBlk:\t0000000000000000\n", output);
    }

    [Fact]
    public void Launch_UserWithGroups_HasExactlyThose()
    {
        RuntimeSpec spec = _bundle.Spec("sh", "-c", "id; grep Cap /proc/self/status; stat -c %u /proc/self/fd/1");
        spec = spec with { Process = spec.Process! with { User = new UserSpec { Uid = 1000, Gid = 1001, AdditionalGids = [7, 1002], Umask = 63 } } };

        (_, string output, _) = _bundle.Run(spec);

        Assert.Contains("uid=1000 gid=1001 groups=7,1002\n", output);
        Assert.Contains("CapEff:\t0000000000000000\n", output);
    }

    [Fact]
    public void Launch_OnlyStdio_IsInherited()
    {
        using FileStream extra = File.OpenRead("/etc/hostname");
        ProcessLeak.MakeInheritable(extra.SafeFileHandle);

        (_, string output, _) = _bundle.Run(_bundle.Spec("ls", "/proc/self/fd"));

        // 3 is the directory that ls reads
        Assert.Equal("0\n1\n2\n3\n", output);
    }

    [Fact]
    public void Launch_ReadOnlyRootAndPaths_CannotBeWritten()
    {
        RuntimeSpec spec = _bundle.Spec("sh", "-c", "touch /x; echo 1 > /proc/sys/net/ipv4/ip_forward; cat /proc/keys; ls /sys/firmware; touch /dev/shm/ok && echo shm");
        spec = spec with { Root = spec.Root! with { Readonly = true } };

        (_, string output, _) = _bundle.Run(spec);

        Assert.Contains("touch: /x: Read-only file system", output);
        Assert.Contains("ip_forward: Read-only file system", output);
        Assert.EndsWith("\nshm\n", output);
    }

    [Fact]
    public void Launch_LimitsAndSysctls_AreInForce()
    {
        RuntimeSpec spec = _bundle.Spec("sh", "-c", "ulimit -n; ulimit -c; cat /proc/sys/net/ipv4/ip_forward /proc/sys/kernel/shmmni");
        spec = spec with
        {
            Process = spec.Process! with
            {
                Rlimits = [new() { Type = "RLIMIT_NOFILE", Soft = 99, Hard = 100 }, new() { Type = "RLIMIT_CORE", Soft = 0, Hard = 0 }],
            },
            Linux = spec.Linux! with { Sysctl = new Dictionary<string, string> { ["net.ipv4.ip_forward"] = "1", ["kernel.shmmni"] = "4097" } },
        };

        (_, string output, _) = _bundle.Run(spec);

        Assert.Equal("99\n0\n1\n4097\n", output);
    }

    [Fact]
    public void Launch_BindMount_HasItsOptions()
    {
        string source = _bundle.Path + "/source";
        Directory.CreateDirectory(source);
        File.WriteAllText(source + "/f", "data");
        RuntimeSpec spec = _bundle.Spec("sh", "-c", "cat /a/b/f; touch /a/b/g; grep ' /a/b ' /proc/self/mountinfo");
        spec = spec with { Mounts = [.. spec.Mounts!, new() { Destination = "/a/b", Type = "bind", Source = source, Options = ["rbind", "rprivate", "ro", "nosuid", "nodev"] }] };

        (LaunchResult result, string output, _) = _bundle.Run(spec);

        Assert.Null(result.Failure);
        Assert.Contains("data", output);
        Assert.Contains("Read-only file system", output);
        Assert.Contains(" ro,nosuid,nodev,", output);
        Assert.False(File.Exists(source + "/g"));
    }

    [Fact]
    public void Launch_Devices_AreThoseOfTheSpecification()
    {
        RuntimeSpec spec = _bundle.Spec("sh", "-c", "stat -c '%t:%T %a %u %g' /dev/fuse; echo x > /dev/null && echo null; head -c 2 /dev/zero | wc -c; ls -l /dev/ptmx; dd if=/dev/sub/rnd bs=1 count=1 2>/dev/null | wc -c");
        spec = spec with
        {
            Linux = spec.Linux! with
            {
                Devices =
                [
                    new() { Path = "/dev/fuse", Type = "c", Major = 10, Minor = 229, FileMode = 0b110_000_000, Uid = 5, Gid = 6 },
                    new() { Path = "/dev/sub/rnd", Type = "c", Major = 1, Minor = 9 },
                ],
            },
        };

        (_, string output, _) = _bundle.Run(spec);

        Assert.StartsWith("a:e5 600 5 6\nnull\n2\n", output);
        Assert.Contains("/dev/ptmx -> pts/ptmx", output);
        Assert.EndsWith("\n1\n", output);
    }

    [Fact]
    public void Launch_UserNamespace_MapsRootAway()
    {
        RuntimeSpec spec = _bundle.Spec("sh", "-c", "id -u; cat /proc/self/uid_map; touch /mine && echo made; ls -l /dev/null; mount -t tmpfs x /tmp");
        spec = spec with
        {
            Linux = spec.Linux! with
            {
                Namespaces = [.. spec.Linux.Namespaces!, new() { Type = "user" }],
                UidMappings = [new() { ContainerId = 0, HostId = 100000, Size = 65536 }],
                GidMappings = [new() { ContainerId = 0, HostId = 100000, Size = 65536 }],
            },
        };
        _bundle.GiveTo(100000);

        (LaunchResult result, string output, _) = _bundle.Run(spec);

        Assert.Null(result.Failure?.Message);
        Assert.StartsWith("0\n", output);
        Assert.Contains("100000      65536", output);
        Assert.Contains("made", output);
        Assert.Contains("c", output);
    }

    [Fact]
    public void Launch_UnavailablePrivilege_IsWarnedAboutNotFatal()
    {
        RuntimeSpec spec = _bundle.Spec("true");
        spec = spec with { Process = spec.Process! with { Rlimits = [new() { Type = "RLIMIT_NOFILE", Soft = ulong.MaxValue, Hard = ulong.MaxValue }], OomScoreAdj = -999 } };
        bool privileged = CapabilitySet.OwnEffective.Has(Capability.SysResource);

        (LaunchResult result, _, int code) = _bundle.Run(spec);

        if (privileged)
        {
            Assert.Skip("this process has CAP_SYS_RESOURCE: nothing to clamp");
        }

        Assert.Null(result.Failure);
        Assert.Equal(0, code);
        Assert.Contains(result.Warnings, w => w.StartsWith("RLIMIT_NOFILE: hard limit", StringComparison.Ordinal));
        Assert.Contains(result.Warnings, w => w.StartsWith("oom_score_adj -999", StringComparison.Ordinal));
    }
}
