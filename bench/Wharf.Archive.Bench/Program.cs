using System.Diagnostics;
using Wharf.Archive.Compression;
using Wharf.Archive.Layers;
using Wharf.Linux;

// Archive paths beside the system's programs, interleaved in one run: only the ratio counts.
//   dotnet run -c Release --project bench/Wharf.Archive.Bench [DIRECTORY-TO-PACK]
string source = args.Length > 0 ? args[0] : "/usr/include";
string work = Directory.CreateTempSubdirectory("wharf-bench-").FullName;
const int Rounds = 3;
CancellationToken none = CancellationToken.None;
try
{
    string tar = Path.Combine(work, "a.tar");
    Run($"tar -C {source} -cf {tar} .");
    Run($"gzip -1 -c {tar} > {tar}.gz; zstd -q -3 -c {tar} > {tar}.zst; head -c 60000000 {tar} > {tar}.part; xz -T1 -1 -c {tar}.part > {tar}.xz; bzip2 -c {tar}.part > {tar}.bz2");
    double megabytes = new FileInfo(tar).Length / 1e6;
    Console.WriteLine($"{source}: {megabytes:f0} MB of tar; medians of {Rounds}, ours / theirs (below 1 is faster)");

    await CompareAsync("unpack plain tar", () => UnpackAsync(tar), $"rm -rf {work}/t; mkdir {work}/t; tar -xf {tar} -C {work}/t", megabytes);
    await CompareAsync("unpack tar.gz", () => UnpackAsync(tar + ".gz"), $"rm -rf {work}/t; mkdir {work}/t; tar -xzf {tar}.gz -C {work}/t", megabytes);
    await CompareAsync("unpack tar.zst", () => UnpackAsync(tar + ".zst"), $"rm -rf {work}/t; mkdir {work}/t; tar --zstd -xf {tar}.zst -C {work}/t", megabytes);
    await CompareAsync("gunzip", () => DecompressAsync(tar + ".gz"), $"gzip -dc {tar}.gz > /dev/null", megabytes);
    await CompareAsync("unzstd", () => DecompressAsync(tar + ".zst"), $"zstd -dcq {tar}.zst > /dev/null", megabytes);
    await CompareAsync("unxz (60 MB)", () => DecompressAsync(tar + ".xz"), $"xz -T1 -dc {tar}.xz > /dev/null", 60);
    await CompareAsync("bunzip2 (60 MB)", () => DecompressAsync(tar + ".bz2"), $"bzip2 -dc {tar}.bz2 > /dev/null", 60);
    await CompareAsync("gzip -6", () => CompressAsync(tar, CompressionKind.Gzip), $"gzip -6 -c {tar} > {work}/x.gz", megabytes);
    Console.WriteLine($"  size ours / theirs: {(double)new FileInfo(Path.Combine(work, "Gzip")).Length / new FileInfo(Path.Combine(work, "x.gz")).Length:f3}");
    await CompareAsync("zstd -3", () => CompressAsync(tar, CompressionKind.Zstd), $"zstd -q -T0 -3 -c {tar} > {work}/x.zst", megabytes);
    await CompareAsync("pack tree", PackAsync, $"tar -C {work}/t -cf {work}/x.tar .", megabytes);
}
finally
{
    Run($"rm -rf {work}");
}

async Task CompareAsync(string name, Func<Task> ours, string theirs, double size)
{
    var our = new List<(double, double)>();
    var their = new List<(double, double)>();
    for (int i = 0; i < Rounds; i++)
    {
        our.Add(await TimeAsync(ours));
        their.Add(await TimeAsync(() =>
        {
            Run(theirs);
            return Task.CompletedTask;
        }));
    }

    (double a, double aCpu) = Median(our);
    (double b, double bCpu) = Median(their);
    Console.WriteLine($"{name,-18} {size / a,7:f0} MB/s  {size / b,7:f0} MB/s  ratio {a / b:f2}   processor {aCpu:f2} s  {bCpu:f2} s  ratio {aCpu / bCpu:f2}");
}

// Each column by itself: on a busy machine the processor time says more than the clock.
static (double Clock, double Processor) Median(List<(double Clock, double Processor)> samples) =>
    (samples.Select(s => s.Clock).Order().ElementAt(Rounds / 2), samples.Select(s => s.Processor).Order().ElementAt(Rounds / 2));

static async Task<(double Clock, double Processor)> TimeAsync(Func<Task> action)
{
    var watch = Stopwatch.StartNew();
    double before = ProcessorSeconds();
    await action();
    return (watch.Elapsed.TotalSeconds, ProcessorSeconds() - before);
}

// user and system time of this process and of the children it has waited for (proc(5), fields 14 to 17)
static double ProcessorSeconds()
{
    string stat = File.ReadAllText("/proc/self/stat");
    string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
    return fields[11..15].Sum(f => long.Parse(f, null)) / 100.0;
}

async Task UnpackAsync(string file)
{
    Run($"rm -rf {work}/o; mkdir {work}/o");
    FileCalls.Open(Path.Combine(work, "o"), OpenFlags.Directory, out var root).ThrowIfError("open");
    using (root)
    {
        await using var plain = await Decompression.OpenAsync(File.OpenRead(file), leaveOpen: false, none, ahead: true);
        await LayerApplier.ApplyAsync(plain.Content, root, new LayerApplyOptions { Whiteouts = WhiteoutStyle.Overlay }, none);
    }
}

async Task DecompressAsync(string file)
{
    await using var plain = await Decompression.OpenAsync(File.OpenRead(file), leaveOpen: false, none);
    byte[] buffer = new byte[256 * 1024];
    while (await plain.Content.ReadAsync(buffer) > 0)
    {
    }
}

async Task CompressAsync(string file, CompressionKind kind)
{
    await using var input = File.OpenRead(file);
    await using var output = Compressor.Open(File.Create(Path.Combine(work, kind.ToString())), kind);
    await input.CopyToAsync(output, 256 * 1024);
}

async Task PackAsync()
{
    FileCalls.Open(Path.Combine(work, "t"), OpenFlags.Directory, out var root).ThrowIfError("open");
    using (root)
    {
        await using var output = File.Create(Path.Combine(work, "p.tar"));
        await TreeArchive.WriteAsync(root, output, IdentityMap.None, none);
    }
}

static void Run(string script)
{
    using var process = Process.Start("/bin/sh", ["-ec", script]);
    process.WaitForExit();
    if (process.ExitCode != 0)
    {
        throw new InvalidOperationException(script);
    }
}
