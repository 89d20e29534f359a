using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Wharf.Network.Announcements;
using Wharf.Network.Firewalls;
using Wharf.Network.Networks;
using Wharf.Primitives;

namespace Wharf.Network.Bridges;

/// <summary>The options of a bridge network, read once. Keys are Docker's; keys outside <c>com.docker.network.</c> belong to the user and are kept as they are.</summary>
internal sealed record BridgeSettings
{
    private const string Prefix = "com.docker.network.";

    public string BridgeName { get; init; } = "";

    public bool InterContainer { get; init; } = true;

    public bool Masquerade { get; init; } = true;

    public bool DefaultBridge { get; init; }

    /// <summary>The host gets no address on the bridge (<c>inhibit_ipv4</c>).</summary>
    public bool InhibitIPv4 { get; init; }

    public int Mtu { get; init; }

    public IPAddress? HostBinding { get; init; }

    public IPAddress? SourceIPv4 { get; init; }

    public IPAddress? SourceIPv6 { get; init; }

    public GatewayMode IPv4Mode { get; init; }

    public GatewayMode IPv6Mode { get; init; }

    public string InterfacePrefix { get; init; } = "eth";

    public IReadOnlyList<string> TrustedInterfaces { get; init; } = [];

    public BridgeFacts Facts(NetworkRecord network) => new()
    {
        Bridge = network.BridgeName,
        InterContainer = InterContainer,
        Internal = network.Config.Internal,
        Masquerade = Masquerade,
        IPv4Mode = IPv4Mode,
        IPv6Mode = IPv6Mode,
        SourceIPv4 = SourceIPv4,
        SourceIPv6 = SourceIPv6,
        TrustedInterfaces = TrustedInterfaces,
    };

    /// <exception cref="WharfException">InvalidArgument, naming the option.</exception>
    public static BridgeSettings Parse(NetworkConfig config)
    {
        _ = AnnouncementSettings.Parse(config.Options);
        var settings = new BridgeSettings();
        foreach ((string key, string value) in config.Options)
        {
            settings = key switch
            {
                Prefix + "bridge.name" => settings with { BridgeName = InterfaceName(key, value) },
                Prefix + "bridge.enable_icc" => settings with { InterContainer = Boolean(key, value) },
                Prefix + "bridge.enable_ip_masquerade" => settings with { Masquerade = Boolean(key, value) },
                Prefix + "bridge.default_bridge" => settings with { DefaultBridge = Boolean(key, value) },
                Prefix + "bridge.inhibit_ipv4" => settings with { InhibitIPv4 = Boolean(key, value) },
                Prefix + "bridge.host_binding_ipv4" => settings with { HostBinding = Address(key, value) },
                Prefix + "bridge.gateway_mode_ipv4" => settings with { IPv4Mode = Mode(key, value, config) },
                Prefix + "bridge.gateway_mode_ipv6" => settings with { IPv6Mode = Mode(key, value, config) },
                Prefix + "bridge.trusted_host_interfaces" => settings with { TrustedInterfaces = value.Split(':', StringSplitOptions.RemoveEmptyEntries) },
                Prefix + "host_ipv4" => settings with { SourceIPv4 = Address(key, value) },
                Prefix + "host_ipv6" => settings with { SourceIPv6 = Address(key, value) },
                Prefix + "driver.mtu" or Prefix + "mtu" => settings with { Mtu = Number(key, value) },
                Prefix + "container_iface_prefix" or Prefix + "container_interface_prefix" => settings with { InterfacePrefix = InterfaceName(key, value) },
                Prefix + "enable_ipv4" or Prefix + "enable_ipv6" or AnnouncementSettings.CountKey or AnnouncementSettings.IntervalKey => settings,
                _ when key.StartsWith(Prefix, StringComparison.Ordinal) => throw WharfException.Invalid($"unknown option {key} for driver bridge"),
                _ => settings,
            };
        }

        return settings;
    }

    /// <summary>A name that the kernel takes for an interface (netdevice(7)): 1 to 15 characters, no space, slash or colon.</summary>
    internal static string InterfaceName(string key, string value) =>
        value.Length is > 0 and <= 15 && value is not ("." or "..") && value.All(c => char.IsAscii(c) && !char.IsWhiteSpace(c) && !char.IsControl(c) && c is not ('/' or ':' or '%'))
            ? value
            : throw WharfException.Invalid($"invalid value for {key}: \"{value}\" is not an interface name");

    private static GatewayMode Mode(string key, string value, NetworkConfig config) => value switch
    {
        "" or "nat" => GatewayMode.Nat,
        "nat-unprotected" => GatewayMode.NatUnprotected,
        "routed" => GatewayMode.Routed,
        "isolated" when config.Internal => GatewayMode.Isolated,
        "isolated" => throw WharfException.Invalid($"gateway mode 'isolated' can only be used for an internal network ({key})"),
        _ => throw WharfException.Invalid($"unknown gateway mode {value} ({key})"),
    };

    private static bool Boolean(string key, string value) => TryBoolean(value, out bool told)
        ? told
        : throw WharfException.Invalid($"invalid value for {key}: \"{value}\" is not a boolean");

    /// <summary>The words that Go's strconv.ParseBool knows.</summary>
    internal static bool TryBoolean(string text, out bool value)
    {
        value = text is "1" or "t" or "T" or "true" or "TRUE" or "True";
        return value || text is "0" or "f" or "F" or "false" or "FALSE" or "False";
    }

    private static int Number(string key, string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number is 0 or (>= 68 and <= 65535)
            ? number
            : throw WharfException.Invalid($"invalid value for {key}: \"{value}\" is not an MTU between 68 and 65535");

    private static IPAddress Address(string key, string value) =>
        IPAddress.TryParse(value, out IPAddress? address) && address.AddressFamily is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6
            ? address
            : throw WharfException.Invalid($"invalid value for {key}: \"{value}\" is not an IP address");
}
