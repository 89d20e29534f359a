using System.Diagnostics;
using System.Globalization;

namespace Wharf.Bench.Images;

/// <summary>The published daemon and client of out/bin on a data root of their own.</summary>
internal sealed class OurEngine : IDisposable
{
    private readonly string _client;
    private readonly Process _daemon;

    public OurEngine(string root)
    {
        string programs = Path.Combine(RepositoryRoot(), "out", "bin");
        _client = Path.Combine(programs, "wharf");
        Socket = Path.Combine(root, "wharf.sock");
        _daemon = Peers.Start(Path.Combine(programs, "wharfd"), "--data-root", Path.Combine(root, "wharf"), "--exec-root", Path.Combine(root, "wharf-exec"),
            "--pidfile", Path.Combine(root, "wharf.pid"), "-H", "unix://" + Socket, "--cgroup-parent", "/wharf-bench-images-ours");
        Peers.Until(() => Peers.TryRun(_client, "-H", "unix://" + Socket, "version"), "wharfd answers");
    }

    public string Socket { get; }

    public void Run(params string[] arguments) => Peers.Run(_client, ["-H", "unix://" + Socket, .. arguments]);

    /// <summary>Processor time the daemon has taken, in seconds (proc(5), stat: utime and stime in ticks of 10 ms).</summary>
    public (double User, double System) Processor()
    {
        string[] fields = File.ReadAllText($"/proc/{_daemon.Id}/stat").Split(") ")[^1].Split(' ');
        return (double.Parse(fields[11], CultureInfo.InvariantCulture) / 100, double.Parse(fields[12], CultureInfo.InvariantCulture) / 100);
    }

    /// <summary>Begins to count the peak of memory anew (proc(5), clear_refs).</summary>
    public void ForgetPeak() => File.WriteAllText($"/proc/{_daemon.Id}/clear_refs", "5");

    /// <summary>The most memory the daemon has held since (VmHWM of proc(5)).</summary>
    public long PeakMegabytes() => long.Parse(
        File.ReadLines($"/proc/{_daemon.Id}/status").First(l => l.StartsWith("VmHWM:", StringComparison.Ordinal))[6..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) / 1024;

    public void Dispose() => Peers.End(_daemon);

    private static string RepositoryRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Wharf.slnx")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("the repository's root was not found above the benchmark");
    }
}
