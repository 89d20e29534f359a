using Wharf.Network;
using Wharf.Network.Sandboxes;

namespace Wharf.Engine.Networks;

/// <summary>What events about networks tell.</summary>
internal static class NetworkEvents
{
    public static Dictionary<string, string> Attributes(Endpoint endpoint, string containerId, INetworkController networks) => new(StringComparer.Ordinal)
    {
        ["container"] = containerId,
        ["name"] = endpoint.NetworkName,
        ["type"] = networks.Networks.FirstOrDefault(n => n.Id == endpoint.NetworkId)?.Driver ?? "bridge",
    };
}
