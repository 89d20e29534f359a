using Wharf.Network.Sandboxes;

namespace Wharf.Network.Control;

/// <summary>Which of a container's networks gives the default route.</summary>
internal static class Gateways
{
    /// <summary>The highest priority, then the first name; internal networks have no gateway and never win.</summary>
    public static Endpoint? IPv4(IEnumerable<Endpoint> endpoints) => Best(endpoints.Where(e => e.Gateway is not null));

    public static Endpoint? IPv6(IEnumerable<Endpoint> endpoints) => Best(endpoints.Where(e => e.GatewayIPv6 is not null && e.IPv6 is not null));

    private static Endpoint? Best(IEnumerable<Endpoint> endpoints) =>
        endpoints.OrderByDescending(e => e.Request.GatewayPriority).ThenBy(e => e.NetworkName, StringComparer.Ordinal).FirstOrDefault();
}
