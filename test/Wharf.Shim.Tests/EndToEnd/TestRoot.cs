using Wharf.Linux;
using Wharf.Oci.Runtime;
using Wharf.Primitives;
using Wharf.Runtime.Shims;

namespace Wharf.Shim.Tests.EndToEnd;

/// <summary>
/// A place for real containers: a busybox root file system, an exec root, the published shim. Skips where the program, the root's rights or busybox are missing.
/// </summary>
internal sealed class TestRoot : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("wharf-shim-test").FullName;
    private ShimFactory? _factory;

    public TestRoot()
    {
        Assert.SkipUnless(ProcessCalls.IsRoot, "containers need root");
        Assert.SkipUnless(File.Exists("/bin/busybox"), "needs busybox-static");
        Assert.SkipUnless(ShimPath is not null, "needs the published shim: ./build.sh wharf-shim");
        string bin = Directory.CreateDirectory(Path.Combine(Rootfs, "bin")).FullName;
        foreach (string folder in (string[])["proc", "dev", "sys", "tmp", "etc"])
        {
            Directory.CreateDirectory(Path.Combine(Rootfs, folder));
        }

        File.Copy("/bin/busybox", Path.Combine(bin, "busybox"));
        foreach (string applet in (string[])["sh", "cat", "echo", "sleep", "true", "false", "kill", "dd", "head", "stty", "tty", "ps", "seq", "yes", "id", "touch", "wc"])
        {
            File.CreateSymbolicLink(Path.Combine(bin, applet), "busybox");
        }
    }

    /// <summary>The program under test: WHARF_SHIM, or what build.sh has made.</summary>
    public static string? ShimPath { get; } = FindShim();

    public string Rootfs => Path.Combine(_directory, "rootfs");

    public string ExecRoot => Path.Combine(_directory, "exec");

    public List<string> Troubles { get; } = [];

    public ShimFactory Factory => _factory ??= NewFactory();

    public string LogPath(string id) => Path.Combine(_directory, id + "-json.log");

    public ShimFactory NewFactory(int warm = 1) =>
        new(new ShimFactoryOptions { ExecRoot = ExecRoot, ShimPath = ShimPath!, WarmCount = warm, Trouble = Troubles.Add });

    /// <summary>Forgets the daemon's side as a killed daemon does; the next use of <see cref="Factory"/> is its successor.</summary>
    public async Task RestartDaemonAsync()
    {
        await Factory.DisposeAsync();
        _factory = null;
    }

    public ShimTask Task(string id, RuntimeChoice runtime, params string[] args) => new()
    {
        ContainerId = id,
        Spec = Spec(id, args),
        Log = new ShimLog { Driver = "json-file", Path = LogPath(id) },
        RuntimePath = runtime.Path,
        RuntimeArguments = runtime.Arguments,
        BundlePath = Path.Combine(_directory, "bundle-" + id),
    };

    public RuntimeSpec Spec(string id, string[] args) => new()
    {
        Root = new RootSpec { Path = Rootfs },
        Hostname = "box",
        Process = Process(args),
        Mounts =
        [
            new MountSpec { Destination = "/proc", Type = "proc", Source = "proc" },
            new MountSpec { Destination = "/dev", Type = "tmpfs", Source = "tmpfs", Options = ["nosuid", "mode=755"] },
            new MountSpec { Destination = "/dev/pts", Type = "devpts", Source = "devpts", Options = ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"] },
        ],
        Linux = new LinuxSpec
        {
            CgroupsPath = "/wharf-shim-test/" + id,
            Namespaces =
            [
                new LinuxNamespace { Type = "pid" }, new LinuxNamespace { Type = "mount" }, new LinuxNamespace { Type = "ipc" },
                new LinuxNamespace { Type = "uts" }, new LinuxNamespace { Type = "network" },
            ],
        },
    };

    public static ProcessSpec Process(params string[] args) => new()
    {
        Args = args,
        Cwd = "/",
        Env = ["PATH=/bin", "TERM=xterm"],
        User = new UserSpec(),
        Capabilities = new CapabilitySets
        {
            Bounding = ["CAP_CHOWN", "CAP_KILL"],
            Effective = ["CAP_CHOWN", "CAP_KILL"],
            Permitted = ["CAP_CHOWN", "CAP_KILL"],
        },
        OomScoreAdj = 0,
    };

    public string[] LogTexts(string id) => [.. File.ReadAllLines(LogPath(id)).Select(l => l[8..l.IndexOf("\",\"stream", StringComparison.Ordinal)])];

    public async ValueTask DisposeAsync()
    {
        // a test that failed half-way leaves containers running
        foreach (string id in Factory.RecordedContainers())
        {
            if (await Factory.ReconnectAsync(id, CancellationToken.None) is { } shim)
            {
                if (shim.Pid > 0 && !shim.Exited.IsCompleted)
                {
                    try
                    {
                        await shim.SignalAsync(Signal.Kill, false, CancellationToken.None);
                        await shim.Exited.WaitAsync(TimeSpan.FromSeconds(10));
                    }
                    catch (WharfException)
                    {
                        // it ended meanwhile
                    }
                }

                await shim.ReleaseAsync(CancellationToken.None);
            }
            else
            {
                Factory.Discard(id);
            }
        }

        await Factory.DisposeAsync();
        Runtime.Cgroups.ContainerCgroup.Open("/wharf-shim-test", "all").Delete();
        for (int i = 0; i < 100; i++)
        {
            try
            {
                Directory.Delete(_directory, recursive: true);
                return;
            }
            catch (IOException) when (i < 99)
            {
                await System.Threading.Tasks.Task.Delay(50); // shims are still leaving
            }
        }
    }

    private static string? FindShim()
    {
        if (Environment.GetEnvironmentVariable("WHARF_SHIM") is { Length: > 0 } given)
        {
            return given;
        }

        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string built = Path.Combine(folder.FullName, "out", "bin", "wharf-shim");
            if (File.Exists(built))
            {
                return built;
            }
        }

        return null;
    }
}

/// <summary>What makes the container's processes in a test.</summary>
public sealed record RuntimeChoice(string Name, string? Path, string[] Arguments)
{
    public static RuntimeChoice Own { get; } = new("own", null, []);

    /// <summary>crun of Debian 12 refuses the hybrid cgroup layout: a wrapper hides the v2 tree from it.</summary>
    public static RuntimeChoice Crun { get; } = new("crun", File.Exists("/usr/bin/crun") ? CrunWrapper() : "/usr/bin/crun", ["--cgroup-manager=disabled"]);

    public static RuntimeChoice Runc { get; } = new("runc", "/usr/sbin/runc", []);

    public static RuntimeChoice Named(string name)
    {
        RuntimeChoice choice = name switch { "crun" => Crun, "runc" => Runc, _ => Own };
        Assert.SkipUnless(choice.Path is null || File.Exists(choice.Path), $"needs {name}");
        return choice;
    }

    private static string CrunWrapper()
    {
        string path = System.IO.Path.Combine(AppContext.BaseDirectory, "crun-without-unified");
        File.WriteAllText(path, """
            #!/bin/sh
            exec unshare -m --propagation slave sh -c 'umount /sys/fs/cgroup/unified 2>/dev/null; exec /usr/bin/crun "$@"' crun "$@"

            """);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }
}
