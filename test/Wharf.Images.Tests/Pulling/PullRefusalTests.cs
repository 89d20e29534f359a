using System.Text;
using Wharf.Images.Tests.Support;
using Wharf.Images.Transfers;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Images.Tests.Pulling;

public sealed class PullRefusalTests : IDisposable
{
    private readonly FakeRegistry _registry = new();
    private readonly TestImage _image = TestImage.Make([("a", "1")]);

    public void Dispose() => _registry.Dispose();

    [Fact]
    public async Task Pull_UnknownTag_SaysManifestUnknown()
    {
        await using ImageLab lab = await ImageLab.OpenAsync();

        WharfException e = await Assert.ThrowsAsync<WharfException>(() => lab.PullAsync($"{_registry.Host}/app:9"));

        Assert.Equal($"manifest for {_registry.Host}/app:9 not found: manifest unknown: manifest unknown", e.Message);
        Assert.Equal(ErrorKind.NotFound, e.Kind);
    }

    [Theory]
    [InlineData(403, """{"errors":[{"code":"DENIED","message":"requested access to the resource is denied"}]}""", "pull access denied for {0}/app, repository does not exist or may require 'docker login': denied: requested access to the resource is denied")]
    [InlineData(401, "", "pull access denied for {0}/app, repository does not exist or may require 'docker login': unauthorized: authentication required")]
    [InlineData(404, """{"errors":[{"code":"NAME_UNKNOWN","message":"repository name not known to registry"}]}""", "repository {0}/app not found: name unknown: repository name not known to registry")]
    [InlineData(418, "", "received unexpected HTTP status: 418")]
    public async Task Pull_Refused_GivesDockersText(int status, string body, string text)
    {
        await using ImageLab lab = await ImageLab.OpenAsync();
        _registry.Intercept = context =>
        {
            FakeRegistry.Answer(context, status, body);
            return true;
        };

        WharfException e = await Assert.ThrowsAsync<WharfException>(() => lab.PullAsync($"{_registry.Host}/app:1"));
        Assert.Contains(string.Format(text, _registry.Host), e.Message);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    public async Task Pull_Overloaded_WaitsAsAskedAndSucceeds(int status)
    {
        await using ImageLab lab = await ImageLab.OpenAsync();
        _registry.Add("app", "latest", _image);
        int refused = 0;
        _registry.Intercept = context =>
        {
            if (refused++ >= 2)
            {
                return false;
            }

            FakeRegistry.Answer(context, status, "", ("Retry-After", "0"));
            return true;
        };

        await lab.PullAsync($"{_registry.Host}/app");
        Assert.Equal(_image.Id, lab.Service.Resolve($"{_registry.Host}/app"));
    }

    [Fact]
    public async Task Pull_NobodyThere_SaysConnectionRefused()
    {
        await using ImageLab lab = await ImageLab.OpenAsync();
        int port = _registry.Port;
        _registry.Dispose();

        WharfException e = await Assert.ThrowsAsync<WharfException>(() => lab.PullAsync($"127.0.0.1:{port}/app"));

        Assert.Contains($"dial tcp 127.0.0.1:{port}: connect: connection refused", e.Message);
        Assert.StartsWith($"Get \"http://127.0.0.1:{port}/v2/", e.Message);
        Assert.Equal(ErrorKind.Unavailable, e.Kind);
    }

    [Fact]
    public async Task Pull_Schema1_IsRefusedWithAdvice()
    {
        await using ImageLab lab = await ImageLab.OpenAsync();
        _registry.AddManifest("old", "latest", MediaTypes.DockerSchema1Signed, """{"schemaVersion":1,"name":"old","tag":"latest","fsLayers":[]}"""u8.ToArray());

        WharfException e = await Assert.ThrowsAsync<WharfException>(() => lab.PullAsync($"{_registry.Host}/old"));
        Assert.Contains("schema 1 support has been removed", e.Message);
    }

    [Theory]
    [Trait("attack", "img-ambiguous-manifest")]
    [InlineData("""{"schemaVersion":2,"mediaType":"M","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"D","size":2},"layers":[],"manifests":[]}""", "ambiguous")]
    [InlineData("""{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","config":{},"layers":[]}""", "was announced as")]
    [InlineData("""{"schemaVersion":2,"layers":[],"layers":[],"config":{}}""", "is there twice")]
    [InlineData("""{"schemaVersion":3,"layers":[],"config":{}}""", "schema version 3")]
    [InlineData("""{"schemaVersion":2,"config":{}}""", "has no \"layers\"")]
    [InlineData("""{"schemaVersion":2,"layers":[{"mediaType":"x","digest":"md5:00","size":1}],"config":{}}""", "invalid")]
    [InlineData("""{"schemaVersion":2,"layers":[],"config":{"mediaType":"application/vnd.oci.empty.v1+json","digest":"D","size":2}}""", "no image that can be run")]
    [InlineData("""{"schemaVersion":2,"layers":[],"config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"D","size":99999999}}""", "at most")]
    [InlineData("""[]""", "not a JSON object")]
    [InlineData("""{"schemaVersion":2,""", "invalid manifest")]
    public async Task Pull_HostileManifest_IsRefused(string manifest, string text)
    {
        await using ImageLab lab = await ImageLab.OpenAsync();
        string content = manifest.Replace("\"M\"", $"\"{MediaTypes.OciManifest}\"").Replace("\"D\"", $"\"{Digest.Sha256("{}"u8)}\"");
        _registry.AddManifest("bad", "latest", MediaTypes.OciManifest, Encoding.UTF8.GetBytes(content));

        WharfException e = await Assert.ThrowsAsync<WharfException>(() => lab.PullAsync($"{_registry.Host}/bad"));

        Assert.Contains(text, e.Message);
        Assert.Equal(ErrorKind.InvalidArgument, e.Kind);
    }

    [Fact]
    public async Task Pull_EndlessManifest_IsBounded()
    {
        await using ImageLab lab = await ImageLab.OpenAsync();
        _registry.AddManifest("huge", "latest", MediaTypes.OciManifest, Encoding.UTF8.GetBytes($"{{\"x\":\"{new string('y', 5_000_000)}\"}}"));

        Assert.Contains("at most", (await Assert.ThrowsAsync<WharfException>(() => lab.PullAsync($"{_registry.Host}/huge"))).Message);
    }

    [Fact]
    public async Task Pull_BasicAuthentication_IsAnsweredOnlyWithCredentials()
    {
        await using ImageLab lab = await ImageLab.OpenAsync();
        _registry.Add("app", "latest", _image);
        string expected = "Basic " + Convert.ToBase64String("me:secret"u8);
        _registry.Intercept = context => RefuseUnless(context, expected, "Basic realm=\"r\"");

        WharfException e = await Assert.ThrowsAsync<WharfException>(() => lab.PullAsync($"{_registry.Host}/app"));
        Assert.Contains("no basic auth credentials", e.Message);
        await lab.PullAsync($"{_registry.Host}/app", r => r with { Credentials = new RegistryCredentials { Username = "me", Password = "secret", ServerAddress = _registry.Host } });

        Assert.Equal(_image.Id, lab.Service.Resolve($"{_registry.Host}/app"));
    }

    [Fact]
    [Trait("attack", "img-foreign-url-creds")]
    public async Task Pull_TokenAuthentication_AsksTheNamedServer()
    {
        await using ImageLab lab = await ImageLab.OpenAsync();
        using var tokens = new FakeRegistry();
        _registry.Add("app", "latest", _image);
        tokens.Intercept = context =>
        {
            bool right = context.Request.Headers["Authorization"] == "Basic " + Convert.ToBase64String("me:secret"u8);
            FakeRegistry.Answer(context, right ? 200 : 401, right ? """{"token":"good","expires_in":300}""" : """{"errors":[{"code":"UNAUTHORIZED","message":"incorrect username or password"}]}""");
            return true;
        };
        _registry.Intercept = context => RefuseUnless(context, "Bearer good", $"Bearer realm=\"http://{tokens.Host}/token\",service=\"srv\",scope=\"repository:app:pull\"");

        await lab.PullAsync($"{_registry.Host}/app", r => r with { Credentials = new RegistryCredentials { Username = "me", Password = "secret" } });

        (string method, string path, _, _) = Assert.Single(tokens.Requests);
        Assert.Equal("GET", method);
        Assert.StartsWith("/token?service=srv&scope=repository%3Aapp%3Apull&account=me", path);
        WharfException e = await Assert.ThrowsAsync<WharfException>(() => lab.PullAsync($"{_registry.Host}/app:2", r => r with { Credentials = new RegistryCredentials { Username = "me", Password = "wrong" } }));
        Assert.Contains("incorrect username or password", e.Message);
    }

    [Fact]
    public async Task Pull_RefreshToken_IsExchanged()
    {
        await using ImageLab lab = await ImageLab.OpenAsync();
        using var tokens = new FakeRegistry();
        _registry.Add("app", "latest", _image);
        string? form = null;
        tokens.Intercept = context =>
        {
            form = new StreamReader(context.Request.InputStream).ReadToEnd();
            FakeRegistry.Answer(context, 200, """{"access_token":"good"}""");
            return true;
        };
        _registry.Intercept = context => RefuseUnless(context, "Bearer good", $"Bearer realm=\"http://{tokens.Host}/token\",service=\"srv\"");

        await lab.PullAsync($"{_registry.Host}/app", r => r with { Credentials = new RegistryCredentials { IdentityToken = "refresh me" } });

        Assert.Contains("grant_type=refresh_token&refresh_token=refresh+me&service=srv", form);
    }

    [Fact]
    [Trait("attack", "img-foreign-url-creds")]
    public async Task Pull_RedirectToAnotherHost_TakesNoCredentialsThere()
    {
        await using ImageLab lab = await ImageLab.OpenAsync();
        using var storage = new FakeRegistry();
        _registry.Add("app", "latest", _image);
        storage.Add("app", "latest", _image);
        string expected = "Basic " + Convert.ToBase64String("me:secret"u8);
        _registry.Intercept = context =>
        {
            if (RefuseUnless(context, expected, "Basic realm=\"r\""))
            {
                return true;
            }

            if (!context.Request.RawUrl!.Contains("/blobs/", StringComparison.Ordinal))
            {
                return false;
            }

            FakeRegistry.Answer(context, 307, "", ("Location", $"http://{storage.Host}{context.Request.RawUrl}"));
            return true;
        };

        await lab.PullAsync($"{_registry.Host}/app", r => r with { Credentials = new RegistryCredentials { Username = "me", Password = "secret" } });

        Assert.NotEmpty(storage.Requests);
        Assert.All(storage.Requests, r => Assert.Null(r.Authorization));
    }

    [Fact]
    [Trait("attack", "img-foreign-url-creds")]
    public async Task Pull_ForeignLayer_TakesNoCredentialsThere()
    {
        await using ImageLab lab = await ImageLab.OpenAsync();
        using var foreign = new FakeRegistry();
        foreign.Add("x", "x", _image);
        string layer = Digest.Sha256(_image.Packed[0]).ToString();
        var manifest = OciImageJson.ReadManifest(_image.Manifest());
        _registry.Blobs[_image.Id.ToString()] = _image.Config;
        _registry.AddManifest("app", "latest", MediaTypes.OciManifest, OciImageJson.Write(manifest with
        {
            Layers = [manifest.Layers[0] with { MediaType = MediaTypes.OciForeignLayerGzip, Urls = ["file:///etc/passwd", $"http://{foreign.Host}/v2/x/blobs/{layer}"] }],
        }));
        string expected = "Basic " + Convert.ToBase64String("me:secret"u8);
        _registry.Intercept = context => RefuseUnless(context, expected, "Basic realm=\"r\"");

        await lab.PullAsync($"{_registry.Host}/app", r => r with { Credentials = new RegistryCredentials { Username = "me", Password = "secret" } });

        Assert.All(foreign.Requests, r => Assert.Null(r.Authorization));
        Assert.Equal(_image.Id, lab.Service.Resolve($"{_registry.Host}/app"));
    }

    [Fact]
    public async Task Pull_Mirror_IsTriedFirstWithoutCredentials()
    {
        using var mirror = new FakeRegistry();
        mirror.Add("team/app", "latest", _image);
        await using ImageLab lab = await ImageLab.OpenAsync(o => o with
        {
            Registries = o.Registries with { PrefixMirrors = new Dictionary<string, IReadOnlyList<string>> { [$"{_registry.Host}/team"] = ["http://127.0.0.1:1", $"http://{mirror.Host}"] } },
        });

        await lab.PullAsync($"{_registry.Host}/team/app", r => r with { Credentials = new RegistryCredentials { Username = "me", Password = "secret" } });

        Assert.Empty(_registry.Requests);
        Assert.All(mirror.Requests, r => Assert.Null(r.Authorization));
        Assert.Equal(_image.Id, lab.Service.Resolve($"{_registry.Host}/team/app"));
    }

    [Fact]
    public async Task Pull_HelloWorldWithoutRegistry_IsTheEmbeddedOne()
    {
        await using ImageLab lab = await ImageLab.OpenAsync(o => o with { Registries = o.Registries with { HttpsProxy = "http://127.0.0.1:1" } });

        ProgressLog log = await lab.PullAsync("hello-world");

        Assert.Equal("Status: Downloaded newer image for hello-world:latest", log.Lines[^1]);
        Assert.Equal(["/hello"], lab.Service.Inspect("hello-world").Config.Config!.Cmd);
    }

    private static bool RefuseUnless(System.Net.HttpListenerContext context, string authorization, string challenge)
    {
        if (context.Request.Headers["Authorization"] == authorization)
        {
            return false;
        }

        FakeRegistry.Answer(context, 401, """{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}""", ("WWW-Authenticate", challenge));
        return true;
    }
}
