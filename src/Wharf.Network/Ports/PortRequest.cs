using System.Net;

namespace Wharf.Network.Ports;

/// <summary>The transport protocols that can be published, with their numbers on the wire (IANA protocol numbers).</summary>
public enum TransportProtocol : byte
{
    Tcp = 6,
    Udp = 17,
    Sctp = 132,
}

/// <summary>A port of a container, <c>80/tcp</c>.</summary>
public readonly record struct ContainerPort(ushort Port, TransportProtocol Protocol)
{
    public override string ToString() => $"{Port}/{Protocol.ToString().ToLowerInvariant()}";
}

/// <summary>
/// One container port to publish. A host range of several ports means "the first free one of these"; zero to zero means any free
/// port of the system's ephemeral range. No host address means every address of the host (or the network's default binding).
/// </summary>
public sealed record PortRequest
{
    public required ContainerPort Port { get; init; }

    public IPAddress? HostAddress { get; init; }

    public ushort HostPort { get; init; }

    /// <summary>The last host port of the range; equal to <see cref="HostPort"/> for a single one.</summary>
    public ushort HostPortEnd { get; init; }
}

/// <summary>A port that is published now.</summary>
public sealed record PublishedPort
{
    public required ContainerPort Port { get; init; }

    public required IPAddress HostAddress { get; init; }

    /// <summary>Zero where the network routes instead of translating: the port is open at the container's own address.</summary>
    public required ushort HostPort { get; init; }
}
