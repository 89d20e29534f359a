using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Wharf.Primitives;
using Wharf.Registry.Access;
using Wharf.Registry.Endpoints;
using Wharf.Registry.Http;
using Wharf.Registry.Metrics;
using Wharf.Registry.Notifications;
using Wharf.Registry.Settings;
using Wharf.Registry.Storage;
using Wharf.Registry.Upstream;
using Wharf.Connections.Tls;

namespace Wharf.Registry.Hosting;

/// <summary>A running registry, composed from its options.</summary>
internal sealed partial class RegistryHost : IAsyncDisposable
{
    private readonly RegistryOptions _options;
    private readonly List<IAsyncDisposable> _parts = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly ILogger _log;
    private readonly WebServer _server;
    private readonly WebServer? _debug;
    private Task _upkeep = Task.CompletedTask;

    private RegistryHost(RegistryOptions options, ILoggerFactory loggers, Stream? accessLog, TimeProvider clock)
    {
        _options = options;
        _log = loggers.CreateLogger("registry");
        Store = RegistryStore.Open(options.Root, clock, options.Garbage.Grace);
        var meters = new RegistryMeters(clock);
        Collector = new GarbageCollector(Store, meters, _log);
        IRegistryEvents events = options.Webhooks.Count == 0 ? new NoEvents() : Own(new WebhookQueue(options.Webhooks, options.Address, meters, clock, _log));
        var services = new RegistryServices
        {
            Store = Store,
            Events = events,
            Meters = meters,
            Links = new Links(options.Host, options.RelativeUrls, options.Secret),
            Limits = options.Limits,
            Upstream = options.Upstream is { } upstream ? Own(new PullThrough(Store, new UpstreamClient(upstream, clock), upstream.Freshness, meters, _log)) : null,
        };
        var health = new HealthEndpoint(services, options.HealthLooksAtStore, options.HealthInterval, options.HealthThreshold);
        (IAccessGate gate, TokenEndpoint? tokens) = Gate(options, clock);
        var access = options.AccessLog && accessLog is not null ? new AccessLog(accessLog, clock) : null;
        Dispatcher = new Dispatcher(services, gate, tokens, health, options.Headers, access, _log);
        _server = Own(new WebServer(options.Address, options.IsUnixSocket, options.Tls is { } tls ? Encryption(tls, clock) : null, loggers));
        if (options.DebugAddress is { } address)
        {
            _debug = Own(new WebServer(address, isUnix: false, tls: null, loggers));
            DebugPages = new DebugApplication(health, options.Metrics ? options.MetricsPath : null);
        }
    }

    public RegistryStore Store { get; }

    public GarbageCollector Collector { get; }

    public string Address => _server.Address;

    public string? DebugAddress => _debug?.Address;

    private Dispatcher Dispatcher { get; }

    private DebugApplication? DebugPages { get; }

    /// <summary>Composes a registry and starts it.</summary>
    /// <exception cref="WharfException">An option, a file, the store or the address cannot be used.</exception>
    public static async Task<RegistryHost> StartAsync(RegistryOptions options, ILoggerFactory loggers, Stream? accessLog, TimeProvider clock, CancellationToken ct)
    {
        if (options.MaxThreads > 0)
        {
            ThreadPool.GetMaxThreads(out _, out int ports);
            ThreadPool.SetMaxThreads(Math.Max(options.MaxThreads, Environment.ProcessorCount), ports);
        }

        var host = new RegistryHost(options, loggers, accessLog, clock);
        try
        {
            await host._server.StartAsync(host.Dispatcher, ct);
            if (host._debug is not null)
            {
                await host._debug.StartAsync(host.DebugPages!, ct);
            }
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }

        host._upkeep = Task.WhenAll(host.CollectAsync(), host.PurgeAsync());
        LogListening(host._log, host.Address, options.Root);
        return host;
    }

    /// <summary>Ends running requests within the time that they have, then everything else.</summary>
    public async ValueTask DisposeAsync()
    {
        using (var patience = new CancellationTokenSource(_options.DrainTimeout))
        {
            await _server.StopAsync(patience.Token);
            if (_debug is not null)
            {
                await _debug.StopAsync(patience.Token);
            }
        }

        await _stop.CancelAsync();
        await _upkeep;
        for (int i = _parts.Count - 1; i >= 0; i--)
        {
            await _parts[i].DisposeAsync();
        }

        Store.Dispose();
        _stop.Dispose();
    }

    private T Own<T>(T part)
        where T : IAsyncDisposable
    {
        _parts.Add(part);
        return part;
    }

    private static (IAccessGate Gate, TokenEndpoint? Tokens) Gate(RegistryOptions options, TimeProvider clock)
    {
        if (options.TokenServer is { } server)
        {
            X509Certificate2Collection roots = [];
            if (server.Certificates is { } bundle)
            {
                try
                {
                    roots.ImportFromPemFile(bundle);
                }
                catch (Exception e) when (e is IOException or CryptographicException)
                {
                    throw WharfException.Invalid($"auth.token.rootcertbundle {bundle}: {e.Message}", e);
                }
            }

            List<TrustedKey> keys = [.. roots.Select(TrustedKey.Of), .. server.KeySet is { } set ? TrustedKey.ReadSet(set) : []];
            return keys.Count == 0
                ? throw WharfException.Invalid("auth.token: there is no key to check tokens with")
                : (new TokenGate(server.Realm, server.Service, new TokenVerifier(server.Issuer, server.Service, keys, roots, clock)), null);
        }

        if (options.Passwords is not { } passwords)
        {
            return (new OpenGate(), null);
        }

        var checker = new PasswordChecker(new HtpasswdFile(passwords.File), clock);
        AccessRules rules = passwords.AccessFile is { } file ? AccessRules.Load(file) : AccessRules.UsersOnly;
        if (!passwords.IssueTokens)
        {
            return (new BasicGate(passwords.Realm, checker, rules), null);
        }

        var issuer = new TokenIssuer(TokenIssuer.LoadKey(new StoreLayout(options.Root).Keys), passwords.Service, passwords.TokenLife, clock);
        TokenVerifier Verifier(string audience) => new(TokenIssuer.Issuer, audience, [issuer.Public], [], clock);
        return (new TokenGate(options.Host is { } host ? $"{host.TrimEnd('/')}/token" : null, passwords.Service, Verifier(passwords.Service)),
            new TokenEndpoint(checker, rules, issuer, Verifier(TokenIssuer.RefreshAudience), passwords.Service, clock));
    }

    private Task CollectAsync() => _options.GcInterval <= TimeSpan.Zero ? Task.CompletedTask : EveryAsync(_options.GcInterval,
        async () => await Collector.RunAsync(_options.Garbage, _stop.Token));

    private Task PurgeAsync()
    {
        UploadPurging purging = _options.Purging;
        return !purging.Enabled ? Task.CompletedTask : EveryAsync(purging.Interval ?? TimeSpan.FromHours(24), async () =>
        {
            DateTimeOffset before = Store.Clock.GetUtcNow() - (purging.Age ?? TimeSpan.FromHours(168));
            int count = purging.DryRun ? Store.Uploads.CountBefore(before) : await Store.Uploads.PurgeAsync(before, _stop.Token);
            LogPurged(_log, count, purging.DryRun ? " would be" : "");
        });
    }

    private async Task EveryAsync(TimeSpan interval, Func<Task> act)
    {
        try
        {
            while (true)
            {
                await Task.Delay(interval, Store.Clock, _stop.Token);
                try
                {
                    await act();
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException or WharfException)
                {
                    // A full or failing disk may be better the next time; requests say so meanwhile.
                    LogUpkeep(_log, e.Message);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // the end
        }
    }

    /// <summary>What the debug address serves.</summary>
    private sealed class DebugApplication(HealthEndpoint health, string? metricsPath) : IHttpApplication<HttpContext>
    {
        public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

        public void DisposeContext(HttpContext context, Exception? exception)
        {
        }

        public Task ProcessRequestAsync(HttpContext context)
        {
            var call = new RegistryCall(context, default);
            string path = context.Request.Path.Value ?? "/";
            return path == metricsPath ? health.MetricsAsync(call)
                : path is "/healthz" or "/debug/health" ? health.HealthAsync(call)
                : call.TextAsync(StatusCodes.Status404NotFound, "404 page not found\n");
        }
    }

    [LoggerMessage(8501, LogLevel.Information, "listening on {Address}, the store is {Root}")]
    private static partial void LogListening(ILogger log, string address, string root);

    [LoggerMessage(8502, LogLevel.Information, "{Count} abandoned uploads{WouldBe} dropped")]
    private static partial void LogPurged(ILogger log, int count, string wouldBe);

    [LoggerMessage(8503, LogLevel.Error, "upkeep failed: {Message}")]
    private static partial void LogUpkeep(ILogger log, string message);

    private TlsLayer Encryption(TlsFiles files, TimeProvider clock) => new(
        new TlsTerms
        {
            Certificate = new RenewedCertificate(files, clock, _log).Current,
            ClientAuthorities = RenewedCertificate.Authorities(files),
            Protocols = files.OnlyTls13 ? SslProtocols.Tls13 : SslProtocols.Tls12 | SslProtocols.Tls13,
        },
        _log);
}
