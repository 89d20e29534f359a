using System.Net;
using System.Net.Sockets;
using Wharf.Api.Networks;
using Wharf.Network.Addressing;
using Wharf.Primitives;

namespace Wharf.Engine.Networks;

/// <summary>What a wish to be on a network must keep to.</summary>
internal static class EndpointRules
{
    public static void Check(EndpointSettings settings)
    {
        CheckAddress(settings.IPAMConfig?.IPv4Address, AddressFamily.InterNetwork, "IPv4");
        CheckAddress(settings.IPAMConfig?.IPv6Address, AddressFamily.InterNetworkV6, "IPv6");
        if (!string.IsNullOrEmpty(settings.MacAddress))
        {
            _ = MacAddress.Parse(settings.MacAddress);
        }
    }

    private static void CheckAddress(string? text, AddressFamily family, string word)
    {
        if (!string.IsNullOrEmpty(text) && (!IPAddress.TryParse(text, out IPAddress? address) || address.AddressFamily != family))
        {
            throw WharfException.Invalid($"invalid endpoint settings:\ninvalid {word} address: {text}");
        }
    }
}
