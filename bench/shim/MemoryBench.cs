using System.Globalization;
using Wharf.Runtime.Shims;

namespace Wharf.Shim.Bench;

/// <summary>What a shim with a running, idle container costs.</summary>
internal static class MemoryBench
{
    public static async Task RunAsync(BenchBox box, int count)
    {
        var shims = new List<IShim>();
        for (int i = 0; i < count; i++)
        {
            shims.Add(await box.StartAsync(box.Task($"m{i}", "json-file", "sh", "-c", "echo started; sleep 1000")));
        }

        await Task.Delay(6000); // what they used to start goes back to the system
        string[] fields = ["Rss", "Pss", "Pss_Anon", "Private_Dirty"];
        foreach (string field in fields)
        {
            long[] values = [.. shims.Select(s => Read(s.ShimPid, field)).Order()];
            Console.WriteLine($"{field,-14} median {values[count / 2],6} KB   all {values.Sum() / 1024.0,8:F1} MB   ({count} shims)");
        }

        foreach (IShim shim in shims)
        {
            await BenchBox.EndAsync(shim);
        }
    }

    private static long Read(int pid, string field)
    {
        string line = File.ReadLines($"/proc/{pid}/smaps_rollup").First(l => l.StartsWith(field + ":", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }
}
