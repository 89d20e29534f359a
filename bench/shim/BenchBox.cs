using Wharf.Linux;
using Wharf.Oci.Runtime;
using Wharf.Primitives;
using Wharf.Runtime.Shims;

namespace Wharf.Shim.Bench;

/// <summary>A factory, a busybox root file system and the specification of a plain container.</summary>
internal sealed class BenchBox : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("wharf-shim-bench").FullName;

    public BenchBox(string shimPath)
    {
        string bin = Directory.CreateDirectory(Path.Combine(Rootfs, "bin")).FullName;
        foreach (string folder in (string[])["proc", "dev", "sys", "tmp"])
        {
            Directory.CreateDirectory(Path.Combine(Rootfs, folder));
        }

        File.Copy("/bin/busybox", Path.Combine(bin, "busybox"));
        foreach (string applet in (string[])["sh", "cat", "echo", "sleep", "true", "yes", "head", "dd"])
        {
            File.CreateSymbolicLink(Path.Combine(bin, applet), "busybox");
        }

        Factory = new ShimFactory(new ShimFactoryOptions { ExecRoot = Path.Combine(_directory, "exec"), ShimPath = shimPath, WarmCount = 4, Trouble = Console.Error.WriteLine });
    }

    public string Rootfs => Path.Combine(_directory, "rootfs");

    public ShimFactory Factory { get; }

    public string LogPath(string id) => Path.Combine(_directory, id + "-json.log");

    public ShimTask Task(string id, string logDriver, params string[] args) => new()
    {
        ContainerId = id,
        Log = new ShimLog { Driver = logDriver, Path = LogPath(id) },
        Spec = new RuntimeSpec
        {
            Root = new RootSpec { Path = Rootfs },
            Process = Process(args),
            Mounts =
            [
                new MountSpec { Destination = "/proc", Type = "proc", Source = "proc" },
                new MountSpec { Destination = "/dev", Type = "tmpfs", Source = "tmpfs", Options = ["nosuid", "mode=755"] },
                new MountSpec { Destination = "/dev/pts", Type = "devpts", Source = "devpts", Options = ["nosuid", "noexec", "newinstance", "ptmxmode=0666"] },
            ],
            Linux = new LinuxSpec
            {
                CgroupsPath = "/wharf-shim-bench/" + id,
                Namespaces = [.. ((string[])["pid", "mount", "ipc", "uts", "network"]).Select(t => new LinuxNamespace { Type = t })],
            },
        },
    };

    public static ProcessSpec Process(params string[] args) => new() { Args = args, Cwd = "/", Env = ["PATH=/bin"], User = new UserSpec(), OomScoreAdj = 0 };

    public async Task<IShim> StartAsync(ShimTask task)
    {
        IShim shim = await Factory.AcquireAsync(task.ContainerId, CancellationToken.None);
        await LaunchAsync(shim, task);
        return shim;
    }

    public static async Task LaunchAsync(IShim shim, ShimTask task)
    {
        ShimLaunchResult result = await shim.LaunchAsync(task, CancellationToken.None);
        if (result.Error is not null)
        {
            throw WharfException.Internal(result.Error);
        }
    }

    public static async Task EndAsync(IShim shim)
    {
        if (!shim.Exited.IsCompleted)
        {
            try
            {
                await shim.SignalAsync(Signal.Kill, false, CancellationToken.None);
            }
            catch (WharfException ended) when (ended.Kind == ErrorKind.Conflict)
            {
                // it was faster
            }

            await shim.Exited;
        }

        await shim.ReleaseAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await Factory.DisposeAsync();
        await System.Threading.Tasks.Task.Delay(300);
        Directory.Delete(_directory, recursive: true);
    }
}
