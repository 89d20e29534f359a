using System.Net.Security;

namespace Wharf.Connections.Tls;

/// <summary>A feature of an encrypted connection: lets a raw stream inside TLS say that it has ended (close_notify) while the other direction goes on.</summary>
public sealed class TlsEnd(SslStream stream)
{
    public Task ShutdownAsync() => stream.ShutdownAsync();
}
