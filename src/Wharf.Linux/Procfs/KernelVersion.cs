using System.Globalization;
using Wharf.Primitives;

namespace Wharf.Linux;

/// <summary>The first two numbers of a kernel's release: 6.1 of "6.1.0-13-amd64".</summary>
public readonly record struct KernelVersion(int Major, int Minor) : IComparable<KernelVersion>
{
    private static readonly Lazy<KernelVersion> Running = new(() => Parse(SmallFile.Read("/proc/sys/kernel/osrelease")));

    public static KernelVersion Current => Running.Value;

    /// <exception cref="WharfException">InvalidArgument: does not begin with two numbers and a dot between them.</exception>
    public static KernelVersion Parse(string release)
    {
        string[] parts = release.Trim().Split('.', '-', '+');
        return parts.Length >= 2
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int major)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int minor)
            ? new KernelVersion(major, minor)
            : throw WharfException.Invalid($"invalid kernel version \"{release.Trim()}\"");
    }

    public int CompareTo(KernelVersion other) => (Major, Minor).CompareTo((other.Major, other.Minor));

    public static bool operator <(KernelVersion left, KernelVersion right) => left.CompareTo(right) < 0;

    public static bool operator >(KernelVersion left, KernelVersion right) => left.CompareTo(right) > 0;

    public static bool operator <=(KernelVersion left, KernelVersion right) => left.CompareTo(right) <= 0;

    public static bool operator >=(KernelVersion left, KernelVersion right) => left.CompareTo(right) >= 0;

    public override string ToString() => $"{Major}.{Minor}";
}
