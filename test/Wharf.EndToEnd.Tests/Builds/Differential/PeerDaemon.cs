using System.Diagnostics;
using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.Builds.Differential;

/// <summary>Debian's dockerd 20.10 on a private root and in its own network namespace: what its classic builder makes is what ours is measured by.</summary>
public sealed class PeerDaemon : IDisposable
{
    private readonly string _name = "wharf-peer-" + Environment.ProcessId;
    private readonly string _root;
    private readonly Process _daemon;
    private readonly Task<string> _said;

    public PeerDaemon()
    {
        Packages.Need("/usr/sbin/dockerd", "docker.io");
        _root = Path.Combine("/var/tmp", _name);
        Directory.CreateDirectory(Path.Combine(_root, "config"));
        Command.Run("ip", ["netns", "add", _name]).Ok();
        Command.Run("ip", ["-n", _name, "link", "set", "lo", "up"]).Ok();
        _daemon = Command.Start("nsenter",
        [
            "--net=/run/netns/" + _name, "unshare", "-m", "--propagation", "private", "dockerd", "--data-root", _root + "/data", "--exec-root", _root + "/exec",
            "--pidfile", _root + "/pid", "-H", "unix://" + Socket, "--cgroup-parent", "/" + _name, "--storage-driver", "overlay2",
        ]);
        _ = _daemon.StandardOutput.ReadToEndAsync();
        _said = _daemon.StandardError.ReadToEndAsync();
        Patience.Until(() => _daemon.HasExited || Docker("version").ExitCode == 0, "dockerd answers", seconds: 120);
        Assert.True(!_daemon.HasExited, _daemon.HasExited ? "dockerd ended: " + _said.Result : "");
        Docker("load", "-q", "-i", Repository.TestImage("busybox")).Ok();
    }

    private string Socket => _root + "/docker.sock";

    public CommandResult Docker(params string[] arguments) => Command.Run("/usr/bin/docker", arguments, null, new Dictionary<string, string>
    {
        ["DOCKER_HOST"] = "unix://" + Socket,
        ["DOCKER_CONFIG"] = _root + "/config",
        ["DOCKER_BUILDKIT"] = "0",
    }, timeoutSeconds: 300);

    public void Dispose()
    {
        Command.Run("kill", ["-TERM", _daemon.Id.ToString()]);
        if (!_daemon.WaitForExit(TimeSpan.FromMinutes(1)))
        {
            _daemon.Kill(entireProcessTree: true);
        }

        Command.Run("ip", ["netns", "del", _name]);
        foreach (string mount in File.ReadLines("/proc/self/mountinfo").Select(l => l.Split(' ')[4]).Where(m => m.StartsWith(_root + "/", StringComparison.Ordinal)).Reverse().ToList())
        {
            Command.Run("umount", ["-l", mount]);
        }

        foreach (string group in Directory.EnumerateDirectories("/sys/fs/cgroup").Select(c => Path.Combine(c, _name)).Where(Directory.Exists))
        {
            Command.Run("find", [group, "-depth", "-type", "d", "-exec", "rmdir", "{}", "+"]);
        }

        Command.Run("rm", ["-rf", _root]);
    }
}
