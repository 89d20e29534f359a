using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Wharf.Primitives;

namespace Wharf.Network.Addressing;

/// <summary>
/// A range of addresses, <c>address/prefix</c>, whose host bits are zero. Addresses are compared and counted as 128-bit
/// numbers, so that one arithmetic serves both families.
/// </summary>
public readonly record struct Subnet
{
    private readonly UInt128 _first;

    private Subnet(UInt128 first, int prefixLength, bool isIPv6)
    {
        _first = first;
        PrefixLength = prefixLength;
        IsIPv6 = isIPv6;
    }

    public int PrefixLength { get; }

    public bool IsIPv6 { get; }

    /// <summary>True for <c>default</c>, which is no range at all (its prefix would be an IPv4 /0).</summary>
    public bool IsEmpty => this == default;

    /// <summary>True for <c>0.0.0.0/24</c> and <c>::/80</c>: some range of that length, wherever there is room.</summary>
    public bool IsUnspecified => _first == 0;

    public int Width => IsIPv6 ? 128 : 32;

    public IPAddress Address => ToAddress(_first, IsIPv6);

    internal UInt128 First => _first;

    internal UInt128 Last => _first | HostMask(Width - PrefixLength);

    /// <summary>The range of the given length that the address lies in.</summary>
    public static Subnet Of(IPAddress address, int prefixLength)
    {
        bool v6 = address.AddressFamily == AddressFamily.InterNetworkV6;
        int width = v6 ? 128 : 32;
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)prefixLength, (uint)width, nameof(prefixLength));
        return new Subnet(ToNumber(address) & ~HostMask(width - prefixLength), prefixLength, v6);
    }

    /// <summary>Reads <c>address/prefix</c>; host bits are cleared.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Subnet subnet)
    {
        subnet = default;
        if (!InterfaceAddress.TryParse(text, out InterfaceAddress address))
        {
            return false;
        }

        subnet = address.Subnet;
        return true;
    }

    /// <exception cref="WharfException">InvalidArgument with Docker's text.</exception>
    public static Subnet Parse(string text) =>
        TryParse(text, out Subnet subnet) ? subnet : throw WharfException.Invalid($"invalid CIDR address: {text}");

    public bool Contains(IPAddress address) =>
        (address.AddressFamily == AddressFamily.InterNetworkV6) == IsIPv6 && ToNumber(address) is var n && n >= First && n <= Last;

    public bool Contains(Subnet other) => other.IsIPv6 == IsIPv6 && other.First >= First && other.Last <= Last;

    public bool Overlaps(Subnet other) => other.IsIPv6 == IsIPv6 && other.First <= Last && First <= other.Last;

    /// <summary>The address at a distance from the first one.</summary>
    internal IPAddress At(UInt128 offset) => ToAddress(_first + offset, IsIPv6);

    internal static UInt128 ToNumber(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out int length);
        UInt128 value = 0;
        foreach (byte b in bytes[..length])
        {
            value = value << 8 | b;
        }

        return value;
    }

    internal static IPAddress ToAddress(UInt128 value, bool isIPv6)
    {
        Span<byte> bytes = stackalloc byte[16];
        for (int i = 15; i >= 0; i--)
        {
            bytes[i] = (byte)value;
            value >>= 8;
        }

        return new IPAddress(isIPv6 ? bytes : bytes[12..]);
    }

    private static UInt128 HostMask(int bits) => bits == 128 ? UInt128.MaxValue : ((UInt128)1 << bits) - 1;

    public override string ToString() => IsEmpty ? "" : Address + "/" + PrefixLength.ToString(CultureInfo.InvariantCulture);
}
