using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Wharf.Connections.Tls;

/// <summary>What a server asks of an encrypted connection, and offers.</summary>
public sealed record TlsTerms
{
    /// <summary>Asked for every connection, so that a renewed certificate needs no restart. Building one walks the certificate's chain: keep it.</summary>
    public required Func<SslStreamCertificateContext> Certificate { get; init; }

    /// <summary>Who must have issued the clients' certificates; null when none is asked for.</summary>
    public X509Certificate2Collection? ClientAuthorities { get; init; }

    /// <summary>None leaves the choice to the system.</summary>
    public SslProtocols Protocols { get; init; } = SslProtocols.None;
}
