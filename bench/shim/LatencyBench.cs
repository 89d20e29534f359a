using System.Diagnostics;
using Wharf.Runtime.Shims;

namespace Wharf.Shim.Bench;

/// <summary>How long a container's start and an exec take from the daemon's point of view.</summary>
internal static class LatencyBench
{
    public static async Task StartAsync(BenchBox box, int count)
    {
        var acquired = new List<double>();
        var launched = new List<double>();
        var exited = new List<double>();
        for (int i = 0; i < count; i++)
        {
            await Task.Delay(20); // warm shims are refilled
            var watch = Stopwatch.StartNew();
            IShim shim = await box.Factory.AcquireAsync($"s{i}", CancellationToken.None);
            acquired.Add(watch.Elapsed.TotalMilliseconds);
            await BenchBox.LaunchAsync(shim, box.Task($"s{i}", "json-file", "true"));
            launched.Add(watch.Elapsed.TotalMilliseconds);
            await shim.Exited;
            exited.Add(watch.Elapsed.TotalMilliseconds);
            await shim.ReleaseAsync(CancellationToken.None);
        }

        Print("acquire", acquired);
        Print("to exec done", launched);
        Print("to exit known", exited);
    }

    public static async Task ExecAsync(BenchBox box, int count)
    {
        IShim shim = await box.StartAsync(box.Task("x", "none", "sleep", "1000"));
        var done = new List<double>();
        for (int i = 0; i < count; i++)
        {
            var watch = Stopwatch.StartNew();
            string id = $"e{i}";
            ShimLaunchResult result = await shim.ExecAsync(new ShimExec { ExecId = id, Process = BenchBox.Process("true") }, CancellationToken.None);
            if (result.Error is not null)
            {
                throw Primitives.WharfException.Internal(result.Error);
            }

            await shim.ExecExited(id);
            done.Add(watch.Elapsed.TotalMilliseconds);
        }

        Print("exec to exit known", done);
        await BenchBox.EndAsync(shim);
    }

    private static void Print(string name, List<double> values)
    {
        values.Sort();
        Console.WriteLine($"{name,-20} min {values[0],7:F2}   median {values[values.Count / 2],7:F2}   p95 {values[values.Count * 95 / 100],7:F2} ms");
    }
}
