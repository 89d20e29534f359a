using Wharf.Network.Networks;
using Wharf.Network.Sandboxes;

namespace Wharf.Network.Drivers;

/// <summary>
/// How one kind of network reaches the host and its containers. Drivers keep nothing: what they must know is in the record. All calls are
/// repeatable; <see cref="Ensure"/> mends what is missing.
/// </summary>
internal interface INetworkDriver
{
    string Name { get; }

    /// <summary>A gateway address is wanted from each pool although the user gave none.</summary>
    bool WantsGateway(NetworkConfig config, bool ipv6);

    /// <summary>Containers on it resolve each other by name (all but the default bridge, and drivers without addresses).</summary>
    bool HasNames(NetworkRecord network);

    /// <summary>Containers get an interface and addresses.</summary>
    bool HasInterfaces { get; }

    /// <summary>A container's interface has a hardware address of its own, which neighbours are told.</summary>
    bool AnnouncesAddresses => false;

    /// <summary>Host ports lead to containers on it.</summary>
    bool PublishesPorts { get; }

    /// <summary>The names of containers' interfaces begin with it (<c>eth</c>).</summary>
    string InterfacePrefix(NetworkRecord network);

    /// <summary>The default route goes out of the interface without a gateway (ipvlan l3).</summary>
    bool RoutesByDevice(NetworkRecord network) => false;

    /// <summary>Checks the options and names the host's interface, before anything is made.</summary>
    /// <exception cref="Primitives.WharfException">InvalidArgument or Forbidden, naming the option.</exception>
    NetworkRecord Plan(NetworkRecord network, IReadOnlyCollection<NetworkRecord> others);

    /// <summary>Makes the host's side exist and right.</summary>
    void Ensure(NetworkRecord network);

    void Remove(NetworkRecord network);

    /// <summary>Makes the container's interface, down and without addresses.</summary>
    /// <returns>The endpoint with what the driver decided (host's interface, hardware address).</returns>
    Endpoint Attach(NetworkRecord network, Endpoint endpoint, SandboxNamespace sandbox);

    /// <summary>
    /// The container is gone, and its interface goes when the kernel gets to it; until then it must not be heard any more.
    /// </summary>
    /// <returns>What is to be done in the background; null for nothing.</returns>
    Action? Leave(Endpoint endpoint) => null;

    /// <summary>Takes the interface away from a container that lives on.</summary>
    void Detach(NetworkRecord network, Endpoint endpoint, SandboxNamespace sandbox);
}
