namespace Wharf.Network.Bridges;

/// <summary>How a bridge network meets the world (<c>com.docker.network.bridge.gateway_mode_ipv4</c>).</summary>
internal enum GatewayMode
{
    /// <summary>Masquerade out, published ports in; nothing else comes in.</summary>
    Nat,

    /// <summary>As <see cref="Nat"/>, but every port of a container can be reached by its own address.</summary>
    NatUnprotected,

    /// <summary>No translation; published ports are open at the container's own address.</summary>
    Routed,

    /// <summary>Internal networks only: the host has no address on the bridge.</summary>
    Isolated,
}
