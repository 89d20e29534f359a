using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Wharf.Primitives;

namespace Wharf.Network.Addressing;

/// <summary>An address together with the length of its network's prefix, as an interface carries it: <c>172.17.0.1/16</c>.</summary>
public readonly record struct InterfaceAddress(IPAddress Address, int PrefixLength)
{
    public Subnet Subnet => Subnet.Of(Address, PrefixLength);

    public static bool TryParse([NotNullWhen(true)] string? text, out InterfaceAddress result)
    {
        result = default;
        int slash = text?.IndexOf('/') ?? -1;
        if (slash < 0
            || !IPAddress.TryParse(text.AsSpan(0, slash), out IPAddress? address)
            || (address.AddressFamily == AddressFamily.InterNetwork && text.AsSpan(0, slash).Count('.') != 3)
            || !int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int length)
            || length > (address.AddressFamily == AddressFamily.InterNetworkV6 ? 128 : 32))
        {
            return false;
        }

        result = new InterfaceAddress(address, length);
        return true;
    }

    /// <exception cref="WharfException">InvalidArgument with Docker's text.</exception>
    public static InterfaceAddress Parse(string text) =>
        TryParse(text, out InterfaceAddress result) ? result : throw WharfException.Invalid($"invalid CIDR address: {text}");

    public override string ToString() =>
        Address is null ? "" : Address + "/" + PrefixLength.ToString(CultureInfo.InvariantCulture);
}
