using Wharf.Linux;
using Wharf.Oci.Runtime;
using Wharf.Primitives;
using Wharf.Runtime.Launch;

namespace Wharf.Runtime.Tests.Launch;

/// <summary>Roots and programs that try to reach the host. Names are those of the list of attacks.</summary>
public sealed class AttackTests : IDisposable
{
    private readonly TestBundle _bundle = new();

    public void Dispose() => _bundle.Dispose();

    [Theory]
    [Trait("attack", "esc-leaked-fd-cwd")]
    [InlineData("/proc/self/fd/3")]
    [InlineData("/proc/self/fd/9")]
    [InlineData("/proc/self/cwd")]
    [InlineData("/proc/1/root")]
    public void EscLeakedFdCwd_WorkingDirectoryThroughProc_IsRefused(string directory)
    {
        RuntimeSpec spec = _bundle.Spec("pwd");

        (LaunchResult result, string output, _) = _bundle.Run(spec with { Process = spec.Process! with { Cwd = directory } });

        Assert.NotNull(result.Failure);
        Assert.Contains("chdir to cwd", result.Failure.Message);
        Assert.Equal("", output);
    }

    [Theory]
    [Trait("attack", "esc-proc-is-symlink")]
    [Trait("attack", "esc-sys-is-symlink")]
    [InlineData("proc")]
    [InlineData("sys")]
    [InlineData("dev")]
    public void EscIsSymlink_MountPointThatIsALink_IsRefused(string name)
    {
        string outside = Directory.CreateTempSubdirectory("wharf-outside-").FullName;
        File.CreateSymbolicLink($"{_bundle.Rootfs}/{name}", outside);

        (LaunchResult result, _, _) = _bundle.Run(_bundle.Spec("true"));

        Assert.Contains("too many levels of symbolic links", result.Failure?.Message);
        Assert.Empty(Directory.GetFileSystemEntries(outside));
        Directory.Delete(outside);
    }

    [Fact]
    [Trait("attack", "esc-dev-symlink")]
    public void EscDevSymlink_LinkBelowBoundDev_MakesNothingOutside()
    {
        string outside = Directory.CreateTempSubdirectory("wharf-outside-").FullName;
        Directory.CreateDirectory(_bundle.Rootfs + "/dev");
        File.CreateSymbolicLink(_bundle.Rootfs + "/dev/shm", outside);
        RuntimeSpec spec = _bundle.Spec("true");
        spec = spec with { Mounts = [.. spec.Mounts!.Where(m => m.Destination is not "/dev")] };

        (LaunchResult result, _, _) = _bundle.Run(spec);

        Assert.NotNull(result.Failure);
        Assert.Empty(Directory.GetFileSystemEntries(outside));
        Directory.Delete(outside);
    }

    [Theory]
    [Trait("attack", "esc-sysctl-inject")]
    [InlineData("kernel.core_pattern", "x")]
    [InlineData("kernel/core_pattern", "x")]
    [InlineData("net.ipv4/../../kernel.core_pattern", "x")]
    [InlineData("net..ipv4", "1")]
    [InlineData("net.ipv4.ip_forward", "1\n2")]
    [InlineData("fs.mqueue/../file-max", "1")]
    [InlineData("kernel.hostname", "x")]
    public void EscSysctlInject_NameOrValueThatReachesElsewhere_IsRefused(string name, string value)
    {
        RuntimeSpec spec = _bundle.Spec("true");
        spec = spec with { Linux = spec.Linux! with { Sysctl = new Dictionary<string, string> { [name] = value } } };

        Assert.Equal(ErrorKind.InvalidArgument, Assert.Throws<WharfException>(() => _bundle.Run(spec)).Kind);
    }

    [Fact]
    [Trait("attack", "esc-sysctl-inject")]
    public void EscSysctl_InTheHostsNamespace_IsRefused()
    {
        RuntimeSpec spec = _bundle.Spec("true");
        spec = spec with
        {
            Linux = spec.Linux! with
            {
                Namespaces = [.. spec.Linux.Namespaces!.Where(n => n.Type != "network")],
                Sysctl = new Dictionary<string, string> { ["net.ipv4.ip_forward"] = "0" },
            },
        };

        Assert.Contains("not allowed in the hosts net", Assert.Throws<WharfException>(() => _bundle.Run(spec)).Message);
    }

    [Fact]
    [Trait("attack", "esc-release-agent")]
    [Trait("attack", "esc-cgroupns")]
    public void EscReleaseAgentAndCgroupns_WritesToCgroups_AreRefused()
    {
        (_, string output, _) = _bundle.Run(_bundle.Spec("sh", "-c",
            "cd /sys/fs/cgroup/memory 2>/dev/null || cd /sys/fs/cgroup; echo /x > release_agent; echo 1 > notify_on_release; mkdir sub; echo a > ../devices/devices.allow; echo 1 > cgroup.procs; cat /proc/self/cgroup"));

        Assert.DoesNotContain("/wharf-tests", output);
        Assert.Equal(5, output.Split('\n').Count(line => line.Contains("Read-only file system", StringComparison.Ordinal) || line.Contains("nonexistent", StringComparison.Ordinal)
            || line.Contains("Permission denied", StringComparison.Ordinal)));
    }

    [Fact]
    [Trait("attack", "esc-userns-nested")]
    public void EscUsernsNestedAndMount_InDefaultProfile_AreDenied()
    {
        (_, string output, _) = _bundle.Run(_bundle.Spec("sh", "-c", "unshare -U true; mount -t tmpfs x /etc; hostname evil; mknod /dev/disk b 8 0 && cat /dev/disk; kill -0 1 && echo own"));

        Assert.Contains("unshare: unshare(0x10000000): Operation not permitted", output);
        Assert.Contains("mount: permission denied", output);
        Assert.Contains("hostname: sethostname: Operation not permitted", output);
        Assert.EndsWith("own\n", output);
    }

    [Fact]
    [Trait("attack", "esc-privileged-scope")]
    public void EscPrivilegedScope_DeviceRules_KeepDisksAway()
    {
        RuntimeSpec spec = _bundle.Spec("sh", "-c", "mknod /dev/disk b 254 0 && head -c 1 /dev/disk; echo x > /dev/null && echo null");
        spec = spec with { Linux = spec.Linux! with { Resources = new LinuxResources { Devices = [new() { Allow = false, Access = "rwm" }] } } };

        (_, string output, _) = _bundle.Run(spec);

        Assert.Contains("Operation not permitted", output);
        Assert.EndsWith("null\n", output);
    }

    [Fact]
    [Trait("attack", "esc-proc-self-exe")]
    public void EscProcSelfExe_OfTheFirstProcess_IsTheContainersProgram()
    {
        (_, string output, _) = _bundle.Run(_bundle.Spec("readlink", "/proc/self/exe"));
        Assert.Equal("/bin/busybox\n", output);

        (_, output, _) = _bundle.Run(_bundle.Spec("sh", "-c", "readlink /proc/1/exe; echo evil > /proc/1/exe"), r => r with { Init = true });
        Assert.StartsWith("/memfd:init (deleted)\n", output);
        Assert.Contains("/proc/1/exe", output[output.IndexOf('\n')..]);
    }

    [Fact]
    [Trait("attack", "esc-rw-mount-flags")]
    public void EscRwMountFlags_RecursiveReadOnly_CoversSubmounts()
    {
        string source = _bundle.Path + "/tree";
        Directory.CreateDirectory(source + "/sub");
        MountCalls.Mount("tmpfs", source + "/sub", "tmpfs", MountFlags.None).ThrowIfError();
        try
        {
            RuntimeSpec spec = _bundle.Spec("sh", "-c", "touch /t/sub/x; touch /u/sub/x && echo plain ro leaves submounts");
            spec = spec with
            {
                Mounts =
                [
                    .. spec.Mounts!,
                    new() { Destination = "/t", Type = "bind", Source = source, Options = ["rbind", "rro"] },
                    new() { Destination = "/u", Type = "bind", Source = source, Options = ["rbind", "ro"] },
                ],
            };

            (_, string output, _) = _bundle.Run(spec);

            Assert.Contains("touch: /t/sub/x: Read-only file system", output);
            Assert.Contains("plain ro leaves submounts", output);
        }
        finally
        {
            MountCalls.Unmount(source + "/sub", UnmountFlags.Detach).ThrowIfError();
        }
    }
}
