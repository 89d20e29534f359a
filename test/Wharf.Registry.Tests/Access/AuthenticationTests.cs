using System.Net;
using System.Text;
using Wharf.Primitives;
using Wharf.Registry.Access;
using Wharf.Registry.Settings;
using Wharf.Registry.Tests.Hosting;
using static Wharf.Registry.Tests.Hosting.TestRegistry;

namespace Wharf.Registry.Tests.Access;

public sealed class AuthenticationTests : IDisposable
{
    private const string Rules = """
        { "rules": [
          { "users": ["anonymous", "*"], "repositories": ["public/**"], "actions": ["pull"] },
          { "users": ["bob"], "repositories": ["bob/**"], "actions": ["pull", "push"] },
          { "users": ["admin"], "repositories": ["**"], "actions": ["*"], "catalog": true } ] }
        """;

    private readonly string _folder = NewFolder();

    public AuthenticationTests()
    {
        File.WriteAllText(Path.Combine(_folder, "users"), $"bob:{Bcrypt.Hash("secret", 4)}\nadmin:{Bcrypt.Hash("root", 4)}\n");
        File.WriteAllText(Path.Combine(_folder, "rules"), Rules);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Password_OpensWhatTheRulesGive()
    {
        await using TestRegistry registry = await StartAsync(o => o with { Passwords = Passwords(tokens: false) });
        using HttpResponseMessage ping = await registry.SendAsync("GET", "/v2/");
        Assert.Equal((HttpStatusCode.Unauthorized, "Basic realm=\"Registry Realm\""), (ping.StatusCode, Header(ping, "WWW-Authenticate")));
        Assert.Equal(HttpStatusCode.OK, (await registry.SendAsync("GET", "/v2/", null, null, Basic("bob", "secret"))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await registry.SendAsync("GET", "/v2/", null, null, Basic("bob", "secret"))).StatusCode);
        await FailsAsync(await registry.SendAsync("GET", "/v2/", null, null, Basic("bob", "wrong")), HttpStatusCode.Unauthorized, "UNAUTHORIZED");
        await FailsAsync(await registry.SendAsync("GET", "/v2/", null, null, Basic("eve", "secret")), HttpStatusCode.Unauthorized, "UNAUTHORIZED");
        await FailsAsync(await registry.SendAsync("GET", "/v2/", null, null, ("Authorization", "Basic !!")), HttpStatusCode.Unauthorized, "UNAUTHORIZED");
        Assert.Equal(HttpStatusCode.Accepted, (await registry.SendAsync("POST", "/v2/bob/app/blobs/uploads/", null, null, Basic("bob", "secret"))).StatusCode);
        await FailsAsync(await registry.SendAsync("POST", "/v2/public/app/blobs/uploads/", null, null, Basic("bob", "secret")), HttpStatusCode.Forbidden, "DENIED");
        await FailsAsync(await registry.SendAsync("GET", "/v2/public/app/tags/list"), HttpStatusCode.NotFound, "NAME_UNKNOWN");
        await FailsAsync(await registry.SendAsync("GET", "/v2/bob/app/tags/list"), HttpStatusCode.Unauthorized, "UNAUTHORIZED");
        await FailsAsync(await registry.SendAsync("DELETE", $"/v2/bob/app/blobs/{Digest.Sha256("x"u8)}", null, null, Basic("bob", "secret")), HttpStatusCode.Forbidden, "DENIED");
    }

    [Fact]
    [Trait("attack", "reg-cross-mount-authz")]
    public async Task Mount_FromARepositoryOneMayNotRead_TellsNothing()
    {
        await using TestRegistry registry = await StartAsync(o => o with { Passwords = Passwords(tokens: false) });
        byte[] content = "hidden"u8.ToArray();
        Digest digest = DigestOf(content);
        await registry.SendAsync("POST", $"/v2/admin/x/blobs/uploads/?digest={digest}", content, null, Basic("admin", "root"));
        using HttpResponseMessage there = await registry.SendAsync("POST", $"/v2/bob/app/blobs/uploads/?mount={digest}&from=admin/x", null, null, Basic("bob", "secret"));
        using HttpResponseMessage absent = await registry.SendAsync("POST", $"/v2/bob/app/blobs/uploads/?mount={Digest.Sha256("no"u8)}&from=admin/x", null, null, Basic("bob", "secret"));
        using HttpResponseMessage anywhere = await registry.SendAsync("POST", $"/v2/bob/app/blobs/uploads/?mount={digest}", null, null, Basic("bob", "secret"));
        Assert.Equal((HttpStatusCode.Accepted, HttpStatusCode.Accepted, HttpStatusCode.Accepted), (there.StatusCode, absent.StatusCode, anywhere.StatusCode));
        await FailsAsync(await registry.SendAsync("GET", $"/v2/bob/app/blobs/{digest}", null, null, Basic("bob", "secret")), HttpStatusCode.NotFound, "BLOB_UNKNOWN");
        using HttpResponseMessage byAdmin = await registry.SendAsync("POST", $"/v2/bob/app/blobs/uploads/?mount={digest}&from=admin/x", null, null, Basic("admin", "root"));
        Assert.Equal(HttpStatusCode.Created, byAdmin.StatusCode);
    }

    [Fact]
    public async Task Catalog_ShowsWhatOneMayRead()
    {
        string root = NewFolder();
        await using (TestRegistry open = await StartAsync(root: root))
        {
            await open.PushImageAsync("public/a", "1");
            await open.PushImageAsync("bob/b", "1");
            await open.PushImageAsync("secret/c", "1");
        }

        await using (TestRegistry registry = await StartAsync(o => o with { Passwords = Passwords(tokens: false) }, root))
        {
            Assert.Equal("""["bob/b","public/a"]""", (await JsonOf(await registry.SendAsync("GET", "/v2/_catalog", null, null, Basic("bob", "secret"))))["repositories"]!.ToJsonString());
            Assert.Equal("""["bob/b","public/a","secret/c"]""", (await JsonOf(await registry.SendAsync("GET", "/v2/_catalog", null, null, Basic("admin", "root"))))["repositories"]!.ToJsonString());
            await FailsAsync(await registry.SendAsync("GET", "/v2/_catalog"), HttpStatusCode.Unauthorized, "UNAUTHORIZED");
        }

        Directory.Delete(root, recursive: true);
    }

    [Fact]
    [Trait("attack", "reg-token-scope")]
    public async Task Token_GivesWhatWasAskedForAndIsAllowed()
    {
        await using TestRegistry registry = await StartAsync(o => o with { Passwords = Passwords(tokens: true) });
        using HttpResponseMessage refused = await registry.SendAsync("POST", "/v2/bob/app/blobs/uploads/");
        string challenge = Header(refused, "WWW-Authenticate");
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Contains("/token\",service=\"registry\",scope=\"repository:bob/app:pull,push\"", challenge);

        string token = await TokenAsync(registry, "repository:bob/app:pull,push,delete&scope=repository:admin/x:pull", "bob", "secret");
        Assert.Equal(HttpStatusCode.Accepted, (await registry.SendAsync("POST", "/v2/bob/app/blobs/uploads/", null, null, Bearer(token))).StatusCode);
        using HttpResponseMessage wider = await registry.SendAsync("GET", "/v2/admin/x/tags/list", null, null, Bearer(token));
        Assert.Equal(HttpStatusCode.Unauthorized, wider.StatusCode);
        Assert.Contains("error=\"insufficient_scope\"", Header(wider, "WWW-Authenticate"));
        Assert.Equal(HttpStatusCode.Unauthorized, (await registry.SendAsync("DELETE", $"/v2/bob/app/blobs/{Digest.Sha256("x"u8)}", null, null, Bearer(token))).StatusCode);

        string pullOnly = await TokenAsync(registry, "repository:bob/app:pull", "bob", "secret");
        Assert.Equal(HttpStatusCode.Unauthorized, (await registry.SendAsync("POST", "/v2/bob/app/blobs/uploads/", null, null, Bearer(pullOnly))).StatusCode);
        string anonymous = await TokenAsync(registry, "repository:public/a:pull,push", null, null);
        Assert.Equal(HttpStatusCode.NotFound, (await registry.SendAsync("GET", "/v2/public/a/tags/list", null, null, Bearer(anonymous))).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await registry.SendAsync("POST", "/v2/public/a/blobs/uploads/", null, null, Bearer(anonymous))).StatusCode);
        await FailsAsync(await registry.SendAsync("GET", "/token?scope=x", null, null, Basic("bob", "no")), HttpStatusCode.Unauthorized, "UNAUTHORIZED");
    }

    [Fact]
    [Trait("attack", "reg-cross-mount-authz")]
    public async Task Mount_WithATokenForOneRepository_IsAnUpload()
    {
        await using TestRegistry registry = await StartAsync(o => o with { Passwords = Passwords(tokens: true) });
        byte[] content = "layer"u8.ToArray();
        string admin = await TokenAsync(registry, "repository:admin/x:pull,push", "admin", "root");
        await registry.SendAsync("POST", $"/v2/admin/x/blobs/uploads/?digest={DigestOf(content)}", content, null, Bearer(admin));
        string one = await TokenAsync(registry, "repository:admin/y:pull,push", "admin", "root");
        string both = await TokenAsync(registry, "repository:admin/y:pull,push&scope=repository:admin/x:pull", "admin", "root");
        string path = $"/v2/admin/y/blobs/uploads/?mount={DigestOf(content)}&from=admin/x";
        Assert.Equal(HttpStatusCode.Accepted, (await registry.SendAsync("POST", path, null, null, Bearer(one))).StatusCode);
        Assert.Equal(HttpStatusCode.Created, (await registry.SendAsync("POST", path, null, null, Bearer(both))).StatusCode);
    }

    [Fact]
    public async Task RefreshToken_OpensUntilThePasswordChanges()
    {
        await using TestRegistry registry = await StartAsync(o => o with { Passwords = Passwords(tokens: true) });
        byte[] form = Encoding.ASCII.GetBytes("grant_type=password&service=registry&access_type=offline&username=bob&password=secret&scope=repository:bob/app:pull");
        using HttpResponseMessage login = await registry.SendAsync("POST", "/token", form, "application/x-www-form-urlencoded");
        string refresh = (string)(await JsonOf(login))["refresh_token"]!;
        byte[] again = Encoding.ASCII.GetBytes($"grant_type=refresh_token&service=registry&refresh_token={refresh}&scope=repository:bob/app:push");
        using HttpResponseMessage renewed = await registry.SendAsync("POST", "/token", again, "application/x-www-form-urlencoded");
        string token = (string)(await JsonOf(renewed))["access_token"]!;
        Assert.Equal(HttpStatusCode.Accepted, (await registry.SendAsync("POST", "/v2/bob/app/blobs/uploads/", null, null, Bearer(token))).StatusCode);

        // A refresh token is no access token.
        Assert.Equal(HttpStatusCode.Unauthorized, (await registry.SendAsync("GET", "/v2/", null, null, Bearer(refresh))).StatusCode);
        File.WriteAllText(Path.Combine(_folder, "users"), $"bob:{Bcrypt.Hash("changed", 5)}\n\n");
        await FailsAsync(await registry.SendAsync("POST", "/token", again, "application/x-www-form-urlencoded"), HttpStatusCode.Unauthorized, "UNAUTHORIZED");
    }

    private static (string, string) Basic(string user, string password) =>
        ("Authorization", "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));

    private static (string, string) Bearer(string token) => ("Authorization", "Bearer " + token);

    private static async Task<string> TokenAsync(TestRegistry registry, string scopes, string? user, string? password)
    {
        (string, string)[] headers = user is null ? [] : [Basic(user, password!)];
        using HttpResponseMessage response = await registry.SendAsync("GET", $"/token?service=registry&scope={scopes}", null, null, headers);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return (string)(await JsonOf(response))["token"]!;
    }

    private PasswordOptions Passwords(bool tokens) =>
        new(Path.Combine(_folder, "users"), "Registry Realm", Path.Combine(_folder, "rules"), tokens, TimeSpan.FromMinutes(5), "registry");
}
