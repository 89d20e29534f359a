using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using Wharf.Images.Transfers;
using Wharf.Primitives;

namespace Wharf.Images.Registries;

/// <summary>Requests to one registry on behalf of one user: authentication, redirects, patience with an overloaded server.</summary>
internal sealed class RegistrySession(RegistryConnections connections, EndpointResolver resolver, RegistryEndpoint endpoint,
    RegistryCredentials? credentials, string scope, int attempts, TimeProvider clock)
{
    private const int MaxRedirects = 10;
    private const int MaxAuthRounds = 3;
    private const int MaxPatience = 4;
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan HeaderTimeout = TimeSpan.FromMinutes(5);

    public RegistryEndpoint Endpoint => endpoint;

    public RegistryAuthenticator Authenticator { get; } = new(connections, resolver, endpoint, endpoint.IsMirror ? null : credentials, scope, clock);

    /// <summary>Sends what <paramref name="make"/> makes, as often as it takes: the answer may be a refusal, which is the caller's to read.</summary>
    /// <exception cref="WharfException">Unavailable when the registry cannot be reached; Unauthorized when it wants what we do not have.</exception>
    public async Task<HttpResponseMessage> SendAsync(Func<HttpRequestMessage> make, CancellationToken ct, bool patient = true)
    {
        for (int attempt = 0; ; attempt++)
        {
            HttpResponseMessage response = await SendOnceAsync(make, ct).ConfigureAwait(false);
            bool overloaded = response.StatusCode is HttpStatusCode.TooManyRequests || (int)response.StatusCode >= 500;
            if (!patient || !overloaded || attempt + 1 >= MaxPatience || response.StatusCode == HttpStatusCode.NotImplemented)
            {
                return response;
            }

            TimeSpan wait = WaitOf(response, attempt);
            if (wait > LongestWait)
            {
                return response;
            }

            response.Dispose();
            await Task.Delay(wait, clock, ct).ConfigureAwait(false);
        }
    }

    /// <summary>Finds out whether the registry is at this address at all. A push asks first: its layers are tried again for a while before they give up.</summary>
    public async Task GreetAsync(CancellationToken ct)
    {
        using HttpResponseMessage response = await SendAsync(() => new HttpRequestMessage(HttpMethod.Get, endpoint.Url("")), ct, patient: false).ConfigureAwait(false);
    }

    /// <summary>
    /// Does anew what had its connection cut in the midst of it, as layers are fetched and sent anew; for small things that can be asked for twice.
    /// A registry that cannot be reached at all is the router's affair.
    /// </summary>
    public async Task<T> PersistAsync<T>(Func<Task<T>> act, CancellationToken ct)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return await act().ConfigureAwait(false);
            }
            catch (WharfException e) when (attempt < attempts && ConnectionErrors.IsBroken(e))
            {
                await Task.Delay(WaitOf(null, attempt - 1), clock, ct).ConfigureAwait(false);
            }
        }
    }

    /// <summary>What the server asks for, else half a second, doubled with each attempt, with some jitter.</summary>
    internal static TimeSpan WaitOf(HttpResponseMessage? response, int attempt) => response?.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when date > DateTimeOffset.UtcNow => date - DateTimeOffset.UtcNow,
        _ => TimeSpan.FromMilliseconds(500 * (1 << Math.Min(attempt, 6)) * (0.75 + (Random.Shared.NextDouble() / 2))),
    };

    private async Task<HttpResponseMessage> SendOnceAsync(Func<HttpRequestMessage> make, CancellationToken ct)
    {
        for (int round = 0; ; round++)
        {
            AuthenticationHeaderValue? header = Authenticator.Header;
            HttpRequestMessage request = make();
            request.Headers.Authorization = SameHost(request.RequestUri!, endpoint.Address) ? header : null;
            HttpResponseMessage response = await FollowAsync(request, make, ct).ConfigureAwait(false);
            if (response.StatusCode != HttpStatusCode.Unauthorized || round + 1 >= MaxAuthRounds)
            {
                return response;
            }

            if (!await Authenticator.AnswerAsync(response, header, request.RequestUri!, ct).ConfigureAwait(false))
            {
                return response;
            }

            response.Dispose();
        }
    }

    private async Task<HttpResponseMessage> FollowAsync(HttpRequestMessage request, Func<HttpRequestMessage> make, CancellationToken ct)
    {
        bool skipVerify = endpoint.SkipVerify;
        for (int hop = 0; ; hop++)
        {
            Uri url = request.RequestUri!;
            HttpResponseMessage response = await DeliverAsync(request, skipVerify, ct).ConfigureAwait(false);
            if (response.StatusCode is not (HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
                or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect) || response.Headers.Location is not { } location)
            {
                return response;
            }

            response.Dispose();
            Uri next = location.IsAbsoluteUri ? location : new Uri(url, location);
            bool insecure = await resolver.IsInsecureAsync(next.Authority, next.Host, ct).ConfigureAwait(false);
            if (hop >= MaxRedirects || next.Scheme is not ("http" or "https") || next.UserInfo.Length > 0
                || (next.Scheme == "http" && url.Scheme == "https" && !insecure))
            {
                throw WharfException.Unavailable($"refused to follow the redirect of {url.Authority} to {next.Scheme}://{next.Authority}");
            }

            // Another host gets what it needs to serve the bytes, and nothing that proves who we are.
            AuthenticationHeaderValue? authorization = SameHost(next, endpoint.Address) ? request.Headers.Authorization : null;
            request = make();
            request.RequestUri = next;
            request.Headers.Authorization = authorization;
            skipVerify = insecure;
        }
    }

    private async Task<HttpResponseMessage> DeliverAsync(HttpRequestMessage request, bool skipVerify, CancellationToken ct)
    {
        request.Headers.TryAddWithoutValidation("User-Agent", connections.UserAgent);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(ct);
        timeout.CancelAfter(HeaderTimeout);
        if (request.Content is UploadContent upload)
        {
            upload.Activity = () => timeout.CancelAfter(HeaderTimeout);
        }

        try
        {
            return await connections.For(request.RequestUri!, skipVerify).SendAsync(request, timeout.Token).ConfigureAwait(false);
        }
        catch (HttpRequestException e)
        {
            throw ConnectionErrors.Of(request.Method.Method, request.RequestUri!, e);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw ConnectionErrors.Of(request.Method.Method, request.RequestUri!, e);
        }
    }

    private static bool SameHost(Uri a, Uri b) => a.Scheme == b.Scheme && a.Authority.Equals(b.Authority, StringComparison.OrdinalIgnoreCase);
}

/// <summary>Remembers which insecure hosts spoke clear text, so that TLS is not tried on them again and again.</summary>
internal sealed class ClearTextHosts
{
    private readonly ConcurrentDictionary<string, bool> _hosts = new(StringComparer.OrdinalIgnoreCase);

    public bool Contains(string hostAndPort) => _hosts.ContainsKey(hostAndPort);

    public void Add(string hostAndPort) => _hosts[hostAndPort] = true;

    public void Remove(string hostAndPort) => _hosts.TryRemove(hostAndPort, out _);
}
