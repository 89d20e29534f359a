using System.Net;
using System.Net.Sockets;
using Wharf.Images.Transfers;
using Wharf.Primitives;

namespace Wharf.Images.Registries;

/// <summary>
/// From a name to the addresses to try, in order: mirrors, then the registry. Loopback addresses and those configured as insecure are tried
/// with TLS, unverified, and then in clear text; all others with verified TLS only.
/// </summary>
internal sealed class EndpointResolver(RegistryOptions options)
{
    private const string DockerHub = "https://registry-1.docker.io/";

    /// <summary>Takes over mirrors and insecure registries for what is asked from now on.</summary>
    public void Reload(RegistryOptions next) => options = next;

    public async Task<IReadOnlyList<RegistryEndpoint>> ForPullAsync(ImageReference reference, CancellationToken ct)
    {
        var endpoints = new List<RegistryEndpoint>();
        foreach (string mirror in MirrorsOf(reference))
        {
            var address = new Uri(mirror.EndsWith('/') ? mirror : mirror + "/");
            endpoints.Add(new RegistryEndpoint(address, await IsInsecureAsync(address.Authority, address.Host, ct).ConfigureAwait(false), IsMirror: true));
        }

        endpoints.AddRange(await ForRegistryAsync(reference.Domain, ct).ConfigureAwait(false));
        return endpoints;
    }

    public async Task<IReadOnlyList<RegistryEndpoint>> ForRegistryAsync(string domain, CancellationToken ct)
    {
        if (domain is ImageReference.DefaultDomain or "index.docker.io" or "registry-1.docker.io")
        {
            return [new RegistryEndpoint(new Uri(DockerHub), SkipVerify: false, IsMirror: false)];
        }

        if (!Uri.TryCreate($"https://{domain}/", UriKind.Absolute, out Uri? secure))
        {
            throw WharfException.Invalid($"\"{domain}\" is no name of a registry");
        }

        return await IsInsecureAsync(domain, secure.Host, ct).ConfigureAwait(false)
            ? [new RegistryEndpoint(secure, SkipVerify: true, IsMirror: false), new RegistryEndpoint(new Uri($"http://{domain}/"), SkipVerify: true, IsMirror: false)]
            : [new RegistryEndpoint(secure, SkipVerify: false, IsMirror: false)];
    }

    /// <summary>True where clear text is allowed: loopback, and what the configuration lists by name or by range of addresses.</summary>
    public async Task<bool> IsInsecureAsync(string hostAndPort, string host, CancellationToken ct)
    {
        if (options.Insecure.Any(i => i.Equals(hostAndPort, StringComparison.OrdinalIgnoreCase) || i.Equals(host, StringComparison.OrdinalIgnoreCase)))
        {
            return true;
        }

        List<IPNetwork> ranges = [.. options.Insecure.Select(i => IPNetwork.TryParse(i, out IPNetwork range) ? range : default).Where(r => r.PrefixLength > 0 || r.BaseAddress is not null)];
        foreach (IPAddress address in await AddressesOfAsync(host, ct).ConfigureAwait(false))
        {
            if (IPAddress.IsLoopback(address) || ranges.Any(r => r.BaseAddress.AddressFamily == address.AddressFamily && r.Contains(address)))
            {
                return true;
            }
        }

        return false;
    }

    private static async Task<IPAddress[]> AddressesOfAsync(string host, CancellationToken ct)
    {
        if (IPAddress.TryParse(host.Trim('[', ']'), out IPAddress? literal))
        {
            return [literal];
        }

        if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
        {
            return [IPAddress.Loopback];
        }

        try
        {
            return await Dns.GetHostAddressesAsync(host, ct).ConfigureAwait(false);
        }
        catch (SocketException)
        {
            // A name that does not resolve is in no range; the connection will tell the user.
            return [];
        }
    }

    private IEnumerable<string> MirrorsOf(ImageReference reference)
    {
        string? prefix = options.PrefixMirrors.Keys
            .Where(p => reference.Name == p || reference.Name.StartsWith(p + "/", StringComparison.Ordinal))
            .MaxBy(p => p.Length);
        IEnumerable<string> mirrors = prefix is null ? [] : options.PrefixMirrors[prefix];
        return reference.Domain == ImageReference.DefaultDomain ? mirrors.Concat(options.Mirrors) : mirrors;
    }
}
