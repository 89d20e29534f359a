namespace Wharf.OciRuntime.Tests.Lifecycle;

/// <summary>exec below the container's cgroup, and what commands say to a container in the wrong state: engines compare these texts with those of runc.</summary>
public sealed class ExecTests : IDisposable
{
    private readonly Runtime _runtime = new();

    public void Dispose() => _runtime.Dispose();

    [Fact]
    public void Exec_Cgroup_PutsTheProcessBelowTheContainers()
    {
        _runtime.Configure(["sleep", "1000"]);
        _runtime.Run("run", "--detach", "--bundle", _runtime.Bundle, "--pid-file", _runtime.Bundle + "/pid", "c").Succeed();
        try
        {
            string own = $"/wharf-oci-tests/{Path.GetFileName(Path.GetDirectoryName(_runtime.Bundle))}";
            bool hasLegacy = Directory.Exists("/sys/fs/cgroup/memory");
            List<string> made = [.. (hasLegacy ? Directory.GetDirectories("/sys/fs/cgroup") : ["/sys/fs/cgroup"]).Select(h => h + own).Where(Directory.Exists)];
            made.ForEach(directory =>
            {
                Directory.CreateDirectory(directory + "/sub");
                if (directory.StartsWith("/sys/fs/cgroup/cpuset", StringComparison.Ordinal))
                {
                    foreach (string file in (string[])["/cpuset.cpus", "/cpuset.mems"])
                    {
                        File.WriteAllText(directory + "/sub" + file, File.ReadAllText(directory + file));
                    }
                }
            });

            string[] lines = _runtime.Run("exec", "--cgroup", "sub", "c", "cat", "/proc/self/cgroup").Succeed().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal(made.Count, lines.Count(l => l.EndsWith("/sub", StringComparison.Ordinal)));
            Assert.DoesNotContain("/sub", _runtime.Run("exec", "c", "cat", "/proc/self/cgroup").Succeed().Output);
            if (hasLegacy)
            {
                string some = _runtime.Run("exec", "--cgroup", "pids,memory:/sub", "c", "cat", "/proc/self/cgroup").Succeed().Output;
                Assert.Equal(2, some.Split('\n').Count(l => l.EndsWith("/sub", StringComparison.Ordinal) && (l.Contains(":pids:", StringComparison.Ordinal) || l.Contains(":memory:", StringComparison.Ordinal))));
                Assert.Equal(2, some.Split('\n').Count(l => l.EndsWith("/sub", StringComparison.Ordinal)));
            }

            Refused("unknown controller nonsense", "exec", "--cgroup", "nonsense:sub", "c", "true");
            Refused("is not a sub cgroup path", "exec", "--cgroup", "../other", "c", "true");
            Refused("no such file or directory", "exec", "--cgroup", "absent", "c", "true");
            Refused("invalid --cgroup argument: a:b:c", "exec", "--cgroup", "a:b:c", "c", "true");
            Refused("(missing <controller>: prefix)", "exec", "--cgroup", "sub", "--cgroup", "other", "c", "true");
            Refused("controller pids specified multiple times", "exec", "--cgroup", "pids:sub", "--cgroup", "pids:other", "c", "true");
        }
        finally
        {
            _runtime.Run("delete", "--force", "c").Succeed();
        }
    }

    [Fact]
    public void Commands_ToAContainerInTheWrongState_SayWhatRuncSays()
    {
        foreach (string command in (string[])["start", "state", "kill", "pause", "resume", "ps", "delete"])
        {
            Refused("container does not exist", command, "none");
        }

        _runtime.Configure(["sleep", "1000"]);
        _runtime.Run("run", "--detach", "--bundle", _runtime.Bundle, "c").Succeed();
        try
        {
            Refused("container with given ID already exists", "create", "--bundle", _runtime.Bundle, "c");
            Refused("cannot start an already running container", "start", "c");
            Refused("container not paused", "resume", "c");
            Refused("cannot delete container c that is not stopped: running", "delete", "c");
            _runtime.Run("pause", "c").Succeed();
            Refused("cannot start a container in the paused state", "start", "c");
            Refused("container not running", "pause", "c");
            Refused("cannot exec in a paused container (use --ignore-paused to override)", "exec", "c", "true");
            _runtime.Run("resume", "c").Succeed();
            _runtime.Run("kill", "c", "KILL").Succeed();
            Assert.True(SpinWait.SpinUntil(() => _runtime.Run("state", "c").Output.Contains("stopped", StringComparison.Ordinal), TimeSpan.FromSeconds(60)));
            Refused("cannot start a container that has stopped", "start", "c");
            Refused("cannot exec in a stopped container", "exec", "c", "true");
            Refused("container not running", "pause", "c");
            Refused("container not paused", "resume", "c");
            Refused("container not running", "kill", "c", "TERM");
        }
        finally
        {
            _runtime.Run("delete", "--force", "c").Succeed();
        }
    }

    private void Refused(string text, params string[] command)
    {
        Answer answer = _runtime.Run(command);
        Assert.NotEqual(0, answer.ExitCode);
        Assert.Contains(text, answer.Error);
    }
}
