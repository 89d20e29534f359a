namespace Wharf.Images.Transfers;

/// <summary>Which registries are reached how.</summary>
public sealed record RegistryOptions
{
    /// <summary>Hosts (<c>name[:port]</c>) or CIDR ranges spoken to over plain HTTP or with unverified TLS. 127.0.0.0/8 and ::1 always are.</summary>
    public IReadOnlyList<string> Insecure { get; init; } = [];

    /// <summary>Addresses tried before docker.io (<c>registry-mirrors</c>).</summary>
    public IReadOnlyList<string> Mirrors { get; init; } = [];

    /// <summary>Mirrors of any other registry or name prefix: <c>quay.io</c>, <c>ghcr.io/team</c> → addresses, in order.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> PrefixMirrors { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>Folder with one folder per <c>host[:port]</c> holding *.crt, *.cert and *.key.</summary>
    public string CertificatesDirectory { get; init; } = "/etc/docker/certs.d";

    public string? HttpProxy { get; init; }

    public string? HttpsProxy { get; init; }

    /// <summary>Comma-separated hosts, suffixes and CIDR ranges not to be proxied.</summary>
    public string? NoProxy { get; init; }

    /// <summary>Lists everything wrong with these options, for the daemon's configuration check.</summary>
    public IEnumerable<string> Problems()
    {
        foreach (string mirror in Mirrors.Concat(PrefixMirrors.Values.SelectMany(m => m)))
        {
            if (!Uri.TryCreate(mirror, UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("http" or "https"))
            {
                yield return $"invalid mirror: unsupported scheme or malformed address in \"{mirror}\"";
            }
            else if (uri.UserInfo.Length > 0)
            {
                yield return $"invalid mirror: username/password not allowed in URI \"{uri.Scheme}://xxxxx:xxxxx@{uri.Authority}/\"";
            }
            else if (uri.Query.Length > 0 || uri.Fragment.Length > 0)
            {
                yield return $"invalid mirror: query or fragment at end of the URI \"{mirror}\"";
            }
        }

        foreach (string insecure in Insecure)
        {
            if (insecure.Contains("://", StringComparison.Ordinal))
            {
                yield return $"insecure registry {insecure} should not contain '://'";
            }
        }
    }
}
