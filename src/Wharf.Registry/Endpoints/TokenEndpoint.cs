using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Wharf.Registry.Access;
using Wharf.Registry.Http;

namespace Wharf.Registry.Endpoints;

/// <summary>
/// The registry's own token server: <c>GET /token</c> with a password (distribution token authentication specification) and <c>POST /token</c> with a
/// password or refresh token (its OAuth2 variant). A token gives what was asked for and the rules allow, no more.
/// </summary>
internal sealed class TokenEndpoint(PasswordChecker passwords, AccessRules rules, TokenIssuer issuer, TokenVerifier refreshTokens, string service, TimeProvider clock)
{
    private const int MaxForm = 64 * 1024;
    private const int MaxScopes = 100;

    public Task HandleAsync(RegistryCall call) => call.Method switch
    {
        "GET" => GetAsync(call),
        "POST" => PostAsync(call),
        _ => throw RegistryFault.Unsupported(),
    };

    private async Task GetAsync(RegistryCall call)
    {
        CheckService(call.Query("service"));
        string user = "";
        if (PasswordChecker.Of(call.Request) is { } given)
        {
            user = await LoginAsync(given.User, given.Password, call.Ct);
        }
        else if (call.Request.Headers.Authorization.Count > 0)
        {
            throw RegistryFault.Unauthorized("authentication required");
        }

        bool offline = call.Query("offline_token") == "true" && user.Length > 0;
        await AnswerAsync(call, user, Scopes(call.Request.Query["scope"]), offline ? issuer.Refresh(user, passwords.HashOf(user)!) : null);
    }

    private async Task PostAsync(RegistryCall call)
    {
        Dictionary<string, StringValues> form = await ReadFormAsync(call);
        string Field(string name) => form.TryGetValue(name, out StringValues values) ? values[0] ?? "" : "";
        CheckService(Field("service"));
        string user;
        switch (Field("grant_type"))
        {
            case "password":
                user = await LoginAsync(Field("username"), Field("password"), call.Ct);
                break;
            case "refresh_token":
                TokenClaims? claims = refreshTokens.Verify(Field("refresh_token"));
                string? hash = claims is null ? null : passwords.HashOf(claims.Subject);
                user = hash is not null && claims!.Fingerprint == TokenIssuer.Fingerprint(hash) ? claims.Subject : throw RegistryFault.Unauthorized("authentication required");
                break;
            case var other:
                throw new RegistryFault(400, "UNSUPPORTED", $"grant_type \"{other}\" is not supported (password and refresh_token are)");
        }

        bool offline = Field("access_type") == "offline";
        await AnswerAsync(call, user, Scopes(form.GetValueOrDefault("scope")), offline ? issuer.Refresh(user, passwords.HashOf(user)!) : null);
    }

    private async Task<string> LoginAsync(string user, string password, CancellationToken ct) =>
        await passwords.IsRightAsync(user, password, ct) ? user : throw RegistryFault.Unauthorized("authentication required");

    private void CheckService(string? asked)
    {
        if (!string.IsNullOrEmpty(asked) && asked != service)
        {
            throw new RegistryFault(400, "UNSUPPORTED", $"this server gives tokens for the service \"{service}\" only");
        }
    }

    private static IEnumerable<TokenGrant> Scopes(StringValues given) =>
        given.SelectMany(s => (s ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries)).Take(MaxScopes).Select(TokenGrant.Parse).OfType<TokenGrant>();

    private Task AnswerAsync(RegistryCall call, string user, IEnumerable<TokenGrant> asked, string? refresh)
    {
        List<TokenGrant> granted = [.. asked.Select(g => g with { Actions = Allowed(user, g) }).Where(g => g.Actions.Count > 0)];
        string token = issuer.Access(user, granted);
        var body = new JsonObject
        {
            ["token"] = token,
            ["access_token"] = token,
            ["expires_in"] = (int)issuer.Life.TotalSeconds,
            ["issued_at"] = clock.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'"),
            ["scope"] = string.Join(' ', granted),
        };
        if (refresh is not null)
        {
            body["refresh_token"] = refresh;
        }

        call.Response.Headers.CacheControl = "no-store";
        return call.BytesAsync(StatusCodes.Status200OK, "application/json; charset=utf-8", Encoding.UTF8.GetBytes(body.ToJsonString()));
    }

    private List<string> Allowed(string user, TokenGrant asked) => asked.Type switch
    {
        "repository" => [.. Expand(asked.Actions).Where(a => rules.Allows(user, asked.Name, a)).Distinct()],
        "registry" when asked.Name == "catalog" && rules.MayList(user) => ["*"],
        _ => [],
    };

    private static IEnumerable<string> Expand(IReadOnlyList<string> actions) =>
        actions.Contains("*") ? [Actions.Pull, Actions.Push, Actions.Delete] : actions.Where(a => a is Actions.Pull or Actions.Push or Actions.Delete);

    private static async Task<Dictionary<string, StringValues>> ReadFormAsync(RegistryCall call)
    {
        using var content = new MemoryStream();
        byte[] buffer = new byte[8 * 1024];
        int count;
        while ((count = await call.Request.Body.ReadAsync(buffer, call.Ct)) > 0)
        {
            content.Write(buffer, 0, count);
            if (content.Length > MaxForm)
            {
                throw RegistryFault.SizeInvalid($"the form is larger than {MaxForm} bytes");
            }
        }

        return Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(Encoding.UTF8.GetString(content.ToArray()));
    }
}
