using Wharf.Network.Addressing;
using Wharf.Primitives;

namespace Wharf.Network.Pools;

/// <summary>Finds a subnet for a network whose user gave none: the first of the default pools that neither a network nor a route of the host uses.</summary>
internal static class SubnetChooser
{
    /// <summary>Docker's defaults: 172.17.0.0/16 to 172.31.0.0/16, then 192.168.0.0/16 in pieces of /20.</summary>
    public static readonly IReadOnlyList<AddressPoolSource> Defaults =
    [
        new(Subnet.Parse("172.17.0.0/16"), 16),
        new(Subnet.Parse("172.18.0.0/16"), 16),
        new(Subnet.Parse("172.19.0.0/16"), 16),
        new(Subnet.Parse("172.20.0.0/14"), 16),
        new(Subnet.Parse("172.24.0.0/14"), 16),
        new(Subnet.Parse("172.28.0.0/14"), 16),
        new(Subnet.Parse("192.168.0.0/16"), 20),
    ];

    /// <param name="sources">The pools in order; those of the other family are skipped.</param>
    /// <param name="ipv6">The family wanted.</param>
    /// <param name="networks">Subnets of networks that exist.</param>
    /// <param name="routes">Destinations of the host's routes (the default route left out).</param>
    /// <param name="size">The prefix length wanted in place of the pools' own; 0 for theirs.</param>
    /// <exception cref="WharfException">InvalidArgument with Docker's text and what holds the pools.</exception>
    public static Subnet Choose(IReadOnlyList<AddressPoolSource> sources, bool ipv6, IReadOnlyCollection<Subnet> networks, IReadOnlyCollection<Subnet> routes, int size = 0)
    {
        Subnet[] taken = [.. networks, .. routes];
        bool any = false;
        foreach (AddressPoolSource source in sources.Where(s => s.Base.IsIPv6 == ipv6))
        {
            any = true;
            int length = size == 0 ? source.Size : size;
            if (length < source.Base.PrefixLength)
            {
                continue;
            }

            UInt128 step = (UInt128)1 << (source.Base.Width - length);
            UInt128 count = (UInt128)1 << (length - source.Base.PrefixLength);
            for (UInt128 i = 0; i < count;)
            {
                Subnet candidate = Subnet.Of(source.Base.At(i * step), length);
                Subnet? inTheWay = taken.Where(t => t.Overlaps(candidate)).Select(t => (Subnet?)t).FirstOrDefault();
                if (inTheWay is null)
                {
                    return candidate;
                }

                // A wide obstacle is passed in one step, or a /8 route would be walked in pieces.
                UInt128 beyond = inTheWay.Value.Last >= source.Base.Last ? count : (inTheWay.Value.Last - source.Base.First) / step + 1;
                i = beyond > i ? beyond : i + 1;
            }
        }

        if (ipv6 && !any && size is 0 or >= 48)
        {
            return UniqueLocal(taken, size == 0 ? 64 : size);
        }

        throw WharfException.Invalid("could not find an available, non-overlapping " + (ipv6 ? "IPv6" : "IPv4")
            + " address pool among the defaults to assign to the network"
            + $" ({networks.Count} subnets of networks and {routes.Count} routes of the host are in use; remove networks that are not needed, or give a subnet)");
    }

    /// <summary>The first range below a random 40-bit id (RFC 4193, section 3.2.1).</summary>
    private static Subnet UniqueLocal(Subnet[] taken, int size)
    {
        Span<byte> bytes = stackalloc byte[16];
        while (true)
        {
            bytes.Clear();
            SecureRandom.Fill(bytes[1..6]);
            bytes[0] = 0xfd;
            Subnet candidate = Subnet.Of(new System.Net.IPAddress(bytes), size);
            if (!taken.Any(t => t.Overlaps(candidate)))
            {
                return candidate;
            }
        }
    }
}
