using System.Globalization;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Win32.SafeHandles;
using Wharf.Engine.Clients;
using Wharf.Linux;
using Wharf.Primitives;

namespace Wharf.Api.Server;

/// <summary>Clients on this machine that have their files read in place: <c>proof=DESCRIPTOR:HEX</c>, docs/decisions/0012.</summary>
internal static class LocalClients
{
    /// <summary>The client of a call; null when it asks for nothing of the kind.</summary>
    /// <exception cref="WharfException">NotImplemented: not on a unix socket.</exception>
    public static LocalClient? Of(ApiCall call)
    {
        if (call.Query("proof") is not { } proof)
        {
            return null;
        }

        int colon = proof.IndexOf(':');
        if (colon < 0 || !int.TryParse(proof.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out int descriptor))
        {
            throw WharfException.Invalid("invalid proof of a local client: use DESCRIPTOR:HEX");
        }

        var socket = call.Http.Features.Get<IConnectionSocketFeature>()?.Socket;
        if (socket is not { AddressFamily: AddressFamily.Unix })
        {
            throw WharfException.Unsupported("files of the client cannot be read in place: the connection is no unix socket");
        }

        using SafeFileHandle handle = new(socket.Handle, ownsHandle: false);
        UnixSocketCalls.Credentials(handle, out PeerCredentials peer).ThrowIfError("getsockopt", "SO_PEERCRED");
        return new LocalClient(peer, descriptor, Secret(proof[(colon + 1)..]));
    }

    private static byte[] Secret(string hex)
    {
        try
        {
            return Convert.FromHexString(hex);
        }
        catch (FormatException)
        {
            throw WharfException.Invalid("invalid proof of a local client: use DESCRIPTOR:HEX");
        }
    }
}
