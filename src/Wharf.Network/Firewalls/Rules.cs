using System.Text;
using Wharf.Linux.NfTables;
using Wharf.Network.Drivers;

namespace Wharf.Network.Firewalls;

/// <summary>The phrases that rules are made of. Offsets are those of RFC 791, RFC 8200 and the ports at the front of TCP, UDP and SCTP.</summary>
internal static class Rules
{
    public static readonly NfExpression Accept = new NfVerdict(NfVerdictCode.Accept);
    public static readonly NfExpression Drop = new NfVerdict(NfVerdictCode.Drop);
    public static readonly NfExpression[] IPv4 = [new NfMeta(NfMetaKey.Family), new NfCompare([2])];
    public static readonly NfExpression[] IPv6 = [new NfMeta(NfMetaKey.Family), new NfCompare([10])];
    public static readonly NfExpression[] EtherIPv4 = [new NfMeta(NfMetaKey.Protocol), new NfCompare([0x08, 0x00])];
    public static readonly NfExpression[] EtherIPv6 = [new NfMeta(NfMetaKey.Protocol), new NfCompare([0x86, 0xdd])];

    // IP_CT_ESTABLISHED and IP_CT_RELATED as bits of the state (1 << (state + 1)), in the machine's order.
    public static readonly NfExpression[] Established = [new NfConntrack(NfConntrackKey.State), new NfMask([6, 0, 0, 0]), new NfCompare([0, 0, 0, 0], Equal: false)];

    // IPS_DST_NAT
    public static readonly NfExpression[] Translated = [new NfConntrack(NfConntrackKey.Status), new NfMask([0x20, 0, 0, 0]), new NfCompare([0, 0, 0, 0], Equal: false)];

    /// <summary>Neither interface is a bridge of an engine, ours or another one on this host.</summary>
    public static readonly NfExpression[] NotOfAnEngine =
    [
        new NfMeta(NfMetaKey.InputGroup), new NfCompare(BitConverter.GetBytes(BridgeDriver.Group), Equal: false),
        new NfMeta(NfMetaKey.OutputGroup), new NfCompare(BitConverter.GetBytes(BridgeDriver.Group), Equal: false),
    ];

    private const uint InterfaceWords = 4;

    public static readonly NfExpression[] NotSame = [.. Names, new NfLookup("same", Contained: false)];

    private static NfExpression[] Names =>
        [new NfMeta(NfMetaKey.InputName), new NfMeta(NfMetaKey.OutputName, NfExpression.FirstWord + InterfaceWords)];

    public static NfExpression[] Pair(string set) => [.. Names, new NfLookup(set)];

    public static NfExpression[] InputIn(string set) => [new NfMeta(NfMetaKey.InputName), new NfLookup(set)];

    public static NfExpression[] OutputIn(string set) => [new NfMeta(NfMetaKey.OutputName), new NfLookup(set)];

    public static NfExpression[] InputIsNot(string name)
    {
        byte[] value = new byte[16];
        Encoding.ASCII.GetBytes(name, value);
        return [new NfMeta(NfMetaKey.InputName), new NfCompare(value, Equal: false)];
    }

    public static NfExpression[] TransportIs(byte protocol) => [new NfMeta(NfMetaKey.TransportProtocol), new NfCompare([protocol])];

    public static NfExpression[] SourceNetwork(byte[] network, byte[] mask) => [new NfPayload(NfPayloadBase.Network, 12, 4), new NfMask(mask), new NfCompare(network)];

    public static NfExpression[] DestinationNetwork(byte[] network, byte[] mask) => [new NfPayload(NfPayloadBase.Network, 16, 4), new NfMask(mask), new NfCompare(network)];

    /// <summary>The packet's destination address, protocol and port are in the map of ports published at one address: go to the container.</summary>
    public static NfExpression[] PublishedAt(char family) =>
        [.. DestinationPort(family), new NfLookup("published-at" + family, Destination: NfExpression.FirstWord), ToContainer(family)];

    /// <summary>The destination is an address of the host, protocol and port are in the map of published ports: go to the container.</summary>
    public static NfExpression[] Published(char family) =>
    [
        // No route leads ::1 out of the host, whatever its packets are translated to; and nobody behind a bridge can answer fe80::/10 of another link.
        .. family == '6' ? new NfExpression[]
        {
            Destination(family, NfExpression.FirstWord), new NfCompare([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], Equal: false),
            new NfMask([0xff, 0xc0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]), new NfCompare([0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], Equal: false),
        } : [],
        new NfDestinationKind(), new NfCompare([2, 0, 0, 0]),
        new NfMeta(NfMetaKey.TransportProtocol), new NfPayload(NfPayloadBase.Transport, 2, 2, NfExpression.FirstWord + 1),
        new NfLookup("published" + family, Destination: NfExpression.FirstWord), ToContainer(family),
    ];

    /// <summary>The packet goes out of a bridge that its source is a member of.</summary>
    public static NfExpression[] Member(char family) =>
        [new NfMeta(NfMetaKey.OutputName), Source(family, NfExpression.FirstWord + InterfaceWords), new NfLookup("members" + family)];

    public static NfExpression[] ChosenSource(char family) =>
    [
        new NfMeta(NfMetaKey.InputName), new NfLookup("source" + family, Destination: NfExpression.FirstWord),
        new NfSourceNat(family == '4' ? NfFamily.IPv4 : NfFamily.IPv6, NfExpression.FirstWord),
    ];

    public static NfExpression[] Open(char family) => [.. DestinationPort(family), new NfLookup("open" + family)];

    public static NfExpression[] LinkForth(char family) => Linked(family, sourceFirst: true, portOffset: 2);

    public static NfExpression[] LinkBack(char family) => Linked(family, sourceFirst: false, portOffset: 0);

    private static NfExpression[] Linked(char family, bool sourceFirst, uint portOffset)
    {
        uint words = Words(family), first = NfExpression.FirstWord;
        return
        [
            sourceFirst ? Source(family, first) : Destination(family, first),
            sourceFirst ? Destination(family, first + words) : Source(family, first + words),
            new NfMeta(NfMetaKey.TransportProtocol, first + 2 * words), new NfPayload(NfPayloadBase.Transport, portOffset, 2, first + 2 * words + 1),
            new NfLookup("links" + family),
        ];
    }

    private static NfExpression[] DestinationPort(char family) =>
    [
        Destination(family, NfExpression.FirstWord), new NfMeta(NfMetaKey.TransportProtocol, NfExpression.FirstWord + Words(family)),
        new NfPayload(NfPayloadBase.Transport, 2, 2, NfExpression.FirstWord + Words(family) + 1),
    ];

    private static NfDestinationNat ToContainer(char family) =>
        new(family == '4' ? NfFamily.IPv4 : NfFamily.IPv6, NfExpression.FirstWord, NfExpression.FirstWord + Words(family));

    private static NfPayload Source(char family, uint register) =>
        family == '4' ? new NfPayload(NfPayloadBase.Network, 12, 4, register) : new NfPayload(NfPayloadBase.Network, 8, 16, register);

    private static NfPayload Destination(char family, uint register) =>
        family == '4' ? new NfPayload(NfPayloadBase.Network, 16, 4, register) : new NfPayload(NfPayloadBase.Network, 24, 16, register);

    private static uint Words(char family) => family == '4' ? 1u : 4u;
}
