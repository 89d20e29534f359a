using System.Net;
using System.Text.Json;
using Wharf.Images.Archives;
using Wharf.Images.Index;
using Wharf.Images.Transfers;
using Wharf.Oci.Distribution;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Images.Registries;

/// <summary>What is asked of registries besides images: what a name stands for, whether a login works, what there is.</summary>
internal sealed class RegistryQueries(RegistryRouter router)
{
    private const string HubSearch = "https://index.docker.io/";

    public Task<DistributionInfo> InspectAsync(ImageReference reference, RegistryCredentials? credentials, CancellationToken ct)
    {
        ImageReference named = reference.WithDefaultTag();
        return router.WithRepositoryAsync(named, pulling: true, credentials, async repository =>
        {
            ImageDocument document = await repository.GetManifestAsync(named.Digest.IsEmpty ? named.Tag! : named.Digest.ToString(), ct).ConfigureAwait(false);
            var descriptor = new Descriptor { MediaType = document.MediaType, Digest = document.Digest, Size = document.Content.Length };
            if (MediaTypes.IsIndex(document.MediaType))
            {
                ImageIndex index = ManifestDocument.ReadIndex(document.Content, document.MediaType);
                return new DistributionInfo(descriptor, [.. index.Manifests.Where(m => m.Platform is not null).Select(m => m.Platform!)]);
            }

            ImageManifest manifest = ManifestDocument.ReadManifest(document.Content, document.MediaType);
            if (!MediaTypes.IsImageConfig(manifest.Config.MediaType))
            {
                return new DistributionInfo(descriptor, []);
            }

            byte[] config = await repository.GetDocumentBlobAsync(manifest.Config, ct).ConfigureAwait(false);
            return new DistributionInfo(descriptor, [OciImageJson.ReadConfig(config).Platform]);
        }, ct);
    }

    public async Task<LoginResult> LoginAsync(RegistryCredentials credentials, CancellationToken ct)
    {
        string domain = DomainOf(credentials.ServerAddress);
        IReadOnlyList<RegistryEndpoint> endpoints = await router.EndpointsOfAsync(domain, ct).ConfigureAwait(false);
        for (int i = 0; ; i++)
        {
            RegistrySession session = router.OpenSession(endpoints[i], credentials, "");
            try
            {
                using HttpResponseMessage response = await session.SendAsync(() => new HttpRequestMessage(HttpMethod.Get, session.Endpoint.Url("")), ct).ConfigureAwait(false);
                if (response.IsSuccessStatusCode)
                {
                    return new LoginResult("Login Succeeded", session.Authenticator.IdentityToken);
                }

                RegistryFailure failure = await RegistryFailure.ReadAsync(response, ct).ConfigureAwait(false);
                string url = session.Endpoint.Url("").ToString();
                throw failure.Status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden
                    ? WharfException.Unauthorized($"login attempt to {url} failed with status: {(int)failure.Status} {failure.Status}")
                    : WharfException.Internal($"login attempt to {url} failed with status: {(int)failure.Status} {failure.Status}");
            }
            catch (WharfException e) when (i + 1 < endpoints.Count && RegistryRouter.IsUnreachable(e))
            {
                // The next address is the same registry in clear text, where that is allowed.
            }
        }
    }

    public async Task<IReadOnlyList<SearchResult>> SearchAsync(string term, int limit, IReadOnlyDictionary<string, IReadOnlyList<string>> filters,
        RegistryCredentials? credentials, CancellationToken ct)
    {
        if (limit is < 0 or > 100)
        {
            throw WharfException.Invalid($"limit {limit} is outside the range of [1, 100]");
        }

        var filter = new SearchFilter(filters);
        (RegistrySession session, string query) = await SearchSessionAsync(term, credentials, ct).ConfigureAwait(false);
        var url = new Uri(session.Endpoint.Address, $"v1/search?q={Uri.EscapeDataString(query)}&n={(limit == 0 ? 25 : limit)}");
        using HttpResponseMessage response = await session.SendAsync(() => new HttpRequestMessage(HttpMethod.Get, url), ct).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
        {
            throw WharfException.Internal($"Unexpected status code {(int)response.StatusCode}");
        }

        try
        {
            await using Stream body = await response.Content.ReadAsStreamAsync(ct).ConfigureAwait(false);
            var content = new byte[Limits.Document];
            int read = await body.ReadAtLeastAsync(content, content.Length, throwOnEndOfStream: false, ct).ConfigureAwait(false);
            SearchAnswer? answer = JsonSerializer.Deserialize(content.AsSpan(0, read), OciImageJson.SearchAnswer);
            return
            [
                .. (answer?.Results ?? []).Select(r => new SearchResult(r.Name ?? "", r.Description ?? "", r.StarCount, r.IsOfficial, r.IsAutomated)).Where(filter.Accepts),
            ];
        }
        catch (JsonException e)
        {
            throw WharfException.Internal($"invalid answer to the search: {JsonMistake.Of(e)}", e);
        }
    }

    private async Task<(RegistrySession Session, string Query)> SearchSessionAsync(string term, RegistryCredentials? credentials, CancellationToken ct)
    {
        if (term.Contains("://", StringComparison.Ordinal))
        {
            throw WharfException.Invalid($"invalid repository name: repository name ({term}) should not have a scheme");
        }

        int slash = term.IndexOf('/');
        string first = slash < 0 ? "" : term[..slash];
        if (slash < 0 || !(first.AsSpan().ContainsAny('.', ':') || first == "localhost") || first is "docker.io" or "index.docker.io")
        {
            string query = first is "docker.io" or "index.docker.io" ? term[(slash + 1)..] : term;
            query = query.StartsWith("library/", StringComparison.Ordinal) ? query[8..] : query;
            return (router.OpenSession(new RegistryEndpoint(new Uri(HubSearch), SkipVerify: false, IsMirror: false), credentials, ""), query);
        }

        IReadOnlyList<RegistryEndpoint> endpoints = await router.EndpointsOfAsync(first, ct).ConfigureAwait(false);
        return (router.OpenSession(endpoints[^1], credentials, ""), term[(slash + 1)..]);
    }

    private static string DomainOf(string serverAddress)
    {
        string text = serverAddress;
        int scheme = text.IndexOf("://", StringComparison.Ordinal);
        text = scheme >= 0 ? text[(scheme + 3)..] : text;
        int slash = text.IndexOf('/');
        text = slash >= 0 ? text[..slash] : text;
        return text.Length == 0 ? ImageReference.DefaultDomain : text;
    }
}
