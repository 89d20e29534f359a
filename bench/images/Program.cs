using System.Diagnostics;
using System.Globalization;
using Wharf.Bench.Images;

// Load, save, push and pull of one image of two layers, half of it incompressible: our published programs, dockerd, podman and skopeo beside them, against one
// docker-registry, taking turns, in a network namespace of its own. Needs ./build.sh. Usage: dotnet run -c Release --project bench/images [-- MEGABYTES [ROUNDS]]
// With `memory [MEGABYTES]` instead: the most memory our daemon holds while it loads, saves, pushes and pulls one layer of that size.
const string mark = "WHARF_BENCH_OWN_NETNS";
if (Environment.GetEnvironmentVariable(mark) is null)
{
    string[] self = [Environment.ProcessPath!, .. Environment.GetCommandLineArgs()[(Path.GetFileName(Environment.ProcessPath) == "dotnet" ? 0 : 1)..]];
    var start = new ProcessStartInfo("unshare", ["--net", "--mount", "--propagation", "private", .. self]);
    start.Environment[mark] = "1";
    using Process child = Process.Start(start)!;
    child.WaitForExit();
    return child.ExitCode;
}

bool memory = args is ["memory", ..];
int[] numbers = [.. args.Skip(memory ? 1 : 0).Select(a => int.Parse(a, CultureInfo.InvariantCulture))];
int megabytes = numbers.Length > 0 ? numbers[0] : memory ? 2048 : 200;
int rounds = numbers.Length > 1 ? numbers[1] : 3;
// Not below /tmp, which may be memory.
string root = Directory.CreateDirectory($"/var/tmp/wharf-bench-images-{Environment.ProcessId}").FullName;
Peers.Run("ip", "link", "set", "lo", "up");
// podman and skopeo remember here what a registry has: with the memory of another run, or of each other, they push nothing.
const string cache = "/var/lib/containers/cache";
Directory.CreateDirectory(cache);
Peers.Run("mount", "-t", "tmpfs", "tmpfs", cache);
using var peers = new Peers(root, withEngine: !memory);
var processor = new Dictionary<string, (double User, double System)>();
var figures = new Dictionary<(string Path, string Who), List<double>>();
string archive = Path.Combine(root, "image.tar"), saved = Path.Combine(root, "saved.tar");
string own = $"{peers.Registry}/bench:ours";
OurEngine? engine = null;
try
{
    engine = new OurEngine(root);
    if (memory)
    {
        await HoldAsync(engine);
        return 0;
    }

    for (int round = 0; round < rounds; round++)
    {
        // Another content each time: what a registry has already is only mounted.
        await SampleImage.WriteAsync(archive, own, megabytes, round);
        Ours(engine, round);
        if (peers.HasEngine)
        {
            Theirs("dockerd", peers.Docker, ["load", "-i"], ["save", "-o"], ["push", "-q"], ["pull", "-q"], round);
        }

        if (Peers.HasPodman)
        {
            File.Delete(Path.Combine(cache, "blob-info-cache-v1.boltdb"));
            Theirs("podman", peers.Podman, ["load", "-q", "-i"], ["save", "-q", "-o"], ["push", "-q", "--tls-verify=false"], ["pull", "-q", "--tls-verify=false"], round);
        }

        if (File.Exists("/usr/bin/skopeo"))
        {
            File.Delete(Path.Combine(cache, "blob-info-cache-v1.boltdb"));
            string skopeo = $"{peers.Registry}/skopeo{round}:1", layout = Path.Combine(root, $"layout{round}");
            Measure("push", "skopeo", () => Peers.Run("skopeo", "--insecure-policy", "copy", "--dest-tls-verify=false", $"docker-archive:{archive}", $"docker://{skopeo}"));
            Measure("pull", "skopeo, not unpacked", () => Peers.Run("skopeo", "--insecure-policy", "copy", "--src-tls-verify=false", $"docker://{skopeo}", $"oci:{layout}"));
            Directory.Delete(layout, recursive: true);
        }
    }

    await Listing.MeasureAsync(engine, peers, Note);
    Console.WriteLine($"{megabytes} MB, {rounds} rounds, medians of whole commands; peak memory of wharfd {engine.PeakMegabytes()} MB");
    Console.WriteLine($"{"path",-6} {"who",-22} {"MB/s",8} {"wharf is faster by",20}   wharfd's processor time in the last round");
    foreach (string path in (string[])["load", "save", "push", "pull"])
    {
        double us = Median(path, "wharf");
        foreach ((string _, string who) in figures.Keys.Where(k => k.Path == path))
        {
            Console.WriteLine($"{path,-6} {who,-22} {megabytes / Median(path, who),8:F0} {(who == "wharf" ? "" : $"{Median(path, who) / us:F2} x"),20}   {(who == "wharf" ? $"{processor[path].User:F2} s + {processor[path].System:F2} s in the kernel" : "")}");
        }
    }

    foreach ((string path, string who) in figures.Keys.Where(k => k.Path is "images" or "df"))
    {
        Console.WriteLine($"{path,-6} {who,-22} {Median(path, who) * 1000,8:F1} ms with {Listing.Count} images {(who == "wharf" ? "" : $"{Median(path, who) / Median(path, "wharf"):F1} x")}");
    }
}
finally
{
    engine?.Dispose();
    peers.Dispose();
    Directory.Delete(root, recursive: true);
}

return 0;

void Ours(OurEngine ours, int round)
{
    string tag = $"{peers.Registry}/ours{round}:1";
    Spend("load", ours, "load", "-q", "-i", archive);
    File.Delete(saved);
    Spend("save", ours, "save", "-o", saved, own);
    ours.Run("tag", own, tag);
    Spend("push", ours, "push", "-q", tag);
    ours.Run("rmi", own, tag);
    Spend("pull", ours, "pull", "-q", tag);
    ours.Run("rmi", tag);
}

void Spend(string path, OurEngine ours, params string[] arguments)
{
    (double user, double system) = ours.Processor();
    Measure(path, "wharf", () => ours.Run(arguments));
    (double User, double System) after = ours.Processor();
    processor[path] = (after.User - user, after.System - system);
}

void Theirs(string who, Action<string[]> run, string[] load, string[] save, string[] push, string[] pull, int round)
{
    string tag = $"{peers.Registry}/{who}{round}:1";
    Measure("load", who, () => run([.. load, archive]));
    File.Delete(saved);
    Measure("save", who, () => run([.. save, saved, own]));
    run(["tag", own, tag]);
    Measure("push", who, () => run([.. push, tag]));
    run(["rmi", "-f", own, tag]);
    Measure("pull", who, () => run([.. pull, tag]));
    run(["rmi", "-f", tag]);
}

async Task HoldAsync(OurEngine ours)
{
    await SampleImage.WriteAsync(archive, own, megabytes, seed: 1, layers: 1);
    foreach (string[] arguments in (string[][])[["load", "-q", "-i", archive], ["save", "-o", saved, own], ["push", "-q", own], ["rmi", own], ["pull", "-q", own]])
    {
        ours.ForgetPeak();
        long begin = Stopwatch.GetTimestamp();
        ours.Run(arguments);
        if (arguments[0] != "rmi")
        {
            Console.WriteLine($"{arguments[0],-6} one layer of {megabytes} MB in {Stopwatch.GetElapsedTime(begin).TotalSeconds,5:F1} s, peak memory of wharfd {ours.PeakMegabytes()} MB");
        }
    }
}

void Measure(string path, string who, Action action)
{
    // What the one before wrote is not to be waited for by the next.
    Peers.Run("sync");
    long begin = Stopwatch.GetTimestamp();
    action();
    Note(path, who, begin);
}

void Note(string path, string who, long begin)
{
    double seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
    if (!figures.TryGetValue((path, who), out List<double>? list))
    {
        figures[(path, who)] = list = [];
    }

    list.Add(seconds);
}

double Median(string path, string who) => figures[(path, who)].Order().ElementAt(figures[(path, who)].Count / 2);
