using Wharf.Network.Networks;
using Wharf.Network.Sandboxes;
using Wharf.Primitives;

namespace Wharf.Network.Drivers;

/// <summary>The networks <c>host</c> and <c>none</c>: each exists once and gives a container no interface.</summary>
internal sealed class PlainDriver(string name) : INetworkDriver
{
    public string Name => name;

    public bool HasInterfaces => false;

    public bool PublishesPorts => false;

    public bool WantsGateway(NetworkConfig config, bool ipv6) => false;

    public bool HasNames(NetworkRecord network) => false;

    public string InterfacePrefix(NetworkRecord network) => "eth";

    public NetworkRecord Plan(NetworkRecord network, IReadOnlyCollection<NetworkRecord> others) => network.Predefined
        ? network
        : throw WharfException.Forbidden($"only one instance of \"{name}\" network is allowed");

    public void Ensure(NetworkRecord network)
    {
    }

    public void Remove(NetworkRecord network)
    {
    }

    public Endpoint Attach(NetworkRecord network, Endpoint endpoint, SandboxNamespace sandbox) => endpoint;

    public void Detach(NetworkRecord network, Endpoint endpoint, SandboxNamespace sandbox)
    {
    }
}
