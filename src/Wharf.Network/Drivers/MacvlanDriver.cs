using Wharf.Linux.Netlink;
using Wharf.Network.Addressing;
using Wharf.Network.Announcements;
using Wharf.Network.Networks;
using Wharf.Network.Sandboxes;
using Wharf.Primitives;

namespace Wharf.Network.Drivers;

/// <summary>Each container appears on the parent's wire with a hardware address of its own.</summary>
internal sealed class MacvlanDriver(RouteConnection host) : ChildLinkDriver(host)
{
    private const string ModeOption = "macvlan_mode";

    public override string Name => "macvlan";

    public override bool AnnouncesAddresses => true;

    protected override void CheckOptions(IReadOnlyDictionary<string, string> options)
    {
        foreach (string key in options.Keys)
        {
            if (key is not (ModeOption or "parent" or AnnouncementSettings.CountKey or AnnouncementSettings.IntervalKey))
            {
                throw WharfException.Invalid($"unknown option {key} for driver macvlan");
            }
        }

        ModeOf(options);
        _ = AnnouncementSettings.Parse(options);
    }

    protected override Endpoint Attach(NetworkRecord network, Endpoint endpoint, SandboxNamespace sandbox, LinkInfo parent)
    {
        MacAddress mac = !endpoint.Mac.IsEmpty ? endpoint.Mac
            : endpoint.IPv4 is { } address ? MacAddress.FromIPv4(IPv4Value.From(address.Address))
            : BridgeDriver.RandomMac();
        Host.CreateMacvlan(endpoint.Interface, parent.Index, ModeOf(network.Config.Options), sandbox.Handle, mac.ToBytes())
            .ThrowIfError($"failed to create the macvlan port on {network.Parent}");
        return endpoint with { Mac = mac };
    }

    private static MacvlanMode ModeOf(IReadOnlyDictionary<string, string> options) => options.GetValueOrDefault(ModeOption, "") switch
    {
        "" or "bridge" => MacvlanMode.Bridge,
        "private" => MacvlanMode.Private,
        "vepa" => MacvlanMode.Vepa,
        "passthru" => MacvlanMode.Passthru,
        string other => throw WharfException.Invalid($"requested macvlan mode '{other}' is not valid, 'bridge' mode is the macvlan driver default"),
    };
}
