using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using Wharf.Primitives;
using Wharf.Registry.Settings;

namespace Wharf.Registry.Hosting;

/// <summary>The registry's certificate, read again when its files change; one that cannot be used leaves the old one in force.</summary>
internal sealed partial class RenewedCertificate
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(30);

    private readonly TlsFiles _files;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly Lock _gate = new();
    private SslStreamCertificateContext _certificate;
    private (DateTime, DateTime) _version;
    private DateTimeOffset _looked;

    /// <exception cref="WharfException">InvalidArgument: a file cannot be used.</exception>
    public RenewedCertificate(TlsFiles files, TimeProvider clock, ILogger log)
    {
        (_files, _clock, _log) = (files, clock, log);
        _version = Version();
        _looked = clock.GetUtcNow();
        _certificate = Load(files);
    }

    /// <exception cref="WharfException">InvalidArgument: a file cannot be used.</exception>
    public static X509Certificate2Collection? Authorities(TlsFiles files)
    {
        var authorities = new X509Certificate2Collection();
        foreach (string authority in files.ClientAuthorities)
        {
            try
            {
                authorities.ImportFromPemFile(authority);
            }
            catch (Exception e) when (e is IOException or CryptographicException or UnauthorizedAccessException)
            {
                throw WharfException.Invalid($"client authority {authority}: {e.Message}", e);
            }
        }

        return authorities.Count > 0 ? authorities : null;
    }

    public SslStreamCertificateContext Current()
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

    [LoggerMessage(8401, LogLevel.Information, "certificate {File} was renewed")]
    private partial void LogRenewed(string file);

    [LoggerMessage(8402, LogLevel.Error, "the new certificate is not used: {Message}")]
    private partial void LogUnusable(string message);
}
