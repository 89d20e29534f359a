using System.Net;
using System.Text;

namespace Wharf.Network.Files;

/// <summary>The content of a container's /etc/hosts, with the lines and the order that Docker writes.</summary>
internal static class HostsFile
{
    private const string Standard = "127.0.0.1\tlocalhost\n";

    private const string StandardIPv6 =
        "::1\tlocalhost ip6-localhost ip6-loopback\n"
        + "fe00::\tip6-localnet\n"
        + "ff00::\tip6-mcastprefix\n"
        + "ff02::1\tip6-allnodes\n"
        + "ff02::2\tip6-allrouters\n";

    /// <param name="hosts">Lines of <c>--add-host</c>, then of links, as (address, names).</param>
    /// <param name="own">The container's own addresses.</param>
    /// <param name="hostname">Its name; with a domain the full name comes first.</param>
    /// <param name="domain">May be empty.</param>
    /// <param name="withoutIPv6">The container has no <c>::1</c>.</param>
    public static string Build(
        IEnumerable<(string Address, string Names)> hosts, IEnumerable<IPAddress> own, string hostname, string domain, bool withoutIPv6 = false)
    {
        var text = new StringBuilder(Standard).Append(withoutIPv6 ? "" : StandardIPv6);
        foreach ((string address, string names) in hosts)
        {
            text.Append(address).Append('\t').Append(names).Append('\n');
        }

        int dot = hostname.IndexOf('.');
        string name = domain.Length > 0 ? $"{hostname}.{domain} {hostname}" : dot > 0 ? $"{hostname} {hostname[..dot]}" : hostname;
        if (hostname.Length > 0)
        {
            foreach (IPAddress address in own)
            {
                text.Append(address).Append('\t').Append(name).Append('\n');
            }
        }

        return text.ToString();
    }

    /// <summary>The line of a link: alias, the other's host name, its name, none of them twice.</summary>
    public static string LinkNames(string alias, string hostname, string name) =>
        string.Join(' ', new[] { alias, hostname, name }.Where(n => n.Length > 0).Distinct());
}
