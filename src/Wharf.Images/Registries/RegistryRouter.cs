using Wharf.Images.Transfers;
using Wharf.Primitives;

namespace Wharf.Images.Registries;

/// <summary>Opens repositories: picks the address that answers, and remembers how insecure hosts speak.</summary>
internal sealed class RegistryRouter(RegistryConnections connections, EndpointResolver resolver, ImageServiceOptions options, TimeProvider clock)
{
    private readonly ClearTextHosts _clearText = new();

    /// <summary>
    /// Runs <paramref name="operation"/> against the first address that can serve it: mirrors first, whose failures of any kind lead to the
    /// next; TLS before clear text, which is only for hosts that do not speak TLS.
    /// </summary>
    public async Task<T> WithRepositoryAsync<T>(ImageReference reference, bool pulling, RegistryCredentials? credentials,
        Func<RepositoryClient, Task<T>> operation, CancellationToken ct)
    {
        IReadOnlyList<RegistryEndpoint> endpoints = pulling
            ? await resolver.ForPullAsync(reference, ct).ConfigureAwait(false)
            : await resolver.ForRegistryAsync(reference.Domain, ct).ConfigureAwait(false);
        string scope = $"repository:{reference.Path}:{(pulling ? "pull" : "pull,push")}";
        WharfException? unreachable = null;
        for (int i = 0; i < endpoints.Count; i++)
        {
            RegistryEndpoint endpoint = endpoints[i];
            bool last = i + 1 == endpoints.Count;
            if (endpoint is { SkipVerify: true, Address.Scheme: "https" } && !last && _clearText.Contains(endpoint.HostAndPort))
            {
                continue;
            }

            RegistrySession session = OpenSession(endpoint, credentials, scope);
            try
            {
                if (!pulling)
                {
                    await session.GreetAsync(ct).ConfigureAwait(false);
                }

                T result = await operation(new RepositoryClient(session, reference)).ConfigureAwait(false);
                Remember(endpoint);
                return result;
            }
            catch (WharfException e) when (!last && (endpoint.IsMirror || IsUnreachable(e)))
            {
                unreachable = e;
            }
            catch (WharfException e) when (last && IsUnreachable(e) && _clearText.Contains(endpoint.HostAndPort))
            {
                // The host may have learnt TLS since.
                _clearText.Remove(endpoint.HostAndPort);
                throw;
            }
            catch (WharfException e) when (!IsUnreachable(e))
            {
                Remember(endpoint);
                throw;
            }
        }

        throw unreachable ?? WharfException.Unavailable($"no registry serves {reference.Name}");
    }

    public RegistrySession OpenSession(RegistryEndpoint endpoint, RegistryCredentials? credentials, string scope) =>
        new(connections, resolver, endpoint, credentials, scope, options.MaxDownloadAttempts, clock);

    public Task<IReadOnlyList<RegistryEndpoint>> EndpointsOfAsync(string domain, CancellationToken ct) => resolver.ForRegistryAsync(domain, ct);

    public static bool IsUnreachable(WharfException e) => e is { Kind: ErrorKind.Unavailable, InnerException: not null } && ConnectionErrors.IsConnectFailure(e.InnerException);

    private void Remember(RegistryEndpoint endpoint)
    {
        if (endpoint.Address.Scheme == "http")
        {
            _clearText.Add(endpoint.HostAndPort);
        }
    }
}
