using System.IO.Pipelines;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Wharf.Connections.Tls;

/// <summary>
/// TLS between a connection and Kestrel, whose own wants the web host's services. A client's certificate is checked against the given authorities alone,
/// not against those of the system.
/// </summary>
public sealed partial class TlsLayer(TlsTerms terms, ILogger log)
{
    private const int BufferLength = 64 * 1024;
    private static readonly TimeSpan HandshakeLimit = TimeSpan.FromSeconds(10);

    public ConnectionDelegate Wrap(ConnectionDelegate next) => async connection =>
    {
        IDuplexPipe plain = connection.Transport;
        await using var stream = new SslStream(new DuplexStream(plain.Input, plain.Output), leaveInnerStreamOpen: true);
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
        connection.Features.Set(new TlsEnd(stream));
        var encrypted = new Pipes(
            PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: BufferLength, leaveOpen: true)),
            PipeWriter.Create(stream, new StreamPipeWriterOptions(minimumBufferSize: BufferLength, leaveOpen: true)));
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
        ServerCertificateContext = terms.Certificate(),
        ApplicationProtocols = [SslApplicationProtocol.Http11],
        EnabledSslProtocols = terms.Protocols,
        ClientCertificateRequired = terms.ClientAuthorities is not null,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        RemoteCertificateValidationCallback = (_, given, _, _) => terms.ClientAuthorities is not X509Certificate2Collection authorities
            || (given is X509Certificate2 client && IsIssuedBy(client, authorities)),
    };

    private static bool IsIssuedBy(X509Certificate2 client, X509Certificate2Collection authorities)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(client);
    }

    private sealed record Pipes(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    private sealed class PeerCertificate : ITlsConnectionFeature
    {
        public X509Certificate2? ClientCertificate { get; set; }

        public Task<X509Certificate2?> GetClientCertificateAsync(CancellationToken cancellationToken) => Task.FromResult(ClientCertificate);
    }

    [LoggerMessage(6201, LogLevel.Information, "TLS handshake error from {Client}: {Message}")]
    private partial void LogHandshake(string client, string message);
}
