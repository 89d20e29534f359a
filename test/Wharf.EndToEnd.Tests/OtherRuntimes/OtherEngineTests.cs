using System.Diagnostics;
using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.OtherRuntimes;

/// <summary>Our runtime under other engines: Debian's podman and containerd start containers by wharf-oci.</summary>
public sealed class OtherEngineTests : IDisposable
{
    private readonly string _name = "wharf-other-" + Guid.NewGuid().ToString("N")[..8];
    private readonly string _root;

    public OtherEngineTests()
    {
        _root = Path.Combine("/var/tmp", _name);
        Directory.CreateDirectory(_root);
        Command.Run("ip", ["netns", "add", _name]).Ok();
    }

    public void Dispose()
    {
        Command.Run("ip", ["netns", "del", _name]);
        foreach (string mount in File.ReadLines("/proc/self/mountinfo").Select(l => l.Split(' ')[4]).Where(m => m.StartsWith(_root + "/", StringComparison.Ordinal)).Reverse().ToList())
        {
            Command.Run("umount", ["-l", mount]);
        }

        Command.Run("rm", ["-rf", _root]);
    }

    [Fact]
    public void Podman_DrivesOurRuntime()
    {
        Packages.Need("/usr/bin/podman", "podman");
        Podman("load", "-q", "-i", Repository.TestImage("busybox")).Ok();
        Assert.Equal("hi", Podman("run", "--rm", "--net", "none", "busybox", "echo", "hi").Ok().Text);
        Podman("run", "--rm", "--net", "none", "busybox", "sh", "-c", "exit 7").Fails(7);
        Podman("run", "--rm", "--net", "none", "busybox", "no-such-program").Fails(127, "no-such-program");
        Assert.Contains("/dev/pts/0", Podman("run", "--rm", "-t", "--net", "none", "busybox", "tty").Ok().Text);
        Assert.Contains("CapEff:\t0000000000001000", Podman("run", "--rm", "--net", "none", "--user", "1000:1000", "--cap-add", "net_admin", "busybox", "grep", "CapEff", "/proc/self/status").Ok().Text);
        Assert.Contains("Read-only file system", Podman("run", "--rm", "--net", "none", "--read-only", "busybox", "touch", "/x").Error);
        Assert.Equal("kept", Podman("run", "--rm", "--net", "none", "--tmpfs", "/etc", "busybox", "sh", "-c", "test -s /etc/passwd && touch /etc/new && echo kept").Ok().Text);

        Podman("run", "-d", "--name", "one", "--net", "none", "--memory", "32m", "--pids-limit", "20", "busybox", "sh", "-c", "trap 'exit 3' TERM; while :; do sleep 0.1; done").Ok();
        Patience.UntilCaught(int.Parse(Podman("inspect", "-f", "{{.State.Pid}}", "one").Ok().Text), 15);
        Podman("exec", "one", "sh", "-c", "exit 5").Fails(5);
        Assert.Contains("Up", Podman("ps", "--format", "{{.Names}} {{.Status}}").Ok().Text);
        Assert.Contains("sh -c trap", Podman("top", "one").Ok().Out);
        Assert.StartsWith("running ", Podman("inspect", "-f", "{{.State.Status}} {{.State.Pid}}", "one").Ok().Text);
        Podman("pause", "one").Ok();
        Assert.Equal("paused", Podman("inspect", "-f", "{{.State.Status}}", "one").Ok().Text);
        Podman("unpause", "one").Ok();
        Podman("stop", "-t", "5", "one").Ok();
        Assert.Equal("exited 3", Podman("inspect", "-f", "{{.State.Status}} {{.State.ExitCode}}", "one").Ok().Text);
        Podman("start", "one").Ok();
        Podman("kill", "one").Ok();
        Assert.Equal("137", Podman("wait", "one").Ok().Text);
        Podman("rm", "-f", "-t", "0", "one").Ok();
        Assert.Equal("", Podman("ps", "-aq").Ok().Text);
    }

    [Fact]
    public void Containerd_DrivesOurRuntime()
    {
        Packages.Need("/usr/bin/containerd", "containerd");
        File.WriteAllText(_root + "/config.toml", $"""
            version = 2
            root = "{_root}/root"
            state = "{_root}/state"
            disabled_plugins = ["io.containerd.grpc.v1.cri"]
            [grpc]
              address = "{_root}/sock"
            [ttrpc]
              address = "{_root}/sock.ttrpc"
            """);
        using Process daemon = Command.Start("nsenter", ["--net=/run/netns/" + _name, "containerd", "-c", _root + "/config.toml"]);
        _ = daemon.StandardError.ReadToEndAsync();
        _ = daemon.StandardOutput.ReadToEndAsync();
        try
        {
            for (int i = 0; i < 200 && Ctr("version").ExitCode != 0; i++)
            {
                Thread.Sleep(50);
            }

            Ctr("images", "import", Repository.TestImage("busybox")).Ok();
            const string Image = "docker.io/library/busybox:latest";
            string[] ours = ["--runtime", "io.containerd.runc.v2", "--runc-binary", Repository.Program("wharf-oci")];
            Assert.Equal("hi", Ctr(["run", "--rm", .. ours, Image, "first", "echo", "hi"]).Ok().Text);
            Ctr(["run", "--rm", .. ours, Image, "missing", "no-such-program"]).Fails(1, "executable file not found in $PATH");
            Ctr(["run", "-d", .. ours, Image, "second", "sleep", "600"]).Ok();
            Assert.Contains("RUNNING", Ctr("task", "ls").Ok().Out);
            Ctr("task", "exec", "--exec-id", "e1", "second", "sh", "-c", "exit 5").Fails(5);
            Ctr("task", "pause", "second").Ok();
            Assert.Contains("PAUSED", Ctr("task", "ls").Ok().Out);
            Ctr("task", "resume", "second").Ok();
            Assert.Contains("memory.usage_in_bytes", Ctr("task", "metrics", "second").Ok().Out);
            Ctr("task", "kill", "-s", "KILL", "second").Ok();
            for (int i = 0; i < 100 && !Ctr("task", "ls").Out.Contains("STOPPED", StringComparison.Ordinal); i++)
            {
                Thread.Sleep(50);
            }

            Ctr("task", "rm", "second");
            Ctr("container", "rm", "second").Ok();
            Assert.DoesNotContain("second", Ctr("container", "ls").Ok().Out);
        }
        finally
        {
            daemon.Kill();
            daemon.WaitForExit();
        }
    }

    private CommandResult Podman(params string[] arguments) => Command.Run("nsenter",
    [
        "--net=/run/netns/" + _name, "podman", "--root", _root + "/root", "--runroot", _root + "/run", "--tmpdir", _root + "/tmp", "--cgroup-manager", "cgroupfs",
        "--runtime", Repository.Program("wharf-oci"), "--events-backend", "file", "--storage-driver", "vfs", .. arguments,
    ], timeoutSeconds: 120);

    private CommandResult Ctr(params string[] arguments) => Command.Run("nsenter", ["--net=/run/netns/" + _name, "ctr", "-a", _root + "/sock", .. arguments], timeoutSeconds: 60);
}
