using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Wharf.Primitives;

namespace Wharf.Client.Transports;

/// <summary>TLS to an engine: its certificate is checked against the given authority, ours is shown when there is one.</summary>
internal static class TlsTransport
{
    public static async ValueTask<Transport> StartAsync(Transport inner, Endpoint endpoint, TlsOptions options, CancellationToken ct)
    {
        var stream = new SslStream(inner);
        try
        {
            await stream.AuthenticateAsClientAsync(Authentication(endpoint, options), ct);
        }
        catch (AuthenticationException e)
        {
            throw WharfException.Unavailable($"error during connect: tls: failed to verify certificate: {e.InnerException?.Message ?? e.Message}", e);
        }
        catch (IOException e)
        {
            throw WharfException.Unavailable($"error during connect: Client sent an HTTP request to an HTTPS server, or the handshake was refused: {e.Message}", e);
        }

        // close_notify is TLS's half-close; the peer's data still arrives
        return new StreamTransport(stream, stream, () => stream.ShutdownAsync().GetAwaiter().GetResult(), stream.Dispose);
    }

    private static SslClientAuthenticationOptions Authentication(Endpoint endpoint, TlsOptions options)
    {
        var result = new SslClientAuthenticationOptions
        {
            TargetHost = endpoint.Address,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,

            // what is missing from a chain is not fetched from where its certificates say: as in Go, and the compiled program could not (Substitutions.xml)
            CertificateChainPolicy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true },
        };
        if (options.CertificateFile is { } certificate && options.KeyFile is { } key && File.Exists(certificate))
        {
            using X509Certificate2 pem = X509Certificate2.CreateFromPemFile(certificate, key);
            result.ClientCertificates = [X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null)];
        }

        if (!options.Verify)
        {
#pragma warning disable CA5359 // this is what --tls without --tlsverify means, and says in its help
            result.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
#pragma warning restore CA5359
        }
        else if (options.CaFile is { } authority)
        {
            result.CertificateChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            result.CertificateChainPolicy.CustomTrustStore.ImportFromPemFile(authority);
        }

        return result;
    }
}
