using System.Net;
using System.Net.Sockets;
using Wharf.Network.Addressing;
using Wharf.Network.Networks;
using Wharf.Primitives;

namespace Wharf.Network.Pools;

/// <summary>Turns the pools that a user asked for into complete ones: checked, with a subnet for each family that is on and a gateway each.</summary>
internal sealed class PoolPlanner(IReadOnlyList<AddressPoolSource> sources, IReadOnlyCollection<Subnet> networks, IReadOnlyCollection<Subnet> routes)
{
    /// <param name="config">What was asked for.</param>
    /// <param name="needsGateway">By family (true: IPv6): an address is kept for the gateway.</param>
    /// <exception cref="WharfException">InvalidArgument or Forbidden with Docker's texts.</exception>
    public IReadOnlyList<IpamPool> Complete(NetworkConfig config, Func<bool, bool> needsGateway)
    {
        Check(config);
        List<IpamPool> pools = [];
        foreach (IpamPool pool in Wanted(config))
        {
            bool named = !pool.Subnet.IsUnspecified;
            if (named && networks.Concat(pools.Select(p => p.Subnet)).Any(n => n.Overlaps(pool.Subnet)))
            {
                throw WharfException.Forbidden("invalid pool request: Pool overlaps with other one on this address space");
            }

            bool ipv6 = pool.Subnet.IsIPv6;
            pools.Add(Filled(pool with { Subnet = named ? pool.Subnet : Choose(ipv6, pools, pool.Subnet.PrefixLength), Configured = named }, needsGateway(ipv6)));
        }

        foreach (bool ipv6 in new[] { false, true })
        {
            if ((ipv6 ? config.EnableIPv6 : config.EnableIPv4) && !pools.Any(p => p.Subnet.IsIPv6 == ipv6))
            {
                pools.Add(Filled(new IpamPool { Subnet = Choose(ipv6, pools) }, needsGateway(ipv6)));
            }
        }

        return pools;
    }

    // As in Docker, ranges of a family that is off are left out, whatever is wrong with them.
    private static IEnumerable<IpamPool> Wanted(NetworkConfig config) => config.Pools.Where(p => p.Subnet.IsIPv6 ? config.EnableIPv6 : config.EnableIPv4);

    /// <exception cref="WharfException">InvalidArgument with everything that is wrong with what was asked for.</exception>
    public static void Check(NetworkConfig config)
    {
        List<string> problems = [.. Wanted(config).SelectMany(Problems)];
        if (problems.Count > 0)
        {
            throw WharfException.Invalid("invalid network config:\n" + string.Join('\n', problems));
        }
    }

    private Subnet Choose(bool ipv6, List<IpamPool> pools, int size = 0) =>
        SubnetChooser.Choose(sources.Count > 0 && sources.Any(s => s.Base.IsIPv6 == ipv6) ? sources : SubnetChooser.Defaults, ipv6,
            [.. networks, .. pools.Select(p => p.Subnet)], routes, size);

    private static IpamPool Filled(IpamPool pool, bool needsGateway)
    {
        if (pool.Gateway is not null || !needsGateway)
        {
            return pool;
        }

        // The first address of the range (or subnet) that is not spoken for.
        HashSet<IPAddress> taken = [.. pool.Auxiliary.Values];
        Subnet range = pool.Range.IsEmpty ? pool.Subnet : pool.Range;
        UInt128 offset = pool.Range.IsEmpty || pool.Range.First == pool.Subnet.First ? (UInt128)1 : 0;
        while (taken.Contains(range.At(offset)))
        {
            offset++;
        }

        return pool with { Gateway = range.At(offset) };
    }

    private static IEnumerable<string> Problems(IpamPool pool)
    {
        if (pool.Subnet.Width - pool.Subnet.PrefixLength < 1)
        {
            yield return $"invalid subnet {pool.Subnet}: it has no room for a gateway and a container";
        }

        if (pool.Subnet.IsUnspecified)
        {
            if (!pool.Range.IsEmpty || pool.Gateway is not null || pool.Auxiliary.Count > 0)
            {
                yield return "ip-range, gateway and aux-address need a subnet";
            }

            yield break;
        }

        string family = $"parent subnet is an {(pool.Subnet.IsIPv6 ? "IPv6" : "IPv4")} block";
        if (!pool.Range.IsEmpty && !pool.Subnet.Contains(pool.Range))
        {
            yield return $"invalid ip-range {pool.Range}: " + (pool.Range.IsIPv6 != pool.Subnet.IsIPv6 ? family
                : pool.Range.Contains(pool.Subnet) ? $"CIDR block is bigger than its parent subnet {pool.Subnet}"
                : $"parent subnet {pool.Subnet} doesn't contain ip-range");
        }

        if (pool.Gateway is not null && !pool.Subnet.Contains(pool.Gateway))
        {
            yield return $"invalid gateway {pool.Gateway}: {Stranger(pool.Gateway)}";
        }

        foreach ((string name, IPAddress address) in pool.Auxiliary)
        {
            if (!pool.Subnet.Contains(address))
            {
                yield return $"invalid auxiliary address {name}: {Stranger(address)}";
            }
        }

        string Stranger(IPAddress address) => (address.AddressFamily == AddressFamily.InterNetworkV6) != pool.Subnet.IsIPv6 ? family
            : $"parent subnet {pool.Subnet} doesn't contain this address";
    }
}
