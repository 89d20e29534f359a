using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Wharf.Api.Server.Listening;
using Wharf.Daemon.Options;
using Wharf.Primitives;

namespace Wharf.Daemon.Hosting;

/// <summary>Reads the TLS files of the daemon.</summary>
internal static class Certificates
{
    public static TlsOptions Load(TlsFiles files)
    {
        try
        {
            X509Certificate2Collection? authorities = null;
            if (files.Authority is string path)
            {
                authorities = [];
                authorities.ImportFromPemFile(path);
            }

            return new TlsOptions(X509Certificate2.CreateFromPemFile(files.Certificate, files.Key), authorities);
        }
        catch (Exception error) when (error is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw WharfException.Invalid(
                $"could not load X509 key pair (cert: \"{files.Certificate}\", key: \"{files.Key}\"): {error.Message}", error);
        }
    }
}
