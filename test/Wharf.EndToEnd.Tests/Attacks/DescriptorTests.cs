using System.Security.Cryptography;
using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.Attacks;

/// <summary>Descriptors and programs of the host that a container could get hold of.</summary>
public sealed class DescriptorTests(SharedEngine shared) : AttackTest(shared)
{
    [Fact]
    [Trait("attack", "esc-proc-self-exe")]
    public void ProgramThatIsALinkToItsOwnExe_ReachesNoProgramOfTheHost()
    {
        string image = Image(tree =>
        {
            File.CreateSymbolicLink(tree + "/bin/evil", "/proc/self/exe");
            File.WriteAllText(tree + "/bin/script", "#!/proc/self/exe\n");
            File.SetUnixFileMode(tree + "/bin/script", (UnixFileMode)0b111_101_101);
        });
        string[] programs = [Repository.Program("wharfd"), Repository.Program("wharf-shim"), Repository.Program("wharf-oci")];
        string[] before = [.. programs.Select(Hash)];
        string name = NewName();
        Run(Client.Docker, "run", "-d", "--name", name, image, "sleep", "600").Ok();
        foreach (string program in (string[])["/bin/evil", "/proc/self/exe", "/proc/1/exe", "/bin/script", "/proc/self/fd/3", "/dev/fd/4"])
        {
            // started, it is the runtime's own image for the length of a system call; writing to what it was must come to nothing
            CommandResult run = Run(Client.Docker, "run", "--rm", "--entrypoint", program, image, "sh", "-c", "echo ran; echo evil > /proc/self/exe");
            Assert.DoesNotContain("wharf-shim protocol", run.Out + run.Error);
            CommandResult init = Run(Client.Docker, "run", "--rm", "--init", "--entrypoint", program, image, "sh", "-c", "echo ran; echo evil > /proc/1/exe");
            Assert.DoesNotContain("wharf", init.Out);
            CommandResult exec = Run(Client.Docker, "exec", name, program, "sh", "-c", "echo ran");
            Assert.DoesNotContain("wharf-shim protocol", exec.Out + exec.Error);
        }

        Assert.Equal(before, programs.Select(Hash));
        Run(Client.Docker, "rm", "-f", name);
        Run(Client.Docker, "rmi", "-f", image);
    }

    [Fact]
    [Trait("attack", "esc-proc-self-exe")]
    public void ExeOfTheProcessThatJoins_CannotBeOpenedFromInside()
    {
        Engine.Load("debian");
        string name = NewName();
        // catches every new process while it is still the shim's image, and keeps what it could open
        const string Hunter = "my %seen; my $end = time + 8; while (time < $end) { for my $p (map { m{/proc/(\\d+)$} } glob '/proc/[0-9]*') { next if $p == $$; my $l = readlink(\"/proc/$p/exe\"); next unless defined $l; next if $l =~ m{^/(usr/)?bin/}; if (open(my $f, '<', \"/proc/$p/exe\")) { print \"OPENED $l\\n\" } elsif (!$seen{$l}++) { print \"saw $l\\n\" } } } print \"done\\n\"";
        Run(Client.Docker, "run", "-d", "--name", name, "debian", "perl", "-e", "$| = 1; " + Hunter).Ok();
        for (int i = 0; i < 40; i++)
        {
            Run(Client.Docker, "exec", name, "true");
        }

        Run(Client.Docker, "wait", name).Ok();
        string log = Run(Client.Docker, "logs", name).Ok().Out;
        Assert.Contains("done", log);
        Assert.DoesNotContain("OPENED", log);
    }

    [Fact]
    [Trait("attack", "esc-leaked-fd-cwd")]
    public void WorkingDirectoryThroughADescriptor_StaysInsideOrFails()
    {
        using var outside = new Outside();
        File.WriteAllText(outside.Path + "/marker", "host");
        string name = NewName();
        Run(Client.Docker, "run", "-d", "--name", name, "busybox", "sleep", "600").Ok();
        IEnumerable<string> places = Enumerable.Range(3, 18).Select(i => $"/proc/self/fd/{i}").Concat(["/proc/1/cwd", "/proc/self/cwd", "/proc/1/root", "/dev/fd/7"]);
        foreach (string place in places)
        {
            CommandResult run = Run(Client.Docker, "run", "--rm", "-w", place, "busybox", "sh", "-c", "pwd -P; ls -a ../../../../..");
            CommandResult exec = Run(Client.Docker, "exec", "-w", place, name, "sh", "-c", "pwd -P; ls -a ../../../../..");
            foreach (CommandResult result in (CommandResult[])[run, exec])
            {
                Assert.True(result.ExitCode != 0 || (result.Out.Contains("bin", StringComparison.Ordinal) && !result.Out.Contains("boot", StringComparison.Ordinal)), result.ToString());
            }
        }

        Assert.Single(Directory.GetFileSystemEntries(outside.Path));
        File.Delete(outside.Path + "/marker");
    }

    [Fact]
    [Trait("attack", "esc-fd-inheritance")]
    public void DescriptorThatTheDaemonWasStartedWith_ReachesNoContainer()
    {
        string secret = Path.GetTempFileName();
        File.WriteAllText(secret, "secret of the host");
        using Engine engine = Engine.StartedBy(["sh", "-c", $"exec 9<{secret} 8</etc 7<>{secret}; exec \"$@\"", "sh"]);
        engine.Load("busybox");
        const string List = "cd /proc/self/fd; for f in *; do readlink $f; done; cat <&9; true";
        string output = engine.Run(Client.Docker, "run", "--rm", "busybox", "sh", "-c", List).Out;
        output += engine.Run(Client.Docker, "run", "--rm", "--init", "busybox", "sh", "-c", List + "; ls -l /proc/1/fd").Out;
        engine.Run(Client.Docker, "run", "-d", "--name", "steady", "--health-cmd", "ls -l /proc/self/fd; cat <&9; true", "--health-interval", "500ms", "busybox", "sleep", "600").Ok();
        output += engine.Run(Client.Docker, "exec", "steady", "sh", "-c", List).Out;
        output += engine.Run(Client.Docker, "exec", "steady", "ls", "-l", "/proc/1/fd").Out;
        string health = "";
        for (int i = 0; i < 100 && !health.Contains("Output", StringComparison.Ordinal); i++)
        {
            Thread.Sleep(50);
            health = engine.Run(Client.Docker, "inspect", "-f", "{{json .State.Health}}", "steady").Ok().Text;
        }

        output += health;
        string folder = Directory.CreateTempSubdirectory("wharf-build-").FullName;
        File.WriteAllText(folder + "/Dockerfile", "FROM busybox\nRUN ls -l /proc/self/fd; cat <&9; true\n");
        CommandResult build = engine.RunWith(Client.Docker, null, 120, "build", "--no-cache", folder);
        output += build.Ok().Out + build.Error;
        Directory.Delete(folder, recursive: true);
        Assert.DoesNotContain(secret, output);
        Assert.DoesNotContain("secret of the host", output);
        Assert.DoesNotContain("/etc\n", output);
        File.Delete(secret);
    }

    private static string Hash(string path) => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)));
}
