using System.Globalization;

namespace Wharf.Network.Ports;

/// <summary>The ports that are given when nobody asked for a particular one: the system's range (ip(7), ip_local_port_range).</summary>
internal static class EphemeralPorts
{
    public static (ushort First, ushort Last) Read() => Parse(File.ReadAllText("/proc/sys/net/ipv4/ip_local_port_range"));

    public static (ushort First, ushort Last) Parse(string text)
    {
        string[] words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return words.Length == 2
            && ushort.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out ushort first)
            && ushort.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out ushort last)
            && first > 0 && first <= last
            ? (first, last)
            : ((ushort)32768, (ushort)60999);
    }
}
