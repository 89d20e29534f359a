using System.Text;
using System.Text.Json;
using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Registry;
using Wharf.Client.Http;
using Wharf.Client.Transports;
using Wharf.Oci.Distribution;
using Wharf.Primitives;

namespace Wharf.Cli.Manifests;

/// <summary>
/// A registry as the client itself speaks to it, without an engine. Passwords go to the registry and the token server it names, and there only over TLS
/// or where the user said <c>--insecure</c>.
/// </summary>
internal sealed class RegistrySession : IDisposable
{
    private const string DockerHub = "registry-1.docker.io";
    private const int HttpsPort = 443;
    private const int HttpPort = 80;

    private readonly CliContext _cli;
    private readonly string _domain;
    private readonly bool _insecure;
    private readonly List<(WebClient Client, bool Encrypted)> _candidates = [];
    private readonly Dictionary<string, string> _authorizations = [];
    private (WebClient Client, bool Encrypted)? _chosen;

    public RegistrySession(CliContext cli, string domain, bool insecure)
    {
        (_cli, _domain, _insecure) = (cli, domain, insecure);
        string host = domain == ImageReference.DefaultDomain ? DockerHub : domain;
        _candidates.Add((Client("https", host, insecure), true));
        if (insecure)
        {
            _candidates.Add((Client("http", host, insecure), false));
        }
    }

    /// <param name="method">HTTP method.</param>
    /// <param name="path">Below <c>/v2/</c>.</param>
    /// <param name="scopes">What a token must allow.</param>
    /// <param name="body">What to send.</param>
    /// <param name="ct">Gives up.</param>
    /// <param name="headers">Further headers.</param>
    /// <exception cref="WharfException">Unavailable: the registry cannot be reached.</exception>
    public async Task<(ResponseHead Head, byte[] Body)> SendAsync(string method, string path, string[] scopes, RequestBody? body, CancellationToken ct,
        params KeyValuePair<string, string>[] headers)
    {
        WebClient client = await ChooseAsync(ct);
        string scope = string.Join(' ', scopes);
        for (int attempt = 0; ; attempt++)
        {
            KeyValuePair<string, string>[] all = _authorizations.TryGetValue(scope, out string? authorization) ? [.. headers, new("Authorization", authorization)] : headers;
            (ResponseHead head, byte[] content) = await client.SendAsync(method, "/v2/" + path, body, ct, all);
            if (head.Status != 401 || attempt > 0 || head["WWW-Authenticate"] is not { } challenge)
            {
                return (head, content);
            }

            if (await AnswerAsync(AuthChallenge.Parse([challenge]), scopes, ct) is not { } answer)
            {
                return (head, content);
            }

            _authorizations[scope] = answer;
        }
    }

    /// <summary>The registry's words for what went wrong.</summary>
    public static CommandException Error(int status, byte[] body)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(body);
            foreach (JsonElement error in json.RootElement.Items("errors"))
            {
                return new CommandException($"{error.Text("code").ToLowerInvariant().Replace('_', ' ')}: {error.Text("message")}");
            }
        }
        catch (JsonException)
        {
            // not the registry's JSON; its status says enough
        }

        return new CommandException($"received unexpected HTTP status: {status}");
    }

    public void Dispose()
    {
        foreach ((WebClient client, _) in _candidates)
        {
            client.Dispose();
        }
    }

    private async Task<WebClient> ChooseAsync(CancellationToken ct)
    {
        if (_chosen is { } chosen)
        {
            return chosen.Client;
        }

        WharfException? first = null;
        foreach (var candidate in _candidates)
        {
            try
            {
                await candidate.Client.SendAsync("GET", "/v2/", null, ct);
                _chosen = candidate;
                return candidate.Client;
            }
            catch (WharfException e)
            {
                first ??= e;
            }
        }

        throw first!;
    }

    private async Task<string?> AnswerAsync(IReadOnlyList<AuthChallenge> challenges, string[] scopes, CancellationToken ct)
    {
        RegistryAuth auth = new Credentials(_cli.Config).Get(Credentials.KeyOf(_domain));
        string basic = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{auth.User}:{auth.Password}"));
        bool mayTell = _chosen is { Encrypted: true } || _insecure;
        foreach (AuthChallenge challenge in challenges)
        {
            if (challenge.Scheme.Equals("basic", StringComparison.OrdinalIgnoreCase))
            {
                return auth.User.Length > 0 && mayTell ? basic : null;
            }

            if (challenge.Scheme.Equals("bearer", StringComparison.OrdinalIgnoreCase) && Uri.TryCreate(challenge["realm"], UriKind.Absolute, out Uri? realm)
                && realm.Scheme is "http" or "https")
            {
                return await TokenAsync(realm, challenge["service"], scopes, auth, realm.Scheme == "https" || _insecure ? basic : "", ct);
            }
        }

        return null;
    }

    private async Task<string?> TokenAsync(Uri realm, string? service, string[] scopes, RegistryAuth auth, string basic, CancellationToken ct)
    {
        using WebClient client = Client(realm.Scheme, realm.Authority, _insecure);
        ResponseHead head;
        byte[] body;
        if (auth.IdentityToken.Length > 0 && basic.Length > 0)
        {
            var form = new Query { { "grant_type", "refresh_token" }, { "service", service }, { "client_id", "wharf" }, { "refresh_token", auth.IdentityToken }, { "scope", string.Join(' ', scopes) } };
            (head, body) = await client.SendAsync("POST", realm.PathAndQuery, RequestBody.Of(Encoding.ASCII.GetBytes(form.ToString().TrimStart('?')), "application/x-www-form-urlencoded"), ct);
        }
        else
        {
            var query = new Query { { "service", service }, { "scope", scopes }, { "account", auth.User } };
            string target = realm.PathAndQuery + (realm.Query.Length > 1 ? "&" + query.ToString().TrimStart('?') : query.ToString());
            (head, body) = auth.User.Length > 0 && basic.Length > 0
                ? await client.SendAsync("GET", target, null, ct, new KeyValuePair<string, string>("Authorization", basic))
                : await client.SendAsync("GET", target, null, ct);
        }

        if (head.Status != 200)
        {
            throw Error(head.Status, body);
        }

        try
        {
            using JsonDocument json = JsonDocument.Parse(body);
            string token = json.RootElement.Text("token") is { Length: > 0 } text ? text : json.RootElement.Text("access_token");
            return token.Length > 0 ? "Bearer " + token : null;
        }
        catch (JsonException e)
        {
            throw new CommandException($"the token server {realm.Authority} answered with no token: {e.Message}");
        }
    }

    private WebClient Client(string scheme, string authority, bool insecure)
    {
        bool hasPort = authority.LastIndexOf(':') > authority.LastIndexOf(']');
        string folder = Path.Combine("/etc/docker/certs.d", authority);
        string? File(string pattern) => Directory.Exists(folder) ? Directory.EnumerateFiles(folder, pattern).OrderBy(f => f, StringComparer.Ordinal).FirstOrDefault() : null;
        TlsOptions? tls = scheme == "http" ? null : new TlsOptions { Verify = !insecure, CaFile = File("*.crt"), CertificateFile = File("*.cert"), KeyFile = File("*.key") };
        string host = hasPort ? authority : $"{authority}:{(scheme == "http" ? HttpPort : HttpsPort)}";
        return new WebClient(Endpoint.Parse("tcp://" + host, tls), blocking: true, $"Docker-Client/{BuildInfo.Version} (linux)");
    }
}
