using System.Diagnostics;
using System.Net.Sockets;
using Wharf.Runtime.Shims;

namespace Wharf.Shim.Bench;

/// <summary>A container that writes as fast as it can: into its log, or to an attached client.</summary>
internal static class StreamBench
{
    private const string Line = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    public static async Task LogAsync(BenchBox box, int megabytes)
    {
        // A file of lines made before: busybox's yes would be the slowest part.
        await PrepareAsync(box, megabytes);
        IShim shim = await box.Factory.AcquireAsync("log", CancellationToken.None);
        var watch = Stopwatch.StartNew();
        await BenchBox.LaunchAsync(shim, box.Task("log", "json-file", "cat", "/tmp/lines"));
        await shim.Exited;
        Report($"log of {megabytes} MB in lines of 100 B", megabytes, watch, shim);
        Console.WriteLine($"  file: {new FileInfo(box.LogPath("log")).Length / 1e6:F0} MB");
        await BenchBox.EndAsync(shim);
        File.Delete(box.LogPath("log"));
    }

    public static async Task AttachAsync(BenchBox box, int megabytes)
    {
        await PrepareAsync(box, megabytes);
        foreach (string driver in (string[])["none", "json-file"])
        {
            string id = "attach-" + driver;
            IShim shim = await box.Factory.AcquireAsync(id, CancellationToken.None);
            using Socket socket = await shim.AttachAsync(new ShimAttach(null, false, true, true, false), CancellationToken.None);
            var watch = Stopwatch.StartNew();
            await BenchBox.LaunchAsync(shim, box.Task(id, driver, "cat", "/tmp/lines"));
            byte[] buffer = new byte[256 * 1024];
            long received = 0;
            while (await socket.ReceiveAsync(buffer, SocketFlags.None) is var count and > 0)
            {
                received += count;
            }

            Report($"attach of {megabytes} MB, log {driver}", megabytes, watch, shim);
            Console.WriteLine($"  received: {received / 1e6:F1} MB with frames");
            await BenchBox.EndAsync(shim);
        }
    }

    private static async Task PrepareAsync(BenchBox box, int megabytes)
    {
        await using var file = new StreamWriter(Path.Combine(box.Rootfs, "tmp", "lines"));
        for (int i = 0; i < megabytes * 10_000; i++)
        {
            await file.WriteAsync(Line);
            await file.WriteAsync('\n');
        }
    }

    private static void Report(string what, int megabytes, Stopwatch watch, IShim shim)
    {
        // utime and stime of the shim, in ticks of 10 ms
        string[] stat = File.ReadAllText($"/proc/{shim.ShimPid}/stat").Split(' ');
        double cpu = (long.Parse(stat[13]) + long.Parse(stat[14])) / 100.0;
        Console.WriteLine($"{what}: {megabytes / watch.Elapsed.TotalSeconds:F0} MB/s, {megabytes / Math.Max(cpu, 0.01):F0} MB per second of the shim's CPU");
    }
}
