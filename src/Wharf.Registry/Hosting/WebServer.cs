using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Wharf.Primitives;
using Wharf.Connections.Sockets;
using Wharf.Connections.Tls;

namespace Wharf.Registry.Hosting;

/// <summary>Kestrel on one address, without the web host around it.</summary>
internal sealed class WebServer : IAsyncDisposable
{
    private readonly KestrelServer _kestrel;
    private readonly bool _encrypted;

    /// <param name="address">HOST:PORT, :PORT or, for a unix socket, its path.</param>
    /// <param name="isUnix">Which of them.</param>
    /// <param name="tls">Null for clear text.</param>
    /// <param name="loggers">For Kestrel's own warnings.</param>
    public WebServer(string address, bool isUnix, TlsLayer? tls, ILoggerFactory loggers)
    {
        _encrypted = tls is not null;
        var options = new KestrelServerOptions { AddServerHeader = false };
        options.Limits.MaxRequestBodySize = null;

        // A client that sends or takes next to nothing for minutes is gone, even if its connection is not.
        options.Limits.MinRequestBodyDataRate = new MinDataRate(1, TimeSpan.FromMinutes(5));
        options.Limits.MinResponseDataRate = new MinDataRate(1, TimeSpan.FromMinutes(5));
        options.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(3);
        options.Limits.MaxRequestHeadersTotalSize = 128 * 1024;
        options.Limits.MaxRequestBufferSize = 4 * 1024 * 1024;
        options.Limits.MaxResponseBufferSize = 1024 * 1024;

        void Configure(ListenOptions listen)
        {
            listen.Protocols = HttpProtocols.Http1;
            if (tls is not null)
            {
                listen.Use(tls.Wrap);
            }
        }

        if (isUnix)
        {
            options.ListenUnixSocket(address, Configure);
        }
        else if (Parse(address) is { } endPoint)
        {
            options.Listen(endPoint, Configure);
        }

        _kestrel = new KestrelServer(Options.Create(options), new SocketTransport(Bind, loggers.CreateLogger("connections")), loggers);
    }

    /// <summary>Where it listens, once it has started: the port is a real one where 0 was asked for.</summary>
    public string Address => (_kestrel.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? "") is var address && _encrypted
        ? address.Replace("http://", "https://", StringComparison.Ordinal)
        : address;

    public async Task StartAsync(IHttpApplication<HttpContext> application, CancellationToken ct)
    {
        try
        {
            await _kestrel.StartAsync(application, ct);
        }
        catch (IOException e)
        {
            throw WharfException.Conflict(e.Message);
        }
    }

    public Task StopAsync(CancellationToken ct) => _kestrel.StopAsync(ct);

    public ValueTask DisposeAsync()
    {
        _kestrel.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <exception cref="WharfException">InvalidArgument: it is no address.</exception>
    public static IPEndPoint Parse(string address)
    {
        int colon = address.LastIndexOf(':');
        if (colon < 0 || !int.TryParse(address.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port) || port > 65535)
        {
            throw WharfException.Invalid($"invalid address \"{address}\": expected HOST:PORT or :PORT");
        }

        string host = address[..colon].Trim('[', ']');
        return host switch
        {
            "" => new IPEndPoint(IPAddress.IPv6Any, port),
            "localhost" => new IPEndPoint(IPAddress.Loopback, port),
            _ when IPAddress.TryParse(host, out IPAddress? literal) => new IPEndPoint(literal, port),
            _ => throw WharfException.Invalid($"invalid address \"{address}\": {host} is no IP address"),
        };
    }

    private static Socket Bind(EndPoint endPoint)
    {
        if (endPoint is UnixDomainSocketEndPoint unix)
        {
            // What a former process left; a living one answers, and then binding fails as it should.
            string path = unix.ToString()!;
            if (File.Exists(path) && !Answers(unix))
            {
                File.Delete(path);
            }

            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            socket.Bind(unix);
            return socket;
        }

        var ip = (IPEndPoint)endPoint;
        return TcpSocket.Bind(ip.Address.Equals(IPAddress.IPv6Any) && !Socket.OSSupportsIPv6 ? new IPEndPoint(IPAddress.Any, ip.Port) : ip);
    }

    private static bool Answers(UnixDomainSocketEndPoint endPoint)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(endPoint);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
