using System.Collections.Concurrent;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Wharf.Images.Transfers;
using Wharf.Primitives;

namespace Wharf.Images.Registries;

/// <summary>HTTP connections per registry, with the certificates that <c>certs.d</c> has for it.</summary>
internal sealed class RegistryConnections(RegistryOptions options, string userAgent) : IDisposable
{
    private readonly ConcurrentDictionary<(string Host, bool SkipVerify), Lazy<HttpMessageInvoker>> _clients = new();

    public string UserAgent => userAgent;

    public HttpMessageInvoker For(Uri address, bool skipVerify) =>
        _clients.GetOrAdd((address.Authority, skipVerify), key => new Lazy<HttpMessageInvoker>(() => Create(key.Host, key.SkipVerify))).Value;

    public void Dispose()
    {
        foreach (Lazy<HttpMessageInvoker> client in _clients.Values.Where(c => c.IsValueCreated))
        {
            client.Value.Dispose();
        }
    }

    private HttpMessageInvoker Create(string host, bool skipVerify)
    {
        (X509Certificate2Collection authorities, X509Certificate2Collection clients) = Certificates(host);
        bool verify = !skipVerify || authorities.Count > 0;
        return new HttpMessageInvoker(new SocketsHttpHandler
        {
            // Redirects are followed by hand: what may be sent to the next host is decided there.
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = TimeSpan.FromSeconds(30),
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
            UseProxy = ProxyRules.IsConfigured(options),
            Proxy = ProxyRules.IsConfigured(options) ? new ProxyRules(options) : null,
            SslOptions = new SslClientAuthenticationOptions
            {
                ClientCertificates = clients.Count > 0 ? clients : null,
                RemoteCertificateValidationCallback = (_, certificate, chain, errors) => !verify || errors == SslPolicyErrors.None
                    || (errors == SslPolicyErrors.RemoteCertificateChainErrors && IsIssuedBy(authorities, certificate, chain)),
            },
        });
    }

    private static bool IsIssuedBy(X509Certificate2Collection authorities, X509Certificate? certificate, X509Chain? presented)
    {
        if (authorities.Count == 0 || certificate is not X509Certificate2 leaf)
        {
            return false;
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        if (presented is not null)
        {
            chain.ChainPolicy.ExtraStore.AddRange(presented.ChainPolicy.ExtraStore);
        }

        return chain.Build(leaf);
    }

    private (X509Certificate2Collection Authorities, X509Certificate2Collection Clients) Certificates(string host)
    {
        var authorities = new X509Certificate2Collection();
        var clients = new X509Certificate2Collection();
        string folder = Path.Combine(options.CertificatesDirectory, host);
        if (!Directory.Exists(folder))
        {
            return (authorities, clients);
        }

        foreach (string path in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal))
        {
            try
            {
                switch (Path.GetExtension(path))
                {
                    case ".crt":
                        authorities.ImportFromPemFile(path);
                        break;
                    case ".cert":
                        string key = Path.ChangeExtension(path, ".key");
                        clients.Add(File.Exists(key)
                            ? X509Certificate2.CreateFromPemFile(path, key)
                            : throw WharfException.Invalid($"missing key {Path.GetFileName(key)} for client certificate {Path.GetFileName(path)}. CA certificates must use the extension .crt"));
                        break;
                    case ".key" when !File.Exists(Path.ChangeExtension(path, ".cert")):
                        throw WharfException.Invalid($"missing client certificate {Path.GetFileNameWithoutExtension(path)}.cert for key {Path.GetFileName(path)}");
                }
            }
            catch (System.Security.Cryptography.CryptographicException e)
            {
                throw WharfException.Invalid($"{path}: {e.Message}", e);
            }
        }

        return (authorities, clients);
    }
}
