using Wharf.Linux.NfTables;
using static Wharf.Network.Firewalls.Rules;

namespace Wharf.Network.Firewalls;

/// <summary>
/// The rules, which never change while a daemon runs: all that differs between networks and containers is in sets and maps
/// (<see cref="FirewallElements"/>), so that publishing a port is one map entry and not a rule more for every packet to pass.
/// </summary>
internal static class FirewallTables
{
    private static readonly NfDataType[] Name = [NfDataType.InterfaceName];
    private static readonly NfDataType[] NamePair = [NfDataType.InterfaceName, NfDataType.InterfaceName];
    private static readonly NfDataType[] Port = [NfDataType.Protocol, NfDataType.Service];

    public static IReadOnlyList<NfTable> Build(FirewallSettings settings) => [Inet(settings), Bridge(settings.Table)];

    private static NfTable Inet(FirewallSettings settings) => new()
    {
        Family = NfFamily.Inet,
        Name = settings.Table,
        Sets =
        [
            new NfSet("bridges", Name), new NfSet("internal", Name), new NfSet("same", NamePair), new NfSet("icc", NamePair), new NfSet("trusted", NamePair),
            .. Sets(NfDataType.IPv4Address, '4'), .. Sets(NfDataType.IPv6Address, '6'),
        ],
        Chains =
        [
            // Before connection tracking, where answers to connections from the host's loopback still carry the bridge's address.
            new NfChain("raw-prerouting",
            [
                .. LeftAlone(settings),
                new NfRule("nobody but the host itself speaks to its loopback addresses",
                    [.. InputIsNot("lo"), .. IPv4, .. DestinationNetwork([127, 0, 0, 0], [255, 0, 0, 0]), Drop]),
            ]) { Hook = NfHook.Prerouting, Priority = -300 },
            new NfChain("nat-prerouting", [.. LeftAlone(settings), .. Translations]) { Hook = NfHook.Prerouting, Type = "nat", Priority = -100 },
            new NfChain("nat-output", [.. LeftAlone(settings), .. Translations]) { Hook = NfHook.Output, Type = "nat", Priority = -100 },
            new NfChain("nat-postrouting", [.. LeftAlone(settings), .. Sources]) { Hook = NfHook.Postrouting, Type = "nat", Priority = 100 },
            new NfChain("forward",
            [
                .. LeftAlone(settings), .. Forward,
                .. settings.DropForeign ? [new NfRule("this host routes for containers only", [.. NotOfAnEngine, Drop])] : Array.Empty<NfRule>(),
            ]) { Hook = NfHook.Forward },
        ],
    };

    // Two ports of one bridge speak to each other without the host's routing, where only this family sees them. Connection tracking may be
    // missing here, so links are opened in both directions by address and port.
    private static NfTable Bridge(string name) => new()
    {
        Family = NfFamily.Bridge,
        Name = name,
        Sets = [new NfSet("isolated", Name), new NfSet("links4", Link(NfDataType.IPv4Address)), new NfSet("links6", Link(NfDataType.IPv6Address))],
        Chains =
        [
            new NfChain("isolated-port",
            [
                new NfRule("to a linked container", [.. EtherIPv4, .. LinkForth('4'), Accept]),
                new NfRule("from a linked container", [.. EtherIPv4, .. LinkBack('4'), Accept]),
                new NfRule("to a linked container", [.. EtherIPv6, .. LinkForth('6'), Accept]),
                new NfRule("from a linked container", [.. EtherIPv6, .. LinkBack('6'), Accept]),
                new NfRule("icc=false", [.. EtherIPv4, Drop]),
                new NfRule("icc=false", [.. EtherIPv6, Drop]),
            ]),
            new NfChain("forward",
            [
                new NfRule("ports of bridges with icc=false", new NfMeta(NfMetaKey.InputName), new NfLookup("isolated"), new NfVerdict(NfVerdictCode.Goto, "isolated-port")),
            ]) { Hook = NfHook.Forward, Priority = -200 },
        ],
    };

    private static IEnumerable<NfRule> LeftAlone(FirewallSettings settings)
    {
        if (!settings.IPv4)
        {
            yield return new NfRule("iptables=false", [.. IPv4, Accept]);
        }

        if (!settings.IPv6)
        {
            yield return new NfRule("ip6tables=false", [.. IPv6, Accept]);
        }
    }

    private static IEnumerable<NfSet> Sets(NfDataType address, char family) =>
    [
        new NfSet("published" + family, Port, [address, NfDataType.Service]),
        new NfSet("published-at" + family, [address, .. Port], [address, NfDataType.Service]),
        new NfSet("masquerade" + family, Name), new NfSet("source" + family, Name, [address]),
        new NfSet("members" + family, [NfDataType.InterfaceName, address]),
        new NfSet("unprotected" + family, Name), new NfSet("routed" + family, Name),
        new NfSet("open" + family, [address, .. Port]), new NfSet("links" + family, Link(address)),
    ];

    private static NfDataType[] Link(NfDataType address) => [address, address, .. Port];

    private static IReadOnlyList<NfRule> Translations =>
    [
        new NfRule("ports published at one address", [.. IPv4, .. PublishedAt('4')]),
        new NfRule("ports published at every address of the host", [.. IPv4, .. Published('4')]),
        new NfRule("ports published at one address", [.. IPv6, .. PublishedAt('6')]),
        new NfRule("ports published at every address of the host", [.. IPv6, .. Published('6')]),
    ];

    private static IReadOnlyList<NfRule> Sources =>
    [
        new NfRule("a container meets one of its own network through the host", [.. IPv4, .. Translated, .. Member('4'), new NfMasquerade()]),
        new NfRule("a container meets one of its own network through the host", [.. IPv6, .. Translated, .. Member('6'), new NfMasquerade()]),
        new NfRule("the host's loopback meets a container", [.. IPv4, .. OutputIn("bridges"), .. SourceNetwork([127, 0, 0, 0], [255, 0, 0, 0]), new NfMasquerade()]),
        new NfRule("outgoing with a chosen address", [.. IPv4, .. NotSame, .. ChosenSource('4')]),
        new NfRule("outgoing with a chosen address", [.. IPv6, .. NotSame, .. ChosenSource('6')]),
        new NfRule("outgoing", [.. IPv4, .. InputIn("masquerade4"), .. NotSame, new NfMasquerade()]),
        new NfRule("outgoing", [.. IPv6, .. InputIn("masquerade6"), .. NotSame, new NfMasquerade()]),
    ];

    private static IReadOnlyList<NfRule> Forward =>
    [
        new NfRule("answers", [.. Established, Accept]),
        new NfRule("within a network", [.. Pair("icc"), Accept]),
        new NfRule("internal networks have no way out", [.. InputIn("internal"), Drop]),
        new NfRule("internal networks have no way in", [.. OutputIn("internal"), Drop]),
        new NfRule("published ports", [.. Translated, .. OutputIn("bridges"), Accept]),
        new NfRule("linked containers", [.. IPv4, .. LinkForth('4'), Accept]),
        new NfRule("linked containers", [.. IPv6, .. LinkForth('6'), Accept]),
        new NfRule("ports open at the container's own address", [.. IPv4, .. Open('4'), Accept]),
        new NfRule("ports open at the container's own address", [.. IPv6, .. Open('6'), Accept]),
        new NfRule("networks do not meet", [.. InputIn("bridges"), .. OutputIn("bridges"), Drop]),
        new NfRule("ping of routed networks", [.. IPv4, .. TransportIs(1), .. OutputIn("routed4"), Accept]),
        new NfRule("ping of routed networks", [.. IPv6, .. TransportIs(58), .. OutputIn("routed6"), Accept]),
        new NfRule("networks without protection", [.. IPv4, .. OutputIn("unprotected4"), Accept]),
        new NfRule("networks without protection", [.. IPv6, .. OutputIn("unprotected6"), Accept]),
        new NfRule("interfaces that are trusted", [.. Pair("trusted"), Accept]),
        new NfRule("nothing else comes in", [.. OutputIn("bridges"), Drop]),
        new NfRule("outgoing", [.. InputIn("bridges"), Accept]),
    ];
}
