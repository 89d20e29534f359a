using System.Globalization;

namespace Wharf.Engine.Stats;

/// <summary>Memory of the host, from /proc/meminfo.</summary>
internal static class HostMemory
{
    private static readonly Lazy<ulong> Total = new(() => Kilobytes("MemTotal:") * 1024);

    public static ulong TotalBytes() => Total.Value;

    private static ulong Kilobytes(string name)
    {
        string line = File.ReadLines("/proc/meminfo").First(l => l.StartsWith(name, StringComparison.Ordinal));
        return ulong.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }
}
