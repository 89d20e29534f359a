using System.Net;
using System.Text.Json;
using Wharf.Cli.Framework.Commands;

namespace Wharf.Cli.Networks;

/// <summary>One subnet of a new network with the range, gateway and reserved addresses that belong to it.</summary>
internal sealed class IpamPool(IPNetwork subnet, string text)
{
    private readonly Dictionary<string, string> _reserved = new(StringComparer.Ordinal);
    private string _range = "";
    private string _gateway = "";

    /// <summary>Sorts <c>--ip-range</c>, <c>--gateway</c> and <c>--aux-address</c> to the subnets in which they lie.</summary>
    public static List<IpamPool> From(Invocation call)
    {
        IReadOnlyList<string> subnets = call.List("subnet");
        if (subnets.Count < call.List("ip-range").Count || subnets.Count < call.List("gateway").Count)
        {
            throw new CommandException("every ip-range or gateway must have a corresponding subnet");
        }

        var pools = new List<IpamPool>();
        foreach (string subnet in subnets)
        {
            IPNetwork network = Parse(subnet);
            if (pools.Any(p => p.Overlaps(network)))
            {
                throw new CommandException("multiple overlapping subnet configuration is not supported");
            }

            pools.Add(new IpamPool(network, subnet));
        }

        foreach (string range in call.List("ip-range"))
        {
            IpamPool pool = pools.Find(p => p.Contains(Parse(range).BaseAddress)) ?? throw new CommandException($"no matching subnet for range {range}");
            pool._range = pool._range.Length == 0 ? range : throw new CommandException($"cannot configure multiple ranges ({range}, {pool._range}) on the same subnet ({pool.Text})");
        }

        foreach (string gateway in call.List("gateway"))
        {
            IpamPool pool = Containing(pools, gateway) ?? throw new CommandException($"no matching subnet for gateway {gateway}");
            pool._gateway = pool._gateway.Length == 0 ? gateway : throw new CommandException($"cannot configure multiple gateways ({gateway}, {pool._gateway}) for the same subnet ({pool.Text})");
        }

        foreach (string pair in call.List("aux-address"))
        {
            int equals = pair.IndexOf('=');
            string address = equals < 0 ? "" : pair[(equals + 1)..];
            IpamPool pool = Containing(pools, address) ?? throw new CommandException($"no matching subnet for aux-address {address}");
            pool._reserved[pair[..Math.Max(equals, 0)]] = address;
        }

        return pools;
    }

    private string Text => text;

    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("Subnet", text);
        if (_range.Length > 0)
        {
            writer.WriteString("IPRange", _range);
        }

        if (_gateway.Length > 0)
        {
            writer.WriteString("Gateway", _gateway);
        }

        if (_reserved.Count > 0)
        {
            writer.WriteStartObject("AuxiliaryAddresses");
            foreach ((string name, string address) in _reserved)
            {
                writer.WriteString(name, address);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private bool Contains(IPAddress address) => address.AddressFamily == subnet.BaseAddress.AddressFamily && subnet.Contains(address);

    private bool Overlaps(IPNetwork other) => Contains(other.BaseAddress)
        || (other.BaseAddress.AddressFamily == subnet.BaseAddress.AddressFamily && other.Contains(subnet.BaseAddress));

    private static IpamPool? Containing(List<IpamPool> pools, string address) =>
        IPAddress.TryParse(address, out IPAddress? parsed) ? pools.Find(p => p.Contains(parsed)) : null;

    private static IPNetwork Parse(string text)
    {
        int slash = text.IndexOf('/');
        if (slash < 0 || !IPAddress.TryParse(text.AsSpan(0, slash), out IPAddress? address) || !int.TryParse(text.AsSpan(slash + 1), out int length)
            || length < 0 || length > address.GetAddressBytes().Length * 8)
        {
            throw new CommandException($"invalid CIDR address: {text}");
        }

        return new IPNetwork(Mask(address, length), length);
    }

    private static IPAddress Mask(IPAddress address, int length)
    {
        byte[] bytes = address.GetAddressBytes();
        for (int i = 0; i < bytes.Length; i++)
        {
            int bits = Math.Clamp(length - i * 8, 0, 8);
            bytes[i] &= (byte)(0xff << (8 - bits));
        }

        return new IPAddress(bytes);
    }
}
