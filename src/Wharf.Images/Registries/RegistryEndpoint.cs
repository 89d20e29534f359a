namespace Wharf.Images.Registries;

/// <summary>One address at which a repository may be had.</summary>
/// <param name="Address">Scheme, host and port, with a trailing slash; mirrors may have a path.</param>
/// <param name="SkipVerify">TLS certificates are not verified.</param>
/// <param name="IsMirror">Not the registry that the name says: it never sees the user's credentials.</param>
internal sealed record RegistryEndpoint(Uri Address, bool SkipVerify, bool IsMirror)
{
    /// <summary>Host as certs.d names it: <c>name</c> or <c>name:port</c>.</summary>
    public string HostAndPort => Address.Authority;

    public Uri Url(string pathAndQuery) => new(Address, "v2/" + pathAndQuery);
}
