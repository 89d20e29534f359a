using System.Security.Cryptography.X509Certificates;
using Wharf.Primitives;

namespace Wharf.Api.Server.Listening;

/// <summary>Where and how an API server listens.</summary>
public sealed record ApiServerOptions
{
    public required IReadOnlyList<ListenAddress> Addresses { get; init; }

    /// <summary>For TCP addresses; null for plain text, which is refused beyond loopback unless <see cref="AllowPlainTcp"/> says so.</summary>
    public TlsOptions? Tls { get; init; }

    /// <summary>The operator said in so many words that anyone who reaches the port shall own the machine.</summary>
    public bool AllowPlainTcp { get; init; }

    /// <summary>Gives a fresh unix socket to its group, before anyone can connect.</summary>
    public Action<string>? TakeOwnership { get; init; }

    /// <summary>Sockets of systemd's socket activation, in order; for <c>fd://</c>.</summary>
    public IReadOnlyList<int> InheritedDescriptors { get; init; } = [];

    /// <exception cref="WharfException">InvalidArgument: an address beyond this machine in clear text that nobody insisted on.</exception>
    public void Check()
    {
        foreach (ListenAddress.Tcp tcp in Addresses.OfType<ListenAddress.Tcp>())
        {
            if (Tls is null && !tcp.IsLoopback && !AllowPlainTcp)
            {
                throw WharfException.Invalid(
                    $"refusing to listen on {tcp} without TLS: whoever reaches the port owns this machine; use --tlsverify, or --tls=false to insist");
            }
        }
    }
}

/// <summary>The server's certificate, and the authority that clients' certificates must come from; null when any client may come.</summary>
public sealed record TlsOptions(X509Certificate2 Certificate, X509Certificate2Collection? ClientAuthorities);
