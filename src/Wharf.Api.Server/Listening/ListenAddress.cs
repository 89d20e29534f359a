using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Wharf.Primitives;

namespace Wharf.Api.Server.Listening;

/// <summary>A place to listen, as <c>-H</c> names it: unix://PATH, tcp://ADDRESS:PORT, fd:// or fd://NUMBER.</summary>
public abstract record ListenAddress
{
    public const string DefaultUnixPath = "/var/run/docker.sock";
    public const int PlainPort = 2375;
    public const int TlsPort = 2376;

    /// <param name="text">What stands behind -H.</param>
    /// <param name="tls">Whether TCP is encrypted, which decides the default port.</param>
    public static ListenAddress Parse(string text, bool tls)
    {
        string trimmed = text.Trim();
        int separator = trimmed.IndexOf("://", StringComparison.Ordinal);
        (string scheme, string rest) = separator < 0 ? ("tcp", trimmed) : (trimmed[..separator], trimmed[(separator + 3)..]);
        return scheme switch
        {
            "unix" => new Unix(rest.Length == 0 ? DefaultUnixPath : rest),
            "fd" => new Inherited(ParseDescriptor(rest, text)),
            "tcp" => ParseTcp(rest, text, tls ? TlsPort : PlainPort),
            _ => throw WharfException.Invalid($"invalid bind address ({text}): unsupported proto '{scheme}'"),
        };
    }

    private static int? ParseDescriptor(string rest, string text) =>
        rest is "" or "*" ? null
        : int.TryParse(rest, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number
        : throw WharfException.Invalid($"invalid bind address ({text}): {rest} is no descriptor");

    private static Tcp ParseTcp(string rest, string text, int defaultPort)
    {
        if (rest.Contains('/', StringComparison.Ordinal))
        {
            throw WharfException.Invalid($"invalid bind address ({text}): should not contain a path element");
        }

        int colon = rest.LastIndexOf(':');
        bool bare = colon < 0 || rest.EndsWith(']');
        string host = (bare ? rest : rest[..colon]).Trim('[', ']');
        string portText = bare ? string.Empty : rest[(colon + 1)..];
        int port = defaultPort;
        if (portText.Length > 0 && !(int.TryParse(portText, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port <= 65535))
        {
            throw WharfException.Invalid($"invalid bind address ({text}): invalid port {portText}");
        }

        IPAddress address = host switch
        {
            "" or "localhost" => IPAddress.Loopback,
            _ when IPAddress.TryParse(host, out IPAddress? literal) => literal,
            _ => Resolve(host, text),
        };
        return new Tcp(new IPEndPoint(address, port));
    }

    private static IPAddress Resolve(string host, string text)
    {
        try
        {
            return Dns.GetHostAddresses(host)[0];
        }
        catch (SocketException error)
        {
            throw WharfException.Invalid($"invalid bind address ({text}): {error.Message}", error);
        }
    }

    public sealed record Unix(string Path) : ListenAddress
    {
        public override string ToString() => Path;
    }

    public sealed record Tcp(IPEndPoint EndPoint) : ListenAddress
    {
        public bool IsLoopback => IPAddress.IsLoopback(EndPoint.Address);

        public override string ToString() => EndPoint.ToString();
    }

    /// <summary>Sockets passed by systemd (sd_listen_fds(3)): one of them, or all.</summary>
    public sealed record Inherited(int? Descriptor) : ListenAddress
    {
        public override string ToString() => $"fd://{Descriptor}";
    }
}
