using System.Globalization;
using Wharf.Primitives;

namespace Wharf.Client.Transports;

/// <summary>Where an engine listens: <c>unix://PATH</c>, <c>tcp://HOST:PORT</c>, <c>http(s)://</c>, <c>ssh://[USER@]HOST[:PORT][/SOCKET]</c>.</summary>
public sealed record Endpoint
{
    public const string DefaultHost = "unix:///var/run/docker.sock";
    private const int PlainPort = 2375;
    private const int TlsPort = 2376;

    private Endpoint(string text, string scheme, string address, int port, string? user)
    {
        Text = text;
        Scheme = scheme;
        Address = address;
        Port = port;
        User = user;
    }

    /// <summary>As it was given.</summary>
    public string Text { get; }

    /// <summary>unix, tcp or ssh.</summary>
    public string Scheme { get; }

    /// <summary>The socket's path, or the host's name.</summary>
    public string Address { get; }

    /// <summary>0 where the default of the program that connects applies.</summary>
    public int Port { get; }

    public string? User { get; }

    /// <summary>The socket on the far side of ssh, when one was named.</summary>
    public string RemotePath { get; init; } = "";

    /// <summary>Certificates; null for a clear connection.</summary>
    public TlsOptions? Tls { get; init; }

    /// <summary>What goes into the Host header.</summary>
    public string HostHeader => Scheme switch
    {
        "tcp" => Address.Contains(':') ? $"[{Address}]:{Port}" : $"{Address}:{Port}",
        _ => "api.moby.localhost",
    };

    /// <param name="host">A URL as in DOCKER_HOST.</param>
    /// <param name="tls">Certificates for tcp.</param>
    /// <exception cref="WharfException">InvalidArgument: what is wrong with it.</exception>
    public static Endpoint Parse(string host, TlsOptions? tls = null)
    {
        int separator = host.IndexOf("://", StringComparison.Ordinal);
        if (separator < 0)
        {
            return host.Contains('/')
                ? throw WharfException.Invalid($"invalid bind address ({host}): must be in the form scheme://address")
                : Tcp(host, host, tls);
        }

        string scheme = host[..separator];
        string rest = host[(separator + 3)..];
        return scheme switch
        {
            "unix" => new Endpoint(host, "unix", rest.Length > 0 ? rest : DefaultHost["unix://".Length..], 0, null),
            "tcp" or "http" => Tcp(host, rest, tls),
            "https" => Tcp(host, rest, tls ?? new TlsOptions()),
            "ssh" => Ssh(host, rest),
            "fd" or "npipe" => throw WharfException.Invalid($"protocol not available: {scheme}"),
            _ => throw WharfException.Invalid($"invalid bind address format: {host}"),
        };
    }

    private static Endpoint Tcp(string text, string rest, TlsOptions? tls)
    {
        int slash = rest.IndexOf('/');
        string authority = slash < 0 ? rest : rest[..slash];
        if (slash >= 0 && rest.Length > slash + 1)
        {
            throw WharfException.Invalid($"invalid bind address ({text}): should not contain a path element");
        }

        (string host, int port) = SplitPort(text, authority, tls is null ? PlainPort : TlsPort);
        return new Endpoint(text, "tcp", host.Length > 0 ? host : "localhost", port, null) { Tls = tls };
    }

    private static Endpoint Ssh(string text, string rest)
    {
        int slash = rest.IndexOf('/');
        string authority = slash < 0 ? rest : rest[..slash];
        string path = slash < 0 || slash == rest.Length - 1 ? "" : rest[slash..];
        int at = authority.LastIndexOf('@');
        string? user = at < 0 ? null : authority[..at];
        if (user is not null && user.Contains(':'))
        {
            throw WharfException.Invalid("invalid SSH URL: plain-text password is not supported");
        }

        (string host, int port) = SplitPort(text, authority[(at + 1)..], 0);
        if (host.Length == 0)
        {
            throw WharfException.Invalid("invalid SSH URL: hostname is empty");
        }

        // a name that begins with a dash would be read as an option by the ssh program
        if (host.StartsWith('-') || user?.StartsWith('-') == true)
        {
            throw WharfException.Invalid($"invalid SSH URL: {text}");
        }

        return new Endpoint(text, "ssh", host, port, user) { RemotePath = path };
    }

    private static (string Host, int Port) SplitPort(string text, string authority, int defaultPort)
    {
        if (authority.StartsWith('['))
        {
            int close = authority.IndexOf(']');
            if (close < 0)
            {
                throw WharfException.Invalid($"invalid bind address ({text}): missing ']' in address");
            }

            string after = authority[(close + 1)..];
            return (authority[1..close], after.Length == 0 ? defaultPort : ParsePort(text, after.TrimStart(':')));
        }

        int colon = authority.LastIndexOf(':');
        return colon < 0 ? (authority, defaultPort) : (authority[..colon], ParsePort(text, authority[(colon + 1)..]));
    }

    private static int ParsePort(string text, string port) =>
        int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number is > 0 and < 65536
            ? number
            : throw WharfException.Invalid($"invalid bind address ({text}): invalid port \"{port}\"");
}

/// <summary>Certificates of a TLS connection. Files are PEM; null means not used.</summary>
public sealed record TlsOptions
{
    public string? CaFile { get; init; }

    public string? CertificateFile { get; init; }

    public string? KeyFile { get; init; }

    /// <summary>False to accept any certificate of the server (<c>--tls</c> without <c>--tlsverify</c>).</summary>
    public bool Verify { get; init; }
}
