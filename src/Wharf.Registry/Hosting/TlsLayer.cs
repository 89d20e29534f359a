using System.IO.Pipelines;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Wharf.Primitives;
using Wharf.Registry.Settings;

namespace Wharf.Registry.Hosting;

/// <summary>
/// TLS between a connection and Kestrel, whose own wants the web host's services. The certificate is read again when its files change, so a renewed one
/// needs no restart; one that cannot be used leaves the old one in force.
/// </summary>
internal sealed partial class TlsLayer
{
    private static readonly TimeSpan HandshakeLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(30);

    private readonly TlsFiles _files;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly X509Certificate2Collection _authorities = [];
    private readonly Lock _gate = new();
    private SslStreamCertificateContext _certificate;
    private (DateTime, DateTime) _version;
    private DateTimeOffset _looked;

    /// <exception cref="WharfException">InvalidArgument: a file cannot be used.</exception>
    public TlsLayer(TlsFiles files, TimeProvider clock, ILogger log)
    {
        (_files, _clock, _log) = (files, clock, log);
        _version = Version();
        _looked = clock.GetUtcNow();
        _certificate = Load(files);
        foreach (string authority in files.ClientAuthorities)
        {
            try
            {
                _authorities.ImportFromPemFile(authority);
            }
            catch (Exception e) when (e is IOException or CryptographicException or UnauthorizedAccessException)
            {
                throw WharfException.Invalid($"client authority {authority}: {e.Message}", e);
            }
        }
    }

    public ConnectionDelegate Wrap(ConnectionDelegate next) => async connection =>
    {
        IDuplexPipe plain = connection.Transport;
        await using var stream = new SslStream(new PipeStream(plain), leaveInnerStreamOpen: true);
        using (var limit = new CancellationTokenSource(HandshakeLimit))
        {
            try
            {
                await stream.AuthenticateAsServerAsync(Handshake(), limit.Token);
            }
            catch (Exception error) when (error is AuthenticationException or IOException or OperationCanceledException or InvalidOperationException)
            {
                LogHandshake(connection.RemoteEndPoint?.ToString() ?? "unknown", error.InnerException?.Message ?? error.Message);
                return;
            }
        }

        connection.Features.Set<ITlsConnectionFeature>(new PeerCertificate { ClientCertificate = stream.RemoteCertificate as X509Certificate2 });
        var encrypted = new Pipes(
            PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 64 * 1024, leaveOpen: true)),
            PipeWriter.Create(stream, new StreamPipeWriterOptions(minimumBufferSize: 64 * 1024, leaveOpen: true)));
        connection.Transport = encrypted;
        try
        {
            await next(connection);
        }
        finally
        {
            await encrypted.Input.CompleteAsync();
            await encrypted.Output.CompleteAsync();
            connection.Transport = plain;
        }
    };

    private SslServerAuthenticationOptions Handshake() => new()
    {
        ServerCertificateContext = Current(),
        ApplicationProtocols = [SslApplicationProtocol.Http11],
        EnabledSslProtocols = _files.OnlyTls13 ? SslProtocols.Tls13 : SslProtocols.Tls12 | SslProtocols.Tls13,
        ClientCertificateRequired = _authorities.Count > 0,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        RemoteCertificateValidationCallback = (_, given, _, _) => _authorities.Count == 0 || (given is X509Certificate2 client && IsTrusted(client)),
    };

    private bool IsTrusted(X509Certificate2 client)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(client);
    }

    private SslStreamCertificateContext Current()
    {
        lock (_gate)
        {
            if (_clock.GetUtcNow() - _looked > LookAgain)
            {
                _looked = _clock.GetUtcNow();
                var version = Version();
                if (version != _version)
                {
                    _version = version;
                    try
                    {
                        _certificate = Load(_files);
                        LogRenewed(_files.Certificate);
                    }
                    catch (WharfException e)
                    {
                        LogUnusable(e.Message);
                    }
                }
            }

            return _certificate;
        }
    }

    private (DateTime, DateTime) Version() => (File.GetLastWriteTimeUtc(_files.Certificate), File.GetLastWriteTimeUtc(_files.Key));

    private static SslStreamCertificateContext Load(TlsFiles files)
    {
        try
        {
            var all = new X509Certificate2Collection();
            all.ImportFromPemFile(files.Certificate);
            return SslStreamCertificateContext.Create(X509Certificate2.CreateFromPemFile(files.Certificate, files.Key), [.. all.Skip(1)], offline: true);
        }
        catch (Exception e) when (e is IOException or CryptographicException or UnauthorizedAccessException or ArgumentException)
        {
            throw WharfException.Invalid($"TLS certificate {files.Certificate} with key {files.Key}: {e.Message}", e);
        }
    }

    private sealed record Pipes(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    private sealed class PeerCertificate : ITlsConnectionFeature
    {
        public X509Certificate2? ClientCertificate { get; set; }

        public Task<X509Certificate2?> GetClientCertificateAsync(CancellationToken cancellationToken) => Task.FromResult(ClientCertificate);
    }

    [LoggerMessage(8401, LogLevel.Information, "TLS handshake error from {Client}: {Message}")]
    private partial void LogHandshake(string client, string message);

    [LoggerMessage(8402, LogLevel.Information, "certificate {File} was renewed")]
    private partial void LogRenewed(string file);

    [LoggerMessage(8403, LogLevel.Error, "the new certificate is not used: {Message}")]
    private partial void LogUnusable(string message);
}
