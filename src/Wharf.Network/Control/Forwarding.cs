using Wharf.Linux;
using Wharf.Linux.Netlink;

namespace Wharf.Network.Control;

/// <summary>
/// Routing between interfaces, a switch of the whole host. When it was off before us, the host was no router, and the firewall keeps it from becoming one
/// (see <see cref="Firewalls.FirewallSettings"/>); a mark in the exec root remembers that until the next boot, as the switch itself does.
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

    /// <summary>Interfaces that learn their routes from routers go on doing so, which a machine that forwards does only when told (ip-sysctl, accept_ra).</summary>
    public static void EnableIPv6()
    {
        const string directory = "/proc/sys/net/ipv6/conf";
        foreach (string link in Directory.EnumerateDirectories(directory).Select(d => Path.GetFileName(d)))
        {
            if (link is not ("all" or "default") && File.ReadAllText(Path.Combine(directory, link, "accept_ra")).StartsWith('1'))
            {
                Errno errno = NetworkNamespace.SetSysctl($"net/ipv6/conf/{link}/accept_ra", "2");
                if (errno is not (Errno.None or Errno.ENOENT))
                {
                    errno.ThrowIfError("accept_ra", link);
                }
            }
        }

        NetworkNamespace.SetSysctl("net/ipv6/conf/all/forwarding", "1").ThrowIfError("enable IPv6 forwarding");
    }
}
