using System.Diagnostics;
using System.Globalization;
using Wharf.Bench.Images;

// Load, save, push and pull of one image of two layers, half of it incompressible: ours in this process, dockerd and skopeo beside it, against one
// docker-registry, taking turns, in a network namespace of its own. Usage: dotnet run -c Release --project bench/images [-- MEGABYTES [ROUNDS]]
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

int megabytes = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 200;
int rounds = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 3;
string root = Directory.CreateTempSubdirectory("wharf-bench-images-").FullName;
Peers.Run("ip", "link", "set", "lo", "up");
using var peers = new Peers(root);
var processor = new Dictionary<string, (double User, double System)>();
var figures = new Dictionary<(string Path, string Who), List<double>>();
try
{
    string archive = Path.Combine(root, "image.tar");
    await using OurImages ours = await OurImages.OpenAsync(Path.Combine(root, "ours"));
    for (int round = 0; round < rounds; round++)
    {
        // Another content each time: what a registry has already is only mounted.
        await SampleImage.WriteAsync(archive, $"{peers.Registry}/bench:ours", megabytes, round);
        string own = $"{peers.Registry}/bench:ours", theirs = $"{peers.Registry}/peer{round}:1", skopeo = $"{peers.Registry}/skopeo{round}:1", ownTag = $"{peers.Registry}/ours{round}:1";
        await MeasureAsync("load", "wharf", () => ours.LoadAsync(archive));
        await MeasureAsync("save", "wharf", () => ours.SaveAsync(own, Path.Combine(root, "saved.tar")));
        await ours.TagAsync(own, ownTag);
        await MeasureAsync("push", "wharf", () => ours.PushAsync(ownTag));
        await ours.RemoveAllAsync();
        await MeasureAsync("pull", "wharf", () => ours.PullAsync(ownTag));
        await ours.RemoveAllAsync();
        if (peers.HasEngine)
        {
            Measure("load", "dockerd", () => peers.Docker("load", "-i", archive));
            Measure("save", "dockerd", () => peers.Docker("save", "-o", Path.Combine(root, "saved.tar"), own));
            peers.Docker("tag", own, theirs);
            Measure("push", "dockerd", () => peers.Docker("push", "-q", theirs));
            peers.Docker("rmi", "-f", own, theirs);
            Measure("pull", "dockerd", () => peers.Docker("pull", "-q", theirs));
            peers.Docker("rmi", "-f", theirs);
        }

        if (Peers.HasPodman)
        {
            string podman = $"{peers.Registry}/podman{round}:1";
            Measure("load", "podman", () => peers.Podman("load", "-q", "-i", archive));
            File.Delete(Path.Combine(root, "saved.tar"));
            Measure("save", "podman", () => peers.Podman("save", "-q", "-o", Path.Combine(root, "saved.tar"), own));
            peers.Podman("tag", own, podman);
            Measure("push", "podman", () => peers.Podman("push", "-q", "--tls-verify=false", podman));
            peers.Podman("rmi", "-f", own, podman);
            Measure("pull", "podman", () => peers.Podman("pull", "-q", "--tls-verify=false", podman));
            peers.Podman("rmi", "-f", podman);
        }

        if (File.Exists("/usr/bin/skopeo"))
        {
            Measure("push", "skopeo", () => Peers.Run("skopeo", "--insecure-policy", "copy", "--dest-tls-verify=false", $"docker-archive:{archive}", $"docker://{skopeo}"));
            string layout = Path.Combine(root, $"layout{round}");
            Measure("pull", "skopeo, not unpacked", () => Peers.Run("skopeo", "--insecure-policy", "copy", "--src-tls-verify=false", $"docker://{skopeo}", $"oci:{layout}"));
            Directory.Delete(layout, recursive: true);
        }
    }

    await Listing.MeasureAsync(ours, peers, Note);
    Console.WriteLine($"{megabytes} MB, {rounds} rounds, medians; peak memory of this process {Peers.PeakMegabytes()} MB");
    Console.WriteLine($"{"path",-6} {"who",-22} {"MB/s",8} {"wharf is faster by",20}   processor time of the last round");
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
    peers.Dispose();
    Directory.Delete(root, recursive: true);
}

return 0;

void Measure(string path, string who, Action action)
{
    long begin = Stopwatch.GetTimestamp();
    action();
    Note(path, who, begin);
}

async Task MeasureAsync(string path, string who, Func<Task> action)
{
    long begin = Stopwatch.GetTimestamp();
    var before = Environment.CpuUsage;
    await action();
    var after = Environment.CpuUsage;
    processor[path] = ((after.UserTime - before.UserTime).TotalSeconds, (after.PrivilegedTime - before.PrivilegedTime).TotalSeconds);
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
