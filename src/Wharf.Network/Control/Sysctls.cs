using Microsoft.Win32.SafeHandles;
using Wharf.Linux;
using Wharf.Linux.Netlink;
using Wharf.Network.Sandboxes;
using Wharf.Primitives;

namespace Wharf.Network.Control;

/// <summary>Settings of one interface that a user asks for (<c>com.docker.network.endpoint.sysctls=net.ipv4.conf.IFNAME.log_martians=1,…</c>).</summary>
internal static class Sysctls
{
    private const string Option = "com.docker.network.endpoint.sysctls";

    /// <exception cref="WharfException">InvalidArgument, naming the setting.</exception>
    public static void Apply(NamespaceThread thread, SafeFileHandle ns, Endpoint endpoint)
    {
        if (!endpoint.Request.DriverOptions.TryGetValue(Option, out string? text) || text.Length == 0)
        {
            return;
        }

        foreach ((string name, string value) in Parse(text, endpoint.Interface))
        {
            Errno errno = thread.Run(ns, () => NetworkNamespace.SetSysctl(name, value));
            if (errno != Errno.None)
            {
                throw WharfException.Invalid($"cannot set {name.Replace('/', '.')}={value} ({Option}): {errno.Describe()}");
            }
        }
    }

    /// <summary>Only settings of this very interface are taken.</summary>
    internal static List<(string Name, string Value)> Parse(string text, string interfaceName)
    {
        List<(string, string)> result = [];
        foreach (string item in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] pair = item.Split('=', 2);
            string[] parts = pair[0].Split('.');
            if (pair.Length != 2 || parts is not ["net", "ipv4" or "ipv6" or "mpls", "conf" or "neigh" or "input", "IFNAME" or "ifname", _] // Docker's client sends lower case
               
                || parts.Any(p => p.Length == 0 || p.Contains('/')))
            {
                throw WharfException.Invalid($"unrecognised sysctl \"{item}\" ({Option}), expected net.[ipv4|ipv6|mpls].[conf|neigh].IFNAME.NAME=VALUE");
            }

            parts[3] = interfaceName;
            result.Add((string.Join('/', parts), pair[1]));
        }

        return result;
    }
}
