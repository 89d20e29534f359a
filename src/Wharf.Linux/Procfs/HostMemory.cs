using System.Globalization;

namespace Wharf.Linux;

/// <summary>Memory of the host in bytes, from /proc/meminfo.</summary>
public static class HostMemory
{
    private static readonly Lazy<ulong> Total = new(() => Kilobytes("MemTotal:") * 1024);

    public static ulong TotalBytes() => Total.Value;

    private static ulong Kilobytes(string name)
    {
        string line = File.ReadLines("/proc/meminfo").First(l => l.StartsWith(name, StringComparison.Ordinal));
        return ulong.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }
}
