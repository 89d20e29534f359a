using Wharf.Linux.Netlink;
using Wharf.Network.Addressing;
using Wharf.Network.Networks;
using Wharf.Network.Sandboxes;
using Wharf.Primitives;

namespace Wharf.Network.Drivers;

/// <summary>Containers share the parent's hardware address; in the l3 modes the host routes between them and there is no gateway.</summary>
internal sealed class IpvlanDriver(RouteConnection host) : ChildLinkDriver(host)
{
    private const string ModeOption = "ipvlan_mode", FlagOption = "ipvlan_flag";

    public override string Name => "ipvlan";

    public override bool WantsGateway(NetworkConfig config, bool ipv6) => ModeOf(config.Options) == IpvlanMode.L2;

    public override bool RoutesByDevice(NetworkRecord network) => ModeOf(network.Config.Options) != IpvlanMode.L2;

    protected override void CheckOptions(IReadOnlyDictionary<string, string> options)
    {
        foreach (string key in options.Keys)
        {
            if (key is not (ModeOption or FlagOption or "parent"))
            {
                throw WharfException.Invalid($"unknown option {key} for driver ipvlan");
            }
        }

        ModeOf(options);
        FlagOf(options);
    }

    protected override Endpoint Attach(NetworkRecord network, Endpoint endpoint, SandboxNamespace sandbox, LinkInfo parent)
    {
        if (!endpoint.Mac.IsEmpty)
        {
            throw WharfException.Invalid("ipvlan interfaces do not support custom mac address assignment");
        }

        Host.CreateIpvlan(endpoint.Interface, parent.Index, ModeOf(network.Config.Options), FlagOf(network.Config.Options), sandbox.Handle)
            .ThrowIfError($"failed to create the ipvlan port on {network.Parent}");
        return endpoint with { Mac = parent.Address.Length == 6 ? MacAddress.FromBytes(parent.Address) : default };
    }

    private static IpvlanMode ModeOf(IReadOnlyDictionary<string, string> options) => options.GetValueOrDefault(ModeOption, "") switch
    {
        "" or "l2" => IpvlanMode.L2,
        "l3" => IpvlanMode.L3,
        "l3s" => IpvlanMode.L3S,
        string other => throw WharfException.Invalid($"requested ipvlan mode '{other}' is not valid, 'l2' mode is the ipvlan driver default"),
    };

    private static IpvlanFlag FlagOf(IReadOnlyDictionary<string, string> options) => options.GetValueOrDefault(FlagOption, "") switch
    {
        "" or "bridge" => IpvlanFlag.Bridge,
        "private" => IpvlanFlag.Private,
        "vepa" => IpvlanFlag.Vepa,
        string other => throw WharfException.Invalid($"requested ipvlan flag '{other}' is not valid, 'bridge' is the ipvlan driver default"),
    };
}
