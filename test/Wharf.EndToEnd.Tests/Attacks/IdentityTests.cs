using System.Diagnostics;
using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.Attacks;

/// <summary>Users, groups and capabilities that would give more than was asked for.</summary>
public sealed class IdentityTests(SharedEngine shared) : AttackTest(shared)
{
    [Theory]
    [Trait("attack", "esc-uid-overflow")]
    [InlineData("4294967295")]
    [InlineData("4294967296")]
    [InlineData("2147483648")]
    [InlineData("-1")]
    [InlineData("0x0")]
    [InlineData("0 ")]
    [InlineData("99999999999999999999")]
    [InlineData("1:4294967296")]
    [InlineData("1:-1")]
    [InlineData("1:2147483648")]
    [InlineData("no-such-user")]
    public void User_OutOfRangeOrNoNumber_IsRefused(string user)
    {
        string name = NewName();
        CommandResult run = Run(Client.Docker, "run", "--name", name, "-u", user, "busybox", "id");
        Assert.True(run.ExitCode is 125 or 126, run.ToString());
        Assert.DoesNotContain("uid=0", run.Out);

        string running = NewName();
        Run(Client.Docker, "run", "-d", "--name", running, "busybox", "sleep", "600").Ok();
        CommandResult exec = Run(Client.Docker, "exec", "-u", user, running, "id");
        Assert.NotEqual(0, exec.ExitCode);
        Assert.DoesNotContain("uid=0", exec.Out);
    }

    [Fact]
    [Trait("attack", "esc-uid-overflow")]
    public void Exec_AsANumberedUser_IsThatUserWithoutCapabilities()
    {
        string name = NewName();
        Run(Client.Docker, "run", "-d", "--name", name, "busybox", "sleep", "600").Ok();
        foreach (string user in (string[])["1", "1:1", "12345", "12345:54321"])
        {
            string[] status = Run(Client.Docker, "exec", "-u", user, name, "grep", "-E", "^(Uid|Cap(Prm|Eff|Inh|Amb))", "/proc/self/status").Ok().Text.Split('\n');
            string uid = user.Split(':')[0];
            Assert.Equal($"Uid:\t{uid}\t{uid}\t{uid}\t{uid}", status[0]);
            Assert.All(status[1..], line => Assert.EndsWith("0000000000000000", line));
        }
    }

    [Fact]
    [Trait("attack", "esc-uid-overflow")]
    public void PasswdWithWrappingIds_NeverMakesRoot()
    {
        string image = Image(tree =>
        {
            Directory.CreateDirectory(tree + "/etc");
            File.WriteAllText(tree + "/etc/passwd", "wrap:x:4294967296:4294967296::/:/bin/sh\nminus:x:-1:-1::/:/bin/sh\nhex:x:0x0:0x0::/:/bin/sh\nempty:x:::/:/bin/sh\nshort:x\n:x:0:0::/:\ngrouped:x:7:8::/:/bin/sh\nlast:x:7:8::/:/bin/sh");
            File.WriteAllText(tree + "/etc/group", "wrap:x:4294967296:grouped\nminus:x:-1:grouped\nbroken\nhex:x:0x0:last\nreal:x:9:last\n");
        });
        foreach (string user in (string[])["wrap", "minus", "hex", "empty", "short"])
        {
            CommandResult run = Run(Client.Docker, "run", "--rm", "-u", user, image, "id", "-u");
            Assert.False(run.ExitCode == 0 && run.Text == "0", run.ToString());
        }

        Run(Client.Docker, "run", "--rm", "-u", "grouped", image, "id").Fails(125, "uids and gids must be in range");
        Assert.Equal("7 8 8 9", Run(Client.Docker, "run", "--rm", "-u", "last", image, "sh", "-c", "echo $(id -u) $(id -g) $(id -G)").Ok().Text);
        Run(Client.Docker, "rmi", "-f", image);
    }

    [Fact]
    [Trait("attack", "esc-uid-overflow")]
    public void HugeGroupFile_CostsBoundedTimeAndMemory()
    {
        string image = Image(tree =>
        {
            Directory.CreateDirectory(tree + "/etc");
            File.WriteAllText(tree + "/etc/passwd", "root:x:0:0::/:/bin/sh\nuser:x:7:8::/:/bin/sh\n");
            using var group = new StreamWriter(tree + "/etc/group");
            string line = string.Concat("g:x:77:", string.Join(',', Enumerable.Repeat("nobody", 150)));
            for (int i = 0; i < 60_000; i++)
            {
                group.WriteLine(line);
            }
        });
        long before = Resident();
        var clock = Stopwatch.StartNew();
        for (int i = 0; i < 3; i++)
        {
            // bounded: it runs, or says that the file is too large
            CommandResult run = Run(Client.Docker, "run", "--rm", "-u", "user", image, "id", "-u");
            Assert.True(run is { ExitCode: 0, Text: "7" } || run.ToString().Contains("etc/group", StringComparison.Ordinal), run.ToString());
        }

        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), $"took {clock.Elapsed}");
        Assert.True(Resident() - before < 200 * 1024, $"the daemon grew from {before} to {Resident()} KiB");
        Run(Client.Docker, "rmi", "-f", image);
    }

    [Fact]
    [Trait("attack", "esc-caps-inheritable")]
    public void Capabilities_AreDockersSetsForEveryWayIntoAContainer()
    {
        const string Default = "00000000a80425fb", None = "0000000000000000";
        string name = NewName();
        Run(Client.Docker, "run", "-d", "--init", "--name", name, "busybox", "sleep", "600").Ok();
        string[] show = ["sh", "-c", "grep ^Cap /proc/self/status | cut -f2 | tr '\\n' ' '"];
        Assert.Equal($"{None} {Default} {Default} {Default} {None}", Run(Client.Docker, ["run", "--rm", "busybox", .. show]).Ok().Text.Trim());
        Assert.Equal($"{None} {Default} {Default} {Default} {None}", Run(Client.Docker, ["exec", name, .. show]).Ok().Text.Trim());
        Assert.Equal($"{None} {None} {None} {Default} {None}", Run(Client.Docker, ["run", "--rm", "-u", "1000", "busybox", .. show]).Ok().Text.Trim());
        Assert.Equal($"{None} {None} {None} {Default} {None}", Run(Client.Docker, ["exec", "-u", "1000", name, .. show]).Ok().Text.Trim());
        Assert.Equal($"{None} {None} {None} {None} {None}", Run(Client.Docker, ["run", "--rm", "--cap-drop", "ALL", "busybox", .. show]).Ok().Text.Trim());
        Assert.Equal($"{None} {Default} {Default} {Default} {None}", Run(Client.Docker, "exec", name, "sh", "-c", "grep ^Cap /proc/1/status | cut -f2 | tr '\\n' ' '").Ok().Text.Trim());
    }

    [Fact]
    [Trait("attack", "esc-caps-inheritable")]
    public void FileCapabilities_GiveNothingBeyondTheBoundingSet()
    {
        // v2 of security.capability: effective, permitted CAP_SYS_ADMIN (21) and CAP_CHOWN (0)
        const string Program = "system('cp /bin/grep /tmp/grep') == 0 or die; my $v = pack('I5', 0x02000001, 0x200001, 0, 0, 0); my ($p, $n) = ('/tmp/grep', 'security.capability'); syscall(188, $p, $n, $v, 20, 0) == 0 or die $!; exec('setpriv', '--reuid=1000', '--regid=1000', '--clear-groups', 'sh', '-c', '/tmp/grep CapPrm /proc/self/status 2>&1; echo $?')";
        // the kernel refuses to run a file whose effective capabilities it cannot give whole
        Assert.DoesNotContain("CapPrm:\t0000000000200", Perl(Program));
        Assert.Contains("CapPrm:\t0000000000000001", Perl(Program.Replace("0x200001", "1", StringComparison.Ordinal)));
        Assert.Contains("CapPrm:\t0000000000000000", Perl(Program.Replace("0x200001", "1", StringComparison.Ordinal), "--security-opt", "no-new-privileges"));
    }

    [Fact]
    [Trait("attack", "esc-suppl-groups")]
    public void Groups_AreExactlyThoseAskedFor()
    {
        string Groups(params string[] flags) => Run(Client.Docker, ["run", "--rm", .. flags, "busybox", "sh", "-c", "grep ^Groups /proc/self/status"]).Ok().Text.Replace("Groups:", "", StringComparison.Ordinal).Trim();
        Assert.Equal("1000", Groups("-u", "1000:1000"));
        Assert.Equal("33 1000 4242", Groups("-u", "1000:1000", "--group-add", "www-data", "--group-add", "4242"));
        Assert.Equal("1 37", Groups("-u", "daemon"));
        string name = NewName();
        Run(Client.Docker, "run", "-d", "--name", name, "--group-add", "4242", "busybox", "sleep", "600").Ok();
        Assert.Contains("4242", Run(Client.Docker, "exec", name, "id", "-G").Ok().Text.Split(' '));
        // a file that only a group other than the process's may not read stays closed to it
        Assert.Equal("closed", Run(Client.Docker, "run", "--rm", "busybox", "sh", "-c",
            "echo x > /tmp/f; chgrp 1000 /tmp/f; chmod 604 /tmp/f; su -s /bin/sh nobody -c true; chpst -u :2000:1000 cat /tmp/f 2>/dev/null || echo closed").Ok().Text);
    }

    private long Resident() => long.Parse(File.ReadLines($"/proc/{DaemonPid()}/status").First(l => l.StartsWith("VmRSS", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2]);

    private string DaemonPid() => File.ReadAllText(Path.Combine(Engine.Root, "wharfd.pid")).Trim();
}
