using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Wharf.Linux;
using Wharf.Oci.Runtime;
using Wharf.Primitives;
using Wharf.Runtime.Launch;

namespace Wharf.Runtime.Tests.Launch;

/// <summary>
/// Trees that change under the runtime's feet while it mounts: what runc and crun fell to by paths that they resolved twice. WHARF_ATTACK_TRIES
/// sets how often each race is run (the list of attacks asks for 10,000; the default is short enough for every run of the tests).
/// </summary>
public sealed class RaceAttackTests : IDisposable
{
    private static readonly int Tries = int.Parse(Environment.GetEnvironmentVariable("WHARF_ATTACK_TRIES") ?? "400", CultureInfo.InvariantCulture);

    private readonly TestBundle _bundle = new();
    private readonly string _outside = Directory.CreateTempSubdirectory("wharf-outside-").FullName;

    public void Dispose()
    {
        _bundle.Dispose();
        Directory.Delete(_outside, recursive: true);
    }

    [Fact]
    [Trait("attack", "esc-mount-symlink-race")]
    public void MountPoint_FlippedMeanwhile_NeverLandsOutside()
    {
        string shared = _bundle.Path + "/shared";
        Directory.CreateDirectory(shared + "/dir");
        File.CreateSymbolicLink(shared + "/link", _outside);
        RuntimeSpec spec = _bundle.Spec("true");
        spec = spec with
        {
            Mounts =
            [
                .. spec.Mounts!,
                new() { Destination = "/vol", Type = "bind", Source = shared, Options = ["rbind"] },
                new() { Destination = "/vol/dir/nested", Type = "tmpfs", Source = "tmpfs" },
                new() { Destination = "/vol/dir/file", Type = "bind", Source = TestBundle.Busybox, Options = ["bind"] },
            ],
        };
        int started = 0;
        WhileFlipping(shared + "/dir", shared + "/link", () => started += _bundle.Run(spec).Result.Failure is null ? 1 : 0);

        Assert.Empty(Directory.GetFileSystemEntries(_outside));
        Assert.True(started > 0, "no start of them all went through: the race was not run");
    }

    [Fact]
    [Trait("attack", "esc-masked-null-swap")]
    public void Null_SwappedForALinkWhileMasking_UncoversNothing()
    {
        // CVE-2025-31133: the mask was bound from the container's own /dev/null, which a second container made a link to a file of procfs
        string dev = _bundle.Path + "/dev";
        Directory.CreateDirectory(dev);
        Directory.CreateDirectory(dev + "/pts");
        NameCalls.MakeNode(FileCalls.CurrentDirectory, dev + "/null", FileType.CharacterDevice | 0b110_110_110, DeviceNumber.Make(1, 3)).ThrowIfError("mknod");
        File.CreateSymbolicLink(dev + "/other", "/proc/sys/kernel/core_pattern");
        RuntimeSpec spec = _bundle.Spec("sh", "-c", "cat /proc/keys /proc/timer_list; grep -E ' /proc/(keys|timer_list|kcore) ' /proc/self/mountinfo");
        spec = spec with
        {
            Mounts = [.. spec.Mounts!.Where(m => !m.Destination.StartsWith("/dev", StringComparison.Ordinal)), new() { Destination = "/dev", Type = "bind", Source = dev, Options = ["rbind"] }],
        };
        int started = 0;
        WhileFlipping(dev + "/null", dev + "/other", () =>
        {
            (LaunchResult result, string output, _) = _bundle.Run(spec);
            if (result.Failure is not null)
            {
                return;
            }

            started++;
            string[] lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.All(lines, line => Assert.Contains("/null /proc/", line));
            Assert.All(lines, line => Assert.Contains(" ro,", line));
            Assert.InRange(lines.Length, 2, 3);
        });
        Assert.True(started > 0, "no start of them all went through: the race was not run");
    }

    [Fact]
    [Trait("attack", "esc-console-swap")]
    public void Console_SwappedForALinkMeanwhile_BindsNothingOfProcfs()
    {
        // CVE-2025-52565: /dev/console was a link into procfs when the terminal was bound over it, and what it led to became writable
        string dev = _bundle.Path + "/dev";
        Directory.CreateDirectory(dev);
        Directory.CreateDirectory(dev + "/pts");
        File.WriteAllText(dev + "/console", "");
        File.CreateSymbolicLink(dev + "/other", "/proc/sysrq-trigger");
        RuntimeSpec spec = _bundle.Spec("sh", "-c", "tty; grep -E ' /0 /dev/|sysrq-trigger' /proc/self/mountinfo");
        MountSpec pts = spec.Mounts!.First(m => m.Destination == "/dev/pts");
        spec = spec with
        {
            Process = spec.Process! with { Terminal = true },
            Mounts = [.. spec.Mounts!.Where(m => !m.Destination.StartsWith("/dev", StringComparison.Ordinal)), new() { Destination = "/dev", Type = "bind", Source = dev, Options = ["rbind"] }, pts],
        };
        int started = 0;
        WhileFlipping(dev + "/console", dev + "/other", () =>
        {
            (LaunchResult result, _, _) = _bundle.Run(spec, null, started =>
            {
                string text = ReadAll(started.Console!);
                Assert.Contains("/dev/pts/0", text);
                string[] mounts = [.. text.Split("\r\n").Where(l => l.Contains(" - ", StringComparison.Ordinal))];
                // the mount stays with its file, whatever that one is called by now; it is the terminal, and the trigger stays read-only
                Assert.Contains(mounts, m => m.Contains(" /0 /dev/", StringComparison.Ordinal) && m.Contains("devpts", StringComparison.Ordinal));
                Assert.All(mounts.Where(m => m.Contains("sysrq", StringComparison.Ordinal)), m => Assert.Contains(" ro,", m));
            });
            started += result.Failure is null ? 1 : 0;
        });
        Assert.True(started > 0, "no start of them all went through: the race was not run");
    }

    [Theory]
    [Trait("attack", "esc-sysctl-redirect")]
    [InlineData("/proc/sys/net")]
    [InlineData("/proc/sys/net/ipv4")]
    [InlineData("/proc/sys")]
    public void Sysctl_WithSomethingMountedOverProc_IsWrittenToTheRealOne(string over)
    {
        // CVE-2025-52881: what lies over the container's /proc redirects the runtime's writes, to core_pattern or sysrq-trigger for instance
        string fake = _bundle.Path + "/fake";
        Directory.CreateDirectory(fake + "/net/ipv4");
        Directory.CreateDirectory(fake + "/ipv4");
        string pattern = SmallFile.Read("/proc/sys/kernel/core_pattern");
        foreach (string place in (string[])["/net/ipv4/ip_forward", "/ipv4/ip_forward", "/ip_forward"])
        {
            File.CreateSymbolicLink(fake + place, "/proc/sys/kernel/core_pattern");
        }

        RuntimeSpec spec = _bundle.Spec("cat", "/mnt/sys/net/ipv4/ip_forward");
        spec = spec with
        {
            Mounts = [.. spec.Mounts!, new() { Destination = "/mnt", Type = "proc", Source = "proc" }, new() { Destination = over, Type = "bind", Source = fake, Options = ["bind"] }],
            Linux = spec.Linux! with { Sysctl = new Dictionary<string, string> { ["net.ipv4.ip_forward"] = "1" } },
        };

        (LaunchResult result, string output, _) = _bundle.Run(spec);

        Assert.Null(result.Failure);
        Assert.Equal("1\n", output);
        Assert.Equal(pattern, SmallFile.Read("/proc/sys/kernel/core_pattern"));
    }

    [Fact]
    [Trait("attack", "esc-lsm-fake-proc")]
    public void Label_IsNeverWrittenThroughTheContainersProc()
    {
        // CVE-2019-16884 and 2025-52881: with a tmpfs over /proc/self/attr the label went into a plain file, and the program ran without one
        RuntimeSpec spec = _bundle.Spec("true");
        spec = spec with
        {
            Process = spec.Process! with { ApparmorProfile = "docker-default" },
            Mounts = [.. spec.Mounts!, new() { Destination = "/proc/self/attr", Type = "tmpfs", Source = "tmpfs" }],
        };
        if (SmallFile.TryRead("/sys/module/apparmor/parameters/enabled", out string state) == Errno.None && state.StartsWith('Y'))
        {
            using LaunchPlan plan = SpecCompiler.Compile(new LaunchRequest { ContainerId = "label", Spec = spec, Bundle = _bundle.Path, Stdio = StdioDescriptors.None });
            Assert.Contains("thread-self/attr/exec", plan.Describe());
            return;
        }

        Assert.Contains("apparmor is not enabled here", Assert.Throws<WharfException>(() => _bundle.Run(spec)).Message);
        spec = spec with { Process = spec.Process! with { ApparmorProfile = null, SelinuxLabel = "system_u:system_r:container_t:s0" } };
        Assert.Contains("selinux", Assert.Throws<WharfException>(() => _bundle.Run(spec)).Message);
    }

    private void WhileFlipping(string first, string second, Action once)
    {
        using var stop = new CancellationTokenSource();
        var flipper = new Thread(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                NameCalls.Rename(FileCalls.CurrentDirectory, first, FileCalls.CurrentDirectory, second, RenameFlags.Exchange).ThrowIfError("renameat2");
                Thread.SpinWait(Random.Shared.Next(4000));
            }
        });
        flipper.Start();
        try
        {
            for (int i = 0; i < Tries; i++)
            {
                once();
            }
        }
        finally
        {
            stop.Cancel();
            flipper.Join();
        }
    }

    private static string ReadAll(SafeFileHandle console)
    {
        var text = new StringBuilder();
        byte[] buffer = new byte[4096];
        while (FileCalls.Read(console, buffer, out int count) == Errno.None && count > 0)
        {
            text.Append(Encoding.UTF8.GetString(buffer, 0, count));
        }

        console.Dispose();
        return text.ToString();
    }
}
