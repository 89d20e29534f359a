using System.Net.Sockets;
using System.Security.Authentication;
using Wharf.Primitives;

namespace Wharf.Images.Registries;

/// <summary>What Docker's users read when a registry cannot be reached: Go's words for it.</summary>
internal static class ConnectionErrors
{
    public static WharfException Of(string method, Uri url, Exception e)
    {
        string request = $"{char.ToUpperInvariant(method[0])}{method[1..].ToLowerInvariant()} \"{url.GetComponents(UriComponents.AbsoluteUri & ~UriComponents.UserInfo, UriFormat.UriEscaped)}\"";
        return WharfException.Unavailable($"{request}: {Reason(url, e)}", e);
    }

    /// <summary>The other side speaks no TLS, or nobody is there: clear text may be tried where that is allowed.</summary>
    public static bool IsConnectFailure(Exception e) => e is HttpRequestException
    {
        HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.ProxyTunnelError
    };

    /// <summary>The connection stood and was cut: another attempt may succeed.</summary>
    public static bool IsBroken(WharfException e) => e is { Kind: ErrorKind.Unavailable, InnerException: { } inner } && !IsConnectFailure(inner)
        && (Find<IOException>(inner) ?? (Exception?)Find<SocketException>(inner)) is not null;

    private static string Reason(Uri url, Exception e)
    {
        if (Find<SocketException>(e) is { } socket)
        {
            return DialText.Of(url.Host, url.Port, socket);
        }

        if (Find<AuthenticationException>(e) is { } tls)
        {
            return tls.Message.Contains("RemoteCertificateNameMismatch", StringComparison.Ordinal)
                ? $"tls: failed to verify certificate: x509: certificate is not valid for {url.Host}"
                : tls.Message.Contains("RemoteCertificate", StringComparison.Ordinal)
                    ? "tls: failed to verify certificate: x509: certificate signed by unknown authority"
                    : $"tls: {tls.Message}";
        }

        if (e is HttpRequestException { HttpRequestError: HttpRequestError.ProxyTunnelError } refusal)
        {
            return refusal.StatusCode is { } status ? $"the proxy refuses the connection: {(int)status} {status}" : "the proxy refuses the connection";
        }

        return e is TaskCanceledException or TimeoutException
            ? "net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)"
            : Find<IOException>(e) is { } io ? io.Message : e.Message;
    }

    private static T? Find<T>(Exception? e)
        where T : Exception
    {
        for (; e is not null; e = e.InnerException)
        {
            if (e is T found)
            {
                return found;
            }
        }

        return null;
    }
}
