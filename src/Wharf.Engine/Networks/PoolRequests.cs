using System.Net;
using Wharf.Api.Networks;
using Wharf.Network.Addressing;
using Wharf.Network.Networks;
using Wharf.Primitives;

namespace Wharf.Engine.Networks;

/// <summary>Reads the ranges that somebody asks for with a network; everything that is wrong with how they are written is told at once.</summary>
internal static class PoolRequests
{
    /// <exception cref="WharfException">InvalidArgument with Docker's texts, one a line.</exception>
    public static IReadOnlyList<IpamPool> Read(IReadOnlyList<IpamConfig>? requests)
    {
        List<string> problems = [];
        List<IpamPool> pools = [];
        foreach (IpamConfig request in requests ?? [])
        {
            pools.Add(new IpamPool
            {
                Subnet = Range("subnet", request.Subnet, problems),
                Range = Range("ip-range", request.IPRange, problems),
                Gateway = Address("gateway " + request.Gateway, request.Gateway, problems),
                Auxiliary = (request.AuxiliaryAddresses ?? [])
                    .Select(a => (a.Key, Address: Address("auxiliary address " + a.Key, a.Value, problems)))
                    .Where(a => a.Address is not null)
                    .ToDictionary(a => a.Key, a => a.Address!),
            });
        }

        return problems.Count == 0 ? pools : throw WharfException.Invalid("invalid network config:\n" + string.Join('\n', problems));
    }

    private static Subnet Range(string what, string? text, List<string> problems)
    {
        if (string.IsNullOrEmpty(text))
        {
            return default;
        }

        if (!InterfaceAddress.TryParse(text, out InterfaceAddress read))
        {
            problems.Add($"invalid {what} {text}: invalid CIDR block notation");
            return default;
        }

        // Whoever writes host bits meant another range than the one that comes of it, or an address.
        if (!read.Subnet.Address.Equals(read.Address))
        {
            problems.Add($"invalid {what} {read}: it should be {read.Subnet}");
        }

        return read.Subnet;
    }

    private static IPAddress? Address(string what, string? text, List<string> problems)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        if (!IPAddress.TryParse(text, out IPAddress? address))
        {
            problems.Add($"invalid {what}: invalid address");
        }

        return address;
    }
}
