using System.Net;
using System.Net.Sockets;
using Wharf.Api.Networks;
using Wharf.Network.Addressing;
using Wharf.Network.Networks;
using Wharf.Primitives;

namespace Wharf.Engine.Networks;

/// <summary>What a wish to be on a network must keep to.</summary>
internal static class EndpointRules
{
    /// <param name="settings">The wish.</param>
    /// <param name="name">The network as the client calls it.</param>
    /// <param name="network">The network; null when there is none by that name yet.</param>
    /// <exception cref="WharfException">InvalidArgument with everything that is wrong.</exception>
    public static void Check(EndpointSettings settings, string name, NetworkRecord? network)
    {
        var problems = new List<string>();
        string? ipv4 = settings.IPAMConfig?.IPv4Address, ipv6 = settings.IPAMConfig?.IPv6Address;
        if ((network?.Name ?? name) is "bridge" or "host" or "none" or "default")
        {
            Add(problems, !string.IsNullOrEmpty(ipv4) || !string.IsNullOrEmpty(ipv6), "user specified IP address is supported on user defined networks only");
            Add(problems, settings.Aliases is { Count: > 0 }, "network-scoped alias is supported only for containers in user defined networks");
        }

        Add(problems, !IsAddress(ipv4, AddressFamily.InterNetwork), $"invalid IPv4 address: {ipv4}");
        Add(problems, !IsAddress(ipv6, AddressFamily.InterNetworkV6), $"invalid IPv6 address: {ipv6}");
        foreach (string address in settings.IPAMConfig?.LinkLocalIPs ?? [])
        {
            Add(problems, !IPAddress.TryParse(address, out IPAddress? local) || local.Equals(IPAddress.Any) || local.Equals(IPAddress.IPv6Any), $"invalid link-local IP address: {address}");
        }

        if (problems.Count == 0 && network is not null)
        {
            CheckRange(problems, ipv4, network);
            CheckRange(problems, ipv6, network);
        }

        if (problems.Count > 0)
        {
            throw WharfException.Invalid("invalid endpoint settings:\n" + string.Join('\n', problems));
        }

        if (!string.IsNullOrEmpty(settings.MacAddress))
        {
            _ = MacAddress.Parse(settings.MacAddress);
        }
    }

    private static void CheckRange(List<string> problems, string? text, NetworkRecord network)
    {
        if (string.IsNullOrEmpty(text))
        {
            return;
        }

        IPAddress address = IPAddress.Parse(text);
        IpamPool[] configured = [.. network.Config.Pools.Where(p => p.Configured && p.Subnet.IsIPv6 == (address.AddressFamily == AddressFamily.InterNetworkV6))];
        Add(problems, configured.Length == 0, "user specified IP address is supported only when connecting to networks with user configured subnets");
        Add(problems, configured.Length > 0 && !Array.Exists(configured, p => p.Subnet.Contains(address)), $"no configured subnet or ip-range contain the IP address {text}");
    }

    private static bool IsAddress(string? text, AddressFamily family) => string.IsNullOrEmpty(text)
        || (IPAddress.TryParse(text, out IPAddress? address) && address.AddressFamily == family && !address.IsIPv4MappedToIPv6
            && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any));

    private static void Add(List<string> problems, bool wrong, string problem)
    {
        if (wrong)
        {
            problems.Add(problem);
        }
    }
}
