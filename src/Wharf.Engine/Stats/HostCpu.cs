using System.Globalization;

namespace Wharf.Engine.Stats;

/// <summary>CPU time of the whole host, from the first line of /proc/stat (proc_stat(5)).</summary>
internal static class HostCpu
{
    // USER_HZ is 100 on every architecture Linux gives user space.
    private const ulong NanosecondsPerTick = 10_000_000;

    /// <summary>Nanoseconds of user, nice, system, idle, iowait, irq and softirq together: what Docker divides by.</summary>
    public static ulong TotalNanoseconds()
    {
        string line = File.ReadLines("/proc/stat").First();
        ulong ticks = 0;
        foreach (string field in line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Take(7))
        {
            ticks += ulong.Parse(field, CultureInfo.InvariantCulture);
        }

        return ticks * NanosecondsPerTick;
    }
}
