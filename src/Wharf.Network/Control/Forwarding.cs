using Wharf.Linux;
using Wharf.Linux.Netlink;

namespace Wharf.Network.Control;

/// <summary>
/// Routing between interfaces, a switch of the whole host. When it was off before us, the host was no router, and the firewall keeps it from becoming one
/// (see <see cref="Firewalls.FirewallTables.Build"/>); a mark in the exec root remembers that until the next boot, as the switch itself does.
/// </summary>
internal static class Forwarding
{
    private const string Switch = "/proc/sys/net/ipv4/ip_forward";

    /// <returns>True when it was our doing.</returns>
    public static bool EnableIPv4(string execRoot)
    {
        string mark = Path.Combine(execRoot, "ip-forward-enabled");
        if (File.ReadAllText(Switch).StartsWith('1'))
        {
            return File.Exists(mark);
        }

        Directory.CreateDirectory(execRoot);
        File.WriteAllBytes(mark, []);
        NetworkNamespace.SetSysctl("net/ipv4/ip_forward", "1").ThrowIfError("enable IPv4 forwarding");
        return true;
    }

    public static void EnableIPv6() => NetworkNamespace.SetSysctl("net/ipv6/conf/all/forwarding", "1").ThrowIfError("enable IPv6 forwarding");
}
