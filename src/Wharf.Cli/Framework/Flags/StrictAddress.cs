using System.Net;
using System.Net.Sockets;

namespace Wharf.Cli.Framework.Flags;

/// <summary>IP addresses as Go's net.ParseIP takes them: four decimal numbers without leading zeros, or IPv6. .NET takes more.</summary>
internal static class StrictAddress
{
    public static bool TryParse(string text, out IPAddress address)
    {
        bool parsed = IPAddress.TryParse(text, out IPAddress? found);
        address = found ?? IPAddress.None;
        return parsed && !text.Contains('%') && !text.StartsWith('[') && (found!.AddressFamily == AddressFamily.InterNetworkV6 || found.ToString() == text);
    }
}
