namespace Wharf.Network.Firewalls;

/// <summary>What does not change in a daemon's firewall while it runs.</summary>
/// <param name="Table">The tables' name, in both families.</param>
/// <param name="DropForeign">
/// We turned forwarding on, so we keep the host from becoming a router: what neither comes from nor goes to a container is dropped.
/// </param>
/// <param name="IPv4">False: packets of IPv4 pass as if there were no rules.</param>
/// <param name="IPv6">The same for IPv6.</param>
internal sealed record FirewallSettings(string Table, bool DropForeign, bool IPv4, bool IPv6);
