using System.Diagnostics;
using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.Attacks;

/// <summary>Processes and terminals outside a container, and links in an image where the runtime mounts.</summary>
public sealed class HostTests(SharedEngine shared) : AttackTest(shared)
{
    [Fact]
    [Trait("attack", "esc-ptrace-host")]
    public void ProcessesOfTheHostAndOfOthers_CannotBeTracedOrSignalled()
    {
        using Process victim = Command.Start("sleep", ["600"]);
        try
        {
            string other = NewName();
            Run(Client.Docker, "run", "-d", "--name", other, "busybox", "sleep", "600").Ok();
            string pid = Inspect(other, "{{.State.Pid}}");
            // kill, ptrace(PTRACE_ATTACH), ptrace(PTRACE_SEIZE), process_vm_readv, pidfd_open, pidfd_getfd of descriptor 0
            string Calls(string target) => $"my $p = {target}; my $b = 'x' x 16; my $v = pack('Q Q', 0x400000, 8); for my $c ([62, $p, 0], [101, 16, $p, 0, 0], [101, 0x4206, $p, 0, 0], [310, $p, $v, 1, $v, 1, 0], [434, $p, 0]) {{ $! = 0; my $r = syscall($c->[0], @$c[1 .. $#$c]); print $r < 0 ? $! + 0 : 'done', ' ' }}";
            Assert.Equal("3 3 3 3 3", Perl(Calls(victim.Id.ToString())).Trim());
            Assert.Equal("3 3 3 3 3", Perl(Calls(pid)).Trim());
            // in the host's pid namespace they are seen, and still out of reach: EPERM for all but looking (kill by root of the same user is Docker's too)
            string[] shown = Perl(Calls(victim.Id.ToString()), "--pid", "host").Trim().Split(' ');
            Assert.Equal(["1", "1", "1"], shown[1..4]);
            Assert.Equal("1 1 1 1", string.Join(' ', Perl(Calls(victim.Id.ToString()), "--pid", "host", "-u", "1000").Trim().Split(' ')[..4]));
        }
        finally
        {
            victim.Kill();
        }
    }

    [Fact]
    [Trait("attack", "esc-tiocsti")]
    public void PushingInput_ReachesTheContainersTerminalOnly()
    {
        Engine.Load("debian");
        using var outside = new Outside();
        // a shell on a terminal of the host; what a container could push into it would run as a command there
        const string Push = "my $c = \"touch {0}/pushed\\n\"; for my $f (0, 1, 2) { for my $b (split //, $c) { syscall(16, $f, 0x5412, $b) } } open(my $t, \"+<\", \"/dev/tty\") and syscall(16, fileno($t), 0x5412, \"x\"); print \"pushed\\n\"";
        string program = Push.Replace("{0}", outside.Path, StringComparison.Ordinal);
        string docker = ClientPrograms.Of(Client.Docker);
        foreach (string flags in (string[])["-i", "-it", "-t", ""])
        {
            Command.Run("script", ["-qec", $"{docker} run --rm {flags} debian perl -e '{program}'; sh -c 'read -t 1 x; true'; timeout --foreground 5 sh -i", "/dev/null"], "exit\n", Engine.ClientEnvironment(), 60);
            outside.MustBeUntouched();
        }
    }

    [Fact]
    [Trait("attack", "esc-tiocsti")]
    public void Container_IsASessionOfItsOwn()
    {
        // pid 1 leads its session and group, with and without a terminal
        Assert.Equal("1 1 1", Run(Client.Docker, "run", "--rm", "busybox", "sh", "-c", "cut -d' ' -f1,5,6 /proc/1/stat").Ok().Text);
        string name = NewName();
        Run(Client.Docker, "run", "-d", "--name", name, "busybox", "sleep", "600").Ok();
        string[] exec = Run(Client.Docker, "exec", name, "sh", "-c", "exec cut -d' ' -f1,5,6 /proc/self/stat").Ok().Text.Split(' ');
        Assert.Equal([exec[0], exec[0], exec[0]], exec);
    }

    [Theory]
    [Trait("attack", "esc-proc-is-symlink")]
    [Trait("attack", "esc-sys-is-symlink")]
    [Trait("attack", "esc-dev-symlink")]
    [InlineData("proc")]
    [InlineData("sys")]
    [InlineData("dev")]
    public void ImageWithALinkForAMountPoint_GetsTheKernelsOwn(string name)
    {
        using var outside = new Outside();
        string image = Image(tree => File.CreateSymbolicLink($"{tree}/{name}", outside.Path));
        // the engine takes the link away, as Docker's does; where one lies all the same, the runtime refuses (Wharf.Runtime.Tests)
        Assert.Contains($" /{name} ", Run(Client.Docker, "run", "--rm", image, "cat", "/proc/self/mountinfo").Ok().Out);
        outside.MustBeUntouched();
        Run(Client.Docker, "rmi", "-f", image);
    }

    [Theory]
    [Trait("attack", "esc-dev-symlink")]
    [InlineData("dev/pts")]
    [InlineData("dev/shm")]
    [InlineData("dev/mqueue")]
    [InlineData("dev/console")]
    [InlineData("dev/null")]
    [InlineData("etc/hosts")]
    [InlineData("etc/resolv.conf")]
    [InlineData("etc/hostname")]
    public void ImageWithALinkBelowDevOrEtc_IsConfined(string name)
    {
        using var outside = new Outside();
        string image = Image(tree =>
        {
            Directory.CreateDirectory(Path.GetDirectoryName($"{tree}/{name}")!);
            File.CreateSymbolicLink($"{tree}/{name}", outside.Path + "/made");
        });
        Run(Client.Docker, "run", "--rm", "-t", image, "sh", "-c", "echo x > /" + name + "; true");
        outside.MustBeUntouched();
        Run(Client.Docker, "rmi", "-f", image);
    }

    [Fact]
    [Trait("attack", "esc-mount-symlink-race")]
    public void VolumeFlippedByOneContainerWhileAnotherMountsBelowIt_NeverLandsOutside()
    {
        using var outside = new Outside();
        string volume = NewName(), flipper = NewName();
        Run(Client.Docker, "volume", "create", volume).Ok();
        Engine.Load("debian");
        Run(Client.Docker, "run", "-d", "--name", flipper, "-v", volume + ":/v", "debian", "perl", "-e",
            $"mkdir '/v/dir'; symlink '{outside.Path}', '/v/link'; my ($a, $b) = ('/v/dir', '/v/link'); while (1) {{ syscall(316, -100, $a, -100, $b, 2) }}").Ok();
        for (int i = 0; i < 40; i++)
        {
            Run(Client.Docker, "run", "--rm", "-v", volume + ":/v", "--tmpfs", "/v/dir/nested", "--mount", "type=tmpfs,dst=/v/dir/second", "busybox", "sh", "-c", "touch /v/dir/nested/x; true");
        }

        Run(Client.Docker, "rm", "-f", flipper).Ok();
        outside.MustBeUntouched();
        Run(Client.Docker, "volume", "rm", volume).Ok();
    }
}
