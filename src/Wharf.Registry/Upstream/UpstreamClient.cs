using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Wharf.Oci.Distribution;
using Wharf.Oci.Images;

namespace Wharf.Registry.Upstream;

/// <summary>
/// Requests to the registry upstream, with its challenges answered: basic, or tokens from the server it names. The password goes to that registry and
/// to its token server only, and to the latter only over TLS or when it is the same host; redirects of blobs to other hosts carry no credentials.
/// </summary>
internal sealed class UpstreamClient : IDisposable
{
    private const int MaxDocument = 8 * 1024 * 1024;

    private readonly UpstreamOptions _options;
    private readonly TimeProvider _clock;
    private readonly ConcurrentDictionary<string, (AuthenticationHeaderValue Value, DateTimeOffset Until)> _known = new();
    private readonly HttpClient _http;

    public UpstreamClient(UpstreamOptions options, TimeProvider clock, HttpMessageHandler? handler = null)
    {
        _options = options;
        _clock = clock;
        _http = new HttpClient(handler ?? new SocketsHttpHandler
        {
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            ConnectTimeout = TimeSpan.FromSeconds(10),
            MaxAutomaticRedirections = 5,
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <summary>An answer whose head is here. The caller disposes it.</summary>
    /// <exception cref="HttpRequestException">The upstream cannot be reached.</exception>
    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string repository, string path, Action<HttpRequestMessage>? prepare, CancellationToken ct)
    {
        string scope = $"repository:{repository}:pull";
        for (int attempt = 0; ; attempt++)
        {
            using var request = new HttpRequestMessage(method, new Uri(_options.Address, $"/v2/{repository}/{path}"));
            request.Headers.UserAgent.ParseAdd("wharf-registry");
            prepare?.Invoke(request);
            if (_known.TryGetValue(scope, out var known) && known.Until > _clock.GetUtcNow())
            {
                request.Headers.Authorization = known.Value;
            }

            using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
            limit.CancelAfter(TimeSpan.FromSeconds(30));
            HttpResponseMessage response;
            try
            {
                response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                throw new HttpRequestException($"{_options.Address.Authority} does not answer");
            }

            if (response.StatusCode != HttpStatusCode.Unauthorized || attempt > 0)
            {
                return response;
            }

            using (response)
            {
                if (!await AuthenticateAsync(AuthChallenge.Parse(response.Headers.WwwAuthenticate.Select(h => h.ToString())), scope, ct))
                {
                    throw RegistryFault.Denied();
                }
            }
        }
    }

    /// <summary>A small body as a whole.</summary>
    public static async Task<byte[]> ReadAsync(HttpResponseMessage response, CancellationToken ct)
    {
        await using Stream body = await response.Content.ReadAsStreamAsync(ct);
        using var content = new MemoryStream();
        byte[] buffer = new byte[32 * 1024];
        int count;
        while ((count = await body.ReadAsync(buffer, ct)) > 0)
        {
            content.Write(buffer, 0, count);
            if (content.Length > MaxDocument)
            {
                throw new HttpRequestException($"the upstream's document is larger than {MaxDocument} bytes");
            }
        }

        return content.ToArray();
    }

    public void Dispose() => _http.Dispose();

    private async Task<bool> AuthenticateAsync(IReadOnlyList<AuthChallenge> challenges, string scope, CancellationToken ct)
    {
        foreach (AuthChallenge challenge in challenges)
        {
            if (challenge.Scheme.Equals("basic", StringComparison.OrdinalIgnoreCase) && _options.User.Length > 0)
            {
                _known[scope] = (Basic(), DateTimeOffset.MaxValue);
                return true;
            }

            if (challenge.Scheme.Equals("bearer", StringComparison.OrdinalIgnoreCase) && Uri.TryCreate(challenge["realm"], UriKind.Absolute, out Uri? realm)
                && realm.Scheme is "http" or "https")
            {
                return await FetchTokenAsync(realm, challenge["service"], scope, ct);
            }
        }

        return false;
    }

    private async Task<bool> FetchTokenAsync(Uri realm, string? service, string scope, CancellationToken ct)
    {
        string query = $"scope={Uri.EscapeDataString(scope)}" + (service is null ? "" : $"&service={Uri.EscapeDataString(service)}");
        using var request = new HttpRequestMessage(HttpMethod.Get, new UriBuilder(realm) { Query = realm.Query.TrimStart('?') is { Length: > 0 } q ? $"{q}&{query}" : query }.Uri);
        if (_options.User.Length > 0 && (realm.Scheme == "https" || realm.Host == _options.Address.Host))
        {
            request.Headers.Authorization = Basic();
        }

        using HttpResponseMessage response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        if (!response.IsSuccessStatusCode)
        {
            return response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden
                ? false
                : throw new HttpRequestException($"{realm.Authority} answered {(int)response.StatusCode} for a token");
        }

        try
        {
            TokenResponse? token = JsonSerializer.Deserialize(await ReadAsync(response, ct), OciImageJson.TokenResponse);
            if ((token?.Token ?? token?.AccessToken) is not { Length: > 0 } text)
            {
                return false;
            }

            // Renewed a little early, so that it does not end on the way.
            _known[scope] = (new AuthenticationHeaderValue("Bearer", text), _clock.GetUtcNow().AddSeconds(Math.Max(10, (token!.ExpiresIn ?? 60) - 10)));
            return true;
        }
        catch (JsonException e)
        {
            throw new HttpRequestException($"{realm.Authority} answered with no token: {e.Message}", e);
        }
    }

    private AuthenticationHeaderValue Basic() => new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{_options.User}:{_options.Password}")));
}
