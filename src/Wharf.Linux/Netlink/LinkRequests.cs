using System.Net;
using Microsoft.Win32.SafeHandles;

namespace Wharf.Linux.Netlink;

/// <summary>A pair of virtual Ethernet interfaces: one here, one in another namespace (veth(4)).</summary>
public sealed record VethRequest
{
    public required string Name { get; init; }

    /// <summary>A remark that ip-link(8) shows (at most 255 bytes), by which an owner knows its interfaces again.</summary>
    public string Alias { get; init; } = "";

    /// <summary>The bridge that this end becomes a port of; 0 for none.</summary>
    public int Master { get; init; }

    public required string PeerName { get; init; }

    /// <summary>Six bytes, or empty for a random one.</summary>
    public byte[] PeerAddress { get; init; } = [];

    /// <summary>Where the other end is born.</summary>
    public required SafeFileHandle PeerNamespace { get; init; }

    /// <summary>0 for the kernel's default.</summary>
    public int Mtu { get; init; }

    /// <summary>Gives the frames of this port back to it when the bridge decides so (needed where the bridge calls iptables).</summary>
    public bool Hairpin { get; init; }
}

/// <summary>How a macvlan's members see each other (linux/if_link.h, MACVLAN_MODE_*).</summary>
public enum MacvlanMode : uint
{
    Private = 1,
    Vepa = 2,
    Bridge = 4,
    Passthru = 8,
}

/// <summary>Where an ipvlan hands packets over (linux/if_link.h, IPVLAN_MODE_*).</summary>
public enum IpvlanMode : ushort
{
    L2 = 0,
    L3 = 1,
    L3S = 2,
}

/// <summary>How an ipvlan's members see each other (linux/if_link.h, IPVLAN_F_*).</summary>
public enum IpvlanFlag : ushort
{
    Bridge = 0,
    Private = 1,
    Vepa = 2,
}

/// <summary>A vxlan interface (RFC 7348) whose neighbours are written by us.</summary>
public sealed record VxlanRequest(string Name, uint Id, IPAddress? Local, ushort Port = 4789, int Mtu = 0);
