using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using Wharf.Primitives;

namespace Wharf.Build.Sources;

/// <summary>
/// Which addresses the builder fetches from. Link-local ones, where clouds keep the credentials of a machine (169.254.169.254), are refused
/// after the name is resolved and for every redirect, so that no Dockerfile reads them with the engine's place in the network.
/// </summary>
internal static class SourceAddress
{
    private static readonly IPAddress MetadataIpv6 = IPAddress.Parse("fd00:ec2::254");

    public static bool IsRefused(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return plain.IsIPv6LinkLocal || plain.Equals(MetadataIpv6)
            || (plain.AddressFamily == AddressFamily.InterNetwork && plain.GetAddressBytes() is [169, 254, ..]);
    }

    public static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken ct)
    {
        string host = context.DnsEndPoint.Host;
        var all = IPAddress.TryParse(host, out var literal) ? [literal] : await Dns.GetHostAddressesAsync(host, ct);
        var allowed = all.Where(a => !IsRefused(a)).ToArray();
        if (allowed.Length == 0 && all.Length > 0)
        {
            throw WharfException.Forbidden($"fetching from {host} is not allowed: {all[0]} is a link-local address");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, context.DnsEndPoint.Port, ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
