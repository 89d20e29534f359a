using System.Net;
using Wharf.Network.Addressing;

namespace Wharf.Network.Networks;

/// <summary>What a user asks for with <c>network create</c>. Options and labels keep the user's keys; the driver checks them.</summary>
public sealed record NetworkConfig
{
    public required string Name { get; init; }

    /// <summary><c>bridge</c>, <c>macvlan</c>, <c>ipvlan</c>; <c>host</c> and <c>null</c> exist once and cannot be created.</summary>
    public string Driver { get; init; } = "bridge";

    /// <summary>No way out of the host and none in: only members reach each other.</summary>
    public bool Internal { get; init; }

    public bool Attachable { get; init; }

    /// <summary>No network, but what others are made from: it takes no addresses and nobody can join it.</summary>
    public bool ConfigOnly { get; init; }

    /// <summary>The configuration that this network was made from; empty for none.</summary>
    public string ConfigFrom { get; init; } = "";

    public bool EnableIPv4 { get; init; } = true;

    public bool EnableIPv6 { get; init; }

    public string IpamDriver { get; init; } = "default";

    public IReadOnlyDictionary<string, string> IpamOptions { get; init; } = new Dictionary<string, string>();

    /// <summary>The pools; none means that one is chosen from the defaults.</summary>
    public IReadOnlyList<IpamPool> Pools { get; init; } = [];

    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();
}

/// <summary>One address pool of a network, as asked for (fields may be missing) or as given (all set that the driver uses).</summary>
public sealed record IpamPool
{
    public Subnet Subnet { get; init; }

    /// <summary>The user gave the subnet; only then may containers ask for addresses of it.</summary>
    public bool Configured { get; init; }

    /// <summary>Automatic addresses come from this part of the subnet only.</summary>
    public Subnet Range { get; init; }

    public IPAddress? Gateway { get; init; }

    /// <summary>Addresses that other machines or programs hold, by a name for people.</summary>
    public IReadOnlyDictionary<string, IPAddress> Auxiliary { get; init; } = new Dictionary<string, IPAddress>();
}
