using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Wharf.Images.Layers;
using Wharf.Images.Transfers;
using Wharf.Oci.Distribution;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Images.Registries;

/// <summary>
/// Answers the challenges of one registry for one repository: basic, or bearer tokens from the server it names (distribution token
/// authentication specification; OAuth2 for refresh tokens). Credentials go to the registry and that server only, never over clear text to
/// a host that is not allowed to be insecure.
/// </summary>
internal sealed class RegistryAuthenticator(RegistryConnections connections, EndpointResolver resolver, RegistryEndpoint endpoint,
    RegistryCredentials? credentials, string scope, TimeProvider clock)
{
    private const int MaxTokenBody = 1024 * 1024;
    private readonly KeyedLocks<string> _refresh = new();
    private readonly HashSet<string> _scopes = scope.Length > 0 ? [scope] : [];
    private volatile AuthenticationHeaderValue? _header = credentials is { RegistryToken.Length: > 0 } ? new("Bearer", credentials.RegistryToken) : null;
    private DateTimeOffset _expires = DateTimeOffset.MaxValue;

    /// <summary>True while nobody asked for credentials, or there are none to show.</summary>
    public bool IsAnonymous => _header is null || credentials is null or { Username.Length: 0, IdentityToken.Length: 0, RegistryToken.Length: 0 };

    /// <summary>The refresh token that the token server gave at login.</summary>
    public string IdentityToken { get; private set; } = "";

    /// <summary>The header to send, if one is known to be wanted and still good.</summary>
    public AuthenticationHeaderValue? Header => clock.GetUtcNow() < _expires ? _header : null;

    /// <summary>A further scope: the source of a cross-repository mount.</summary>
    public void AddScope(string more)
    {
        lock (_scopes)
        {
            if (_scopes.Add(more) && _header?.Scheme == "Bearer" && credentials is not { RegistryToken.Length: > 0 })
            {
                _header = null;
            }
        }
    }

    /// <summary>Prepares the answer to a 401; false when there is none, or the same was refused already.</summary>
    public async Task<bool> AnswerAsync(HttpResponseMessage refused, AuthenticationHeaderValue? sent, Uri url, CancellationToken ct)
    {
        IReadOnlyList<AuthChallenge> challenges = AuthChallenge.Parse(refused.Headers.NonValidated.TryGetValues("WWW-Authenticate", out HeaderStringValues values) ? values : []);
        using (await _refresh.AcquireAsync("", ct).ConfigureAwait(false))
        {
            if (Header is { } newer && !newer.Equals(sent))
            {
                return true;
            }

            if (credentials is { RegistryToken.Length: > 0 })
            {
                return false;
            }

            if (challenges.FirstOrDefault(c => c.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase)) is { } bearer)
            {
                if (sent is not null && Header is not null && bearer["error"] is "insufficient_scope" or "invalid_token" && !HasNewScope(bearer))
                {
                    return false;
                }

                if (bearer["scope"] is { Length: > 0 } wanted)
                {
                    lock (_scopes)
                    {
                        _scopes.Add(wanted);
                    }
                }

                bool first = sent?.Scheme != "Bearer" || Header is null;
                await FetchTokenAsync(bearer, ct).ConfigureAwait(false);
                return first || !_header!.Equals(sent);
            }

            if (challenges.Any(c => c.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase)) && sent is null)
            {
                if (credentials is not { Username.Length: > 0 })
                {
                    throw WharfException.Unauthorized($"{refused.RequestMessage?.Method.Method switch { "HEAD" => "Head", "GET" => "Get", "POST" => "Post", var m => m }} \"{url}\": no basic auth credentials");
                }

                _header = Basic(credentials);
                return true;
            }

            return false;
        }
    }

    private bool HasNewScope(AuthChallenge bearer)
    {
        lock (_scopes)
        {
            return bearer["scope"] is { Length: > 0 } wanted && !_scopes.Contains(wanted);
        }
    }

    private async Task FetchTokenAsync(AuthChallenge bearer, CancellationToken ct)
    {
        if (!Uri.TryCreate(bearer["realm"], UriKind.Absolute, out Uri? realm) || realm.Scheme is not ("http" or "https") || realm.UserInfo.Length > 0)
        {
            throw WharfException.Unauthorized($"registry {endpoint.HostAndPort} names no usable token server");
        }

        bool insecure = await resolver.IsInsecureAsync(realm.Authority, realm.Host, ct).ConfigureAwait(false);
        if (realm.Scheme == "http" && !insecure)
        {
            throw WharfException.Unauthorized($"registry {endpoint.HostAndPort} names the token server {realm.Scheme}://{realm.Authority}: credentials are not sent in clear text");
        }

        bool refreshable = credentials is { IdentityToken.Length: > 0 };
        using HttpRequestMessage request = refreshable ? ByRefreshToken(realm, bearer) : ByPassword(realm, bearer);
        request.Headers.TryAddWithoutValidation("User-Agent", connections.UserAgent);
        HttpResponseMessage response;
        try
        {
            response = await connections.For(realm, insecure).SendAsync(request, ct).ConfigureAwait(false);
        }
        catch (HttpRequestException e)
        {
            throw ConnectionErrors.Of(request.Method.Method, realm, e);
        }

        using (response)
        {
            if (!response.IsSuccessStatusCode)
            {
                RegistryFailure failure = await RegistryFailure.ReadAsync(response, ct).ConfigureAwait(false);
                throw failure.Status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden
                    ? WharfException.Unauthorized(failure.Code is null ? "unauthorized: incorrect username or password" : failure.Text)
                    : failure.ToException($"Get \"{realm}\"");
            }

            TokenResponse token = await ReadTokenAsync(response, ct).ConfigureAwait(false);
            string value = token.Token is { Length: > 0 } t ? t : token.AccessToken ?? "";
            if (value.Length == 0)
            {
                throw WharfException.Unauthorized("authorization server did not include a token in the response");
            }

            IdentityToken = token.RefreshToken ?? IdentityToken;
            _expires = clock.GetUtcNow() + TimeSpan.FromSeconds(Math.Clamp((token.ExpiresIn ?? 60) - 5, 5, 24 * 3600));
            _header = new AuthenticationHeaderValue("Bearer", value);
        }
    }

    private HttpRequestMessage ByPassword(Uri realm, AuthChallenge bearer)
    {
        var query = new StringBuilder(realm.Query.Length > 1 ? realm.Query : "?");
        Append(query, "service", bearer["service"]);
        foreach (string one in Scopes())
        {
            Append(query, "scope", one);
        }

        if (credentials is { Username.Length: > 0 })
        {
            Append(query, "account", credentials.Username);
            Append(query, "client_id", "docker");
            Append(query, "offline_token", "true");
        }

        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(realm.GetLeftPart(UriPartial.Path) + query));
        if (credentials is { Username.Length: > 0 })
        {
            request.Headers.Authorization = Basic(credentials);
        }

        return request;
    }

    private HttpRequestMessage ByRefreshToken(Uri realm, AuthChallenge bearer) => new(HttpMethod.Post, realm)
    {
        Content = new FormUrlEncodedContent(
        [
            new("grant_type", "refresh_token"),
            new("refresh_token", credentials!.IdentityToken),
            new("service", bearer["service"] ?? ""),
            new("client_id", "docker"),
            new("scope", string.Join(' ', Scopes())),
        ]),
    };

    private string[] Scopes()
    {
        lock (_scopes)
        {
            return [.. _scopes.Order(StringComparer.Ordinal)];
        }
    }

    private static async Task<TokenResponse> ReadTokenAsync(HttpResponseMessage response, CancellationToken ct)
    {
        try
        {
            await using Stream body = await response.Content.ReadAsStreamAsync(ct).ConfigureAwait(false);
            var buffer = new byte[MaxTokenBody];
            int read = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, ct).ConfigureAwait(false);
            return JsonSerializer.Deserialize(buffer.AsSpan(0, read), OciImageJson.TokenResponse) ?? new TokenResponse();
        }
        catch (JsonException e)
        {
            throw WharfException.Unauthorized($"unable to decode token response: {JsonMistake.Of(e)}");
        }
    }

    private static void Append(StringBuilder query, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            query.Append(query.Length > 1 ? "&" : "").Append(name).Append('=').Append(Uri.EscapeDataString(value));
        }
    }

    private static AuthenticationHeaderValue Basic(RegistryCredentials c) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{c.Username}:{c.Password}")));
}
