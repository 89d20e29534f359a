using System.Diagnostics;
using System.Globalization;

namespace Wharf.Bench.Images;

/// <summary>Debian's registry and engine, started for this run on folders of its own.</summary>
internal sealed class Peers : IDisposable
{
    private readonly List<Process> _processes = [];
    private readonly string _socket;
    private readonly string _root;

    public Peers(string root, bool withEngine)
    {
        _root = root;
        _socket = "unix://" + Path.Combine(root, "docker.sock");
        string config = Path.Combine(root, "registry.yml");
        File.WriteAllText(config, $"version: 0.1\nlog: {{level: error}}\nstorage: {{filesystem: {{rootdirectory: {root}/registry}}}}\nhttp: {{addr: '127.0.0.1:5000'}}\n");
        _processes.Add(Start("docker-registry", "serve", config));
        if (withEngine && File.Exists("/usr/sbin/dockerd"))
        {
            _processes.Add(Start("dockerd", "--data-root", $"{root}/dockerd", "--exec-root", $"{root}/dockerd-exec", "--pidfile", $"{root}/dockerd.pid",
                "-H", _socket, "--cgroup-parent", "/wharf-bench-images", "--storage-driver", "overlay2"));
            Until(() => TryRun("docker", "-H", _socket, "version"), "dockerd answers");
            HasEngine = true;
        }

        Until(() => TryRun("curl", "-sf", $"http://{Registry}/v2/"), "docker-registry answers");
    }

    public string Registry => "127.0.0.1:5000";

    public bool HasEngine { get; }

    public static bool HasPodman => File.Exists("/usr/bin/podman");

    public void Podman(params string[] arguments) => Run("podman",
        ["--root", Path.Combine(_root, "podman"), "--runroot", Path.Combine(_root, "podman-run"), "--storage-driver", "overlay", "--cgroup-manager", "cgroupfs", .. arguments]);

    public string Socket => _socket["unix://".Length..];

    public void Docker(params string[] arguments) => Run("docker", ["-H", _socket, .. arguments]);

    public static void Run(string program, params string[] arguments)
    {
        if (!TryRun(program, arguments))
        {
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} failed");
        }
    }

    public void Dispose()
    {
        foreach (Process process in Enumerable.Reverse(_processes))
        {
            End(process);
        }

        _processes.Clear();
    }

    public static void End(Process process)
    {
        TryRun("kill", "-TERM", process.Id.ToString(CultureInfo.InvariantCulture));
        process.WaitForExit(20_000);
        process.Dispose();
    }

    public static Process Start(string program, params string[] arguments)
    {
        Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        return process;
    }

    public static bool TryRun(string program, params string[] arguments)
    {
        using Process process = Start(program, arguments);
        process.WaitForExit();
        return process.ExitCode == 0;
    }

    public static void Until(Func<bool> condition, string what)
    {
        for (int i = 0; !condition(); i++)
        {
            if (i == 300)
            {
                throw new TimeoutException($"never: {what}");
            }

            Thread.Sleep(100);
        }
    }
}
