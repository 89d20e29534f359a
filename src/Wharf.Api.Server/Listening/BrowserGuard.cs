using System.Net;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Wharf.Primitives;

namespace Wharf.Api.Server.Listening;

/// <summary>
/// A web page can make a browser send requests to a TCP port of its own machine. They are told by what only browsers send (Origin, Sec-Fetch-Site) and, for
/// DNS rebinding, by a Host that is a public name. Unix sockets are out of a browser's reach and are not checked.
/// </summary>
internal static class BrowserGuard
{
    public static void Check(HttpContext context)
    {
        if (context.Connection.LocalPort == 0)
        {
            return;
        }

        HttpRequest request = context.Request;
        string origin = request.Headers.Origin.ToString();
        if (origin.Length > 0 && !IsSameHost(origin, request.Host))
        {
            throw WharfException.Forbidden($"requests from web pages are refused (Origin: {origin})");
        }

        string site = request.Headers["Sec-Fetch-Site"].ToString();
        if (site is "cross-site" or "same-site")
        {
            throw WharfException.Forbidden("requests from web pages are refused (Sec-Fetch-Site: " + site + ")");
        }

        // Over TLS the certificate has already proved the name.
        if (context.Features.Get<ITlsConnectionFeature>() is null && !IsLocalName(request.Host.Host))
        {
            throw WharfException.Forbidden($"host name {request.Host.Host} is refused without TLS; use an address or a name without a dot");
        }
    }

    private static bool IsSameHost(string origin, HostString host) =>
        Uri.TryCreate(origin, UriKind.Absolute, out Uri? uri) && string.Equals(uri.Authority, host.Value, StringComparison.OrdinalIgnoreCase);

    // A name that an attacker can point at this machine has a dot in it; addresses, names of the local network and .localhost are not his.
    private static bool IsLocalName(string host) =>
        !host.Contains('.', StringComparison.Ordinal)
        || IPAddress.TryParse(host.Trim('[', ']'), out _)
        || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
        || host.Equals(Dns.GetHostName(), StringComparison.OrdinalIgnoreCase);
}
