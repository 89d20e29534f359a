using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Wharf.Primitives;
using Wharf.Registry.Hosting;
using Wharf.Registry.Settings;

namespace Wharf.Registry.Tests.Hosting;

/// <summary>A whole registry in this process, on a port of its own, and a client of it.</summary>
internal sealed class TestRegistry : IAsyncDisposable
{
    private TestRegistry(RegistryHost host, string root, bool ownsRoot)
    {
        (Host, Root, OwnsRoot) = (host, root, ownsRoot);
        Http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(host.Address), Timeout = TimeSpan.FromSeconds(30) };
    }

    public RegistryHost Host { get; }

    public string Root { get; }

    public HttpClient Http { get; }

    private bool OwnsRoot { get; }

    public static async Task<TestRegistry> StartAsync(Func<RegistryOptions, RegistryOptions>? change = null, string? root = null)
    {
        string folder = root ?? NewFolder();
        var options = new RegistryOptions { Address = "127.0.0.1:0", Root = folder, GcInterval = TimeSpan.Zero, AccessLog = false };
        RegistryHost host = await RegistryHost.StartAsync(change?.Invoke(options) ?? options, NullLoggerFactory.Instance, null, TimeProvider.System, CancellationToken.None);
        return new TestRegistry(host, folder, root is null);
    }

    public static string NewFolder() => Directory.CreateTempSubdirectory("wharf-registry-test-").FullName;

    public static Digest DigestOf(byte[] content) => Digest.Sha256(content);

    public async Task<HttpResponseMessage> SendAsync(string method, string path, byte[]? body = null, string? contentType = null, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), path.StartsWith("http", StringComparison.Ordinal) ? new Uri(path) : new Uri(Http.BaseAddress!, path));
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            if (contentType is not null)
            {
                request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
            }
        }

        foreach ((string name, string value) in headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
            {
                request.Content ??= new ByteArrayContent([]);
                request.Content.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return await Http.SendAsync(request);
    }

    public async Task<Digest> PushBlobAsync(string repository, byte[] content)
    {
        Digest digest = DigestOf(content);
        using HttpResponseMessage response = await SendAsync("POST", $"/v2/{repository}/blobs/uploads/?digest={digest}", content, "application/octet-stream");
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        return digest;
    }

    /// <summary>Pushes an image of one layer.</summary>
    public async Task<(Digest Digest, byte[] Manifest)> PushImageAsync(string repository, string tag, string layer = "layer", string? subject = null, string? artifactType = null)
    {
        byte[] config = Encoding.UTF8.GetBytes($$"""{"architecture":"amd64","os":"linux","x":"{{layer}}"}""");
        byte[] content = Encoding.UTF8.GetBytes(layer);
        Digest configDigest = await PushBlobAsync(repository, config), layerDigest = await PushBlobAsync(repository, content);
        byte[] manifest = Manifest(configDigest, config.Length, layerDigest, content.Length, subject, artifactType);
        using HttpResponseMessage response = await SendAsync("PUT", $"/v2/{repository}/manifests/{tag}", manifest, "application/vnd.oci.image.manifest.v1+json");
        Assert.True(response.StatusCode == HttpStatusCode.Created, await response.Content.ReadAsStringAsync());
        return (DigestOf(manifest), manifest);
    }

    public static byte[] Manifest(Digest config, long configSize, Digest layer, long layerSize, string? subject = null, string? artifactType = null)
    {
        var json = new JsonObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = "application/vnd.oci.image.manifest.v1+json",
            ["config"] = new JsonObject { ["mediaType"] = "application/vnd.oci.image.config.v1+json", ["digest"] = config.ToString(), ["size"] = configSize },
            ["layers"] = new JsonArray(new JsonObject { ["mediaType"] = "application/vnd.oci.image.layer.v1.tar", ["digest"] = layer.ToString(), ["size"] = layerSize }),
        };
        if (artifactType is not null)
        {
            json["artifactType"] = artifactType;
            json["annotations"] = new JsonObject { ["what"] = artifactType };
        }

        if (subject is not null)
        {
            json["subject"] = new JsonObject { ["mediaType"] = "application/vnd.oci.image.manifest.v1+json", ["digest"] = subject, ["size"] = 1 };
        }

        return Encoding.UTF8.GetBytes(json.ToJsonString());
    }

    public static async Task<JsonNode> JsonOf(HttpResponseMessage response) => JsonNode.Parse(await response.Content.ReadAsStringAsync())!;

    public static async Task FailsAsync(HttpResponseMessage response, HttpStatusCode status, string code)
    {
        string body = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == status, $"{(int)response.StatusCode} {body}");
        Assert.Equal(code, (string?)JsonNode.Parse(body)!["errors"]![0]!["code"]);
    }

    public static string Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out IEnumerable<string>? values) || response.Content.Headers.TryGetValues(name, out values) ? string.Join(",", values) : "";

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Host.DisposeAsync();
        if (OwnsRoot)
        {
            Directory.Delete(Root, recursive: true);
        }
    }
}
