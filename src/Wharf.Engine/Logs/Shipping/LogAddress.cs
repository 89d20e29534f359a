using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Wharf.Primitives;

namespace Wharf.Engine.Logs.Shipping;

/// <summary>Where a log driver sends: <c>udp://HOST:PORT</c>, <c>tcp://HOST:PORT</c>, <c>unix://PATH</c>, <c>unixgram://PATH</c>.</summary>
internal sealed record LogAddress(string Scheme, string Host, int Port)
{
    public override string ToString() => Scheme.StartsWith("unix", StringComparison.Ordinal) ? Host : $"{Host}:{Port.ToString(CultureInfo.InvariantCulture)}";

    /// <exception cref="WharfException">InvalidArgument naming the option.</exception>
    public static LogAddress Parse(string option, string text, int defaultPort, params ReadOnlySpan<string> schemes)
    {
        int separator = text.IndexOf("://", StringComparison.Ordinal);
        string scheme = separator < 0 ? "" : text[..separator], rest = separator < 0 ? text : text[(separator + 3)..];
        if (!schemes.Contains(scheme) || rest.Length == 0)
        {
            throw WharfException.Invalid($"{option} should be in form proto://address, got {text}");
        }

        if (scheme.StartsWith("unix", StringComparison.Ordinal))
        {
            return new LogAddress(scheme, rest, 0);
        }

        int colon = rest.LastIndexOf(':');
        bool hasPort = colon > rest.LastIndexOf(']');
        int port = defaultPort;
        if (hasPort && !int.TryParse(rest[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out port))
        {
            throw WharfException.Invalid($"{option}: invalid port in {text}");
        }

        return port is > 0 and < 65536
            ? new LogAddress(scheme, (hasPort ? rest[..colon] : rest).Trim('[', ']'), port)
            : throw WharfException.Invalid($"{option}: please provide {option} as proto://host:port");
    }

    /// <summary>A connected socket; datagrams too know only this one peer then.</summary>
    public async Task<Socket> ConnectAsync(CancellationToken ct)
    {
        bool stream = Scheme is "tcp" or "tcp+tls" or "unix";
        Socket socket = Scheme.StartsWith("unix", StringComparison.Ordinal)
            ? new Socket(AddressFamily.Unix, stream ? SocketType.Stream : SocketType.Dgram, ProtocolType.Unspecified)
            : stream ? new Socket(SocketType.Stream, ProtocolType.Tcp) : new Socket(SocketType.Dgram, ProtocolType.Udp);
        try
        {
            await socket.ConnectAsync(Scheme.StartsWith("unix", StringComparison.Ordinal) ? new UnixDomainSocketEndPoint(Host) : (EndPoint)new DnsEndPoint(Host, Port), ct);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
