using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Wharf.Api.Server.Routing;
using Wharf.Connections.Sockets;
using Wharf.Connections.Tls;
using Wharf.Primitives;

namespace Wharf.Api.Server.Listening;

/// <summary>
/// The Engine API on its sockets: Kestrel without the web host around it, which halves the start. Everything is composed by hand.
/// </summary>
public sealed class ApiServer : IAsyncDisposable
{
    private readonly ApiServerOptions options;
    private readonly KestrelServer kestrel;
    private readonly Dispatcher dispatcher;
    private readonly ILogger log;
    private readonly TlsLayer? encryption;

    public ApiServer(ApiServerOptions options, RouteTable routes, ServerIdentity identity, ILoggerFactory loggers)
    {
        this.options = options;
        options.Check();
        log = loggers.CreateLogger("api");
        dispatcher = new Dispatcher(routes, identity, log);
        if (options.Tls is TlsOptions tls)
        {
            var certificate = SslStreamCertificateContext.Create(tls.Certificate, null, offline: true);
            encryption = new TlsLayer(new TlsTerms { Certificate = () => certificate, ClientAuthorities = tls.ClientAuthorities }, log);
        }

        var limits = new KestrelServerOptions
        {
            AddServerHeader = false,
        };
        limits.Limits.MaxRequestBodySize = null;
        limits.Limits.MinRequestBodyDataRate = null;
        limits.Limits.MinResponseDataRate = null;
        limits.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(10);
        limits.Limits.MaxRequestLineSize = 64 * 1024;
        limits.Limits.MaxRequestHeadersTotalSize = 128 * 1024;

        foreach (ListenAddress address in options.Addresses)
        {
            Add(limits, address);
        }

        kestrel = new KestrelServer(Options.Create(limits), new SocketTransport(Bind, log), loggers);
    }

    public Task StartAsync(CancellationToken ct) => kestrel.StartAsync(dispatcher, ct);

    /// <summary>Stops accepting and gives running requests until <paramref name="ct"/>.</summary>
    public Task StopAsync(CancellationToken ct) => kestrel.StopAsync(ct);

    public ValueTask DisposeAsync()
    {
        kestrel.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Add(KestrelServerOptions limits, ListenAddress address)
    {
        switch (address)
        {
            case ListenAddress.Unix unix:
                limits.ListenUnixSocket(unix.Path, listen => Configure(listen, encrypted: false));
                break;
            case ListenAddress.Tcp tcp:
                limits.Listen(tcp.EndPoint, listen => Configure(listen, encrypted: options.Tls is not null));
                break;
            case ListenAddress.Inherited inherited:
                foreach (int descriptor in Descriptors(inherited))
                {
                    limits.ListenHandle((ulong)descriptor, listen => Configure(listen, encrypted: false));
                }

                break;
            default:
                throw WharfException.Invalid($"invalid bind address ({address})");
        }
    }

    private IEnumerable<int> Descriptors(ListenAddress.Inherited inherited)
    {
        if (options.InheritedDescriptors.Count == 0)
        {
            throw WharfException.Invalid("no sockets found via socket activation: make sure the service was started by systemd");
        }

        return inherited.Descriptor is not int wanted ? options.InheritedDescriptors
            : options.InheritedDescriptors.Contains(wanted) ? [wanted]
            : throw WharfException.Invalid($"failed to find listener for fd {wanted} among those of socket activation");
    }

    private void Configure(ListenOptions listen, bool encrypted)
    {
        listen.Protocols = HttpProtocols.Http1;
        listen.Use(ClientPresence.Middleware);
        if (encrypted)
        {
            listen.Use(encryption!.Wrap);
        }
    }

    private Socket Bind(EndPoint endPoint) => endPoint is UnixDomainSocketEndPoint unix
        ? UnixSocketFile.Bind(unix, options.TakeOwnership)
        : TcpSocket.Bind((IPEndPoint)endPoint);
}
