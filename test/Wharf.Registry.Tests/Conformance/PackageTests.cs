using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Wharf.Primitives;
using Wharf.Registry.Tests.Hosting;
using static Wharf.Registry.Tests.Hosting.TestRegistry;

namespace Wharf.Registry.Tests.Conformance;

/// <summary>
/// What the OCI conformance suite does with every sort of content: push it, list it, ask for it, pull it, list what refers to it, delete it. Each
/// answer is held to what the specification says of its status, headers and body.
/// </summary>
public sealed class PackageTests
{
    private const string First = "application/vnd.example.first.v1", Second = "application/vnd.example.second.v1", Repository = "conformance/one";

    public static TheoryData<string> Sorts => [.. Makers.Keys];

    private static readonly Dictionary<string, Action<Package>> Makers = new()
    {
        ["image"] = p => p.AddImage("image"),
        ["image with a large manifest"] = p => p.AddImage("large", change: Inflate),
        ["index"] = p => p.AddIndex([p.AddImage(), p.AddImage()], "index"),
        ["index of indexes"] = p => p.AddIndex([p.AddIndex([p.AddImage(), p.AddImage()]), p.AddIndex([p.AddImage()])], "nested"),
        ["empty index"] = p => p.AddIndex([], "empty"),
        ["artifact"] = p => p.AddArtifact(First, "artifact"),
        ["artifact without content"] = p => p.AddArtifact(First, "bare", withContent: false),
        ["index of artifacts"] = p => p.AddIndex([p.AddArtifact(First), p.AddArtifact(First)], "artifacts", type: First),
        ["artifacts about an image"] = p =>
        {
            JsonObject subject = p.AddImage("subject");
            p.AddImage(subject: subject);
            p.AddArtifact(First, "first", subject);
            p.AddArtifact(Second, "second", subject);
            p.AddArtifact(Second, null, subject);
        },
        ["index about an index"] = p => p.AddIndex([p.AddArtifact(First)], "about", p.AddIndex([p.AddImage()], "subject"), First),
        ["artifact about nothing"] = p => p.AddArtifact(First, "alone", Package.Describe(Digest.Sha256("not here"u8), 123, Package.Manifest)),
        ["descriptor with its data"] = p => p.AddImage("data", change: m => m["config"]!["data"] = Convert.ToBase64String("{}"u8)),
        ["layers kept elsewhere"] = p => p.AddImage("elsewhere", change: AddForeign),
        ["fields nobody knows"] = p => p.AddImage("fields", change: m => m["org.example.field"] = new JsonObject { ["a"] = new JsonArray(1, 2) }),
        ["no layers"] = p => p.AddImage("none", layers: 0),
    };

    [Theory, MemberData(nameof(Sorts))]
    public async Task Package_OfEverySort_GoesInComesOutAndIsDeleted(string sort)
    {
        await using TestRegistry registry = await StartAsync(o => o with { Limits = o.Limits with { AllowForeignLayers = true } });
        var package = new Package();
        Makers[sort](package);
        await PushBlobsAsync(registry, package);
        foreach ((Digest digest, string mediaType, byte[] content) in package.Manifests)
        {
            await PutAsync(registry, digest.ToString(), digest, mediaType, content);
        }

        foreach ((string tag, Digest digest) in package.Tags)
        {
            (_, string mediaType, byte[] content) = package.Manifests.Single(m => m.Digest == digest);
            await PutAsync(registry, tag, digest, mediaType, content);
        }

        await ReadAsync(registry, package);
        await ReferrersAsync(registry, package);
        await DeleteAsync(registry, package);
    }

    [Theory]
    [InlineData("sha256")]
    [InlineData("sha512")]
    public async Task Tags_AsParametersOfAPushByDigest_AreSetAndSaid(string algorithm)
    {
        await using TestRegistry registry = await StartAsync();
        var package = new Package(algorithm);
        package.AddIndex([package.AddImage(), package.AddImage()]);
        await PushBlobsAsync(registry, package);
        for (int i = 0; i < package.Manifests.Count; i++)
        {
            (Digest digest, string mediaType, byte[] content) = package.Manifests[i];
            using HttpResponseMessage put = await registry.SendAsync("PUT", $"/v2/{Repository}/manifests/{digest}?tag=a{i}&tag=b{i}", content, mediaType);
            Assert.Equal(HttpStatusCode.Created, put.StatusCode);
            Assert.Equal($"a{i},b{i}", Header(put, "OCI-Tag"));
            (package.Tags[$"a{i}"], package.Tags[$"b{i}"]) = (digest, digest);
        }

        await ReadAsync(registry, package);
        (Digest last, string type, byte[] bytes) = package.Manifests[^1];
        await FailsAsync(await registry.SendAsync("PUT", $"/v2/{Repository}/manifests/{last}?tag=-no", bytes, type), HttpStatusCode.BadRequest, "TAG_INVALID");
        string many = string.Join('&', Enumerable.Range(0, 101).Select(i => $"tag=t{i}"));
        await FailsAsync(await registry.SendAsync("PUT", $"/v2/{Repository}/manifests/{last}?{many}", bytes, type), HttpStatusCode.RequestUriTooLong, "TAG_INVALID");
        await DeleteAsync(registry, package);
    }

    [Fact]
    public async Task Manifest_UnderADigestThatIsNotItsOwnOrNoneAtAll_IsRefused()
    {
        await using TestRegistry registry = await StartAsync();
        var package = new Package();
        package.AddImage(layers: 1);
        await PushBlobsAsync(registry, package);
        (Digest digest, string mediaType, byte[] content) = package.Manifests[0];
        foreach (string reference in new[] { digest.ToString(), "sha256:baddigeststring" })
        {
            await FailsAsync(await registry.SendAsync("PUT", $"/v2/{Repository}/manifests/{reference}", [.. content, (byte)' '], mediaType), HttpStatusCode.BadRequest, "DIGEST_INVALID");
        }

        foreach (string reference in new[] { digest.ToString(), "missing" })
        {
            await FailsAsync(await registry.SendAsync("GET", $"/v2/{Repository}/manifests/{reference}"), HttpStatusCode.NotFound, "MANIFEST_UNKNOWN");
        }
    }

    [Fact]
    public async Task Registry_ThatIsEmpty_HasNoTagsAndAnEmptyListOfReferrers()
    {
        await using TestRegistry registry = await StartAsync();
        Assert.Equal(HttpStatusCode.OK, (await registry.SendAsync("GET", "/v2/")).StatusCode);
        await FailsAsync(await registry.SendAsync("GET", $"/v2/{Repository}/tags/list"), HttpStatusCode.NotFound, "NAME_UNKNOWN");
        Assert.Empty(await ReferrersOfAsync(registry, Digest.Sha256("nothing"u8), ""));
    }

    private static void Inflate(JsonObject manifest)
    {
        var annotations = new JsonObject();
        for (int i = 0; i < 390; i++)
        {
            annotations[$"annotation-{i}"] = new string('A', 10_000);
        }

        manifest["annotations"] = annotations;
    }

    private static void AddForeign(JsonObject manifest)
    {
        Digest digest = Digest.Sha256(Guid.NewGuid().ToByteArray());
        JsonObject layer = Package.Describe(digest, 12345, "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip");
        layer["urls"] = new JsonArray($"https://store.example.com/{digest.Encoded}");
        manifest["layers"]!.AsArray().Insert(0, layer);
    }

    private static async Task PushBlobsAsync(TestRegistry registry, Package package)
    {
        foreach ((Digest digest, byte[] content) in package.Blobs)
        {
            using HttpResponseMessage response = await registry.SendAsync("POST", $"/v2/{Repository}/blobs/uploads/?digest={digest}", content, "application/octet-stream");
            Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        }
    }

    private static async Task PutAsync(TestRegistry registry, string reference, Digest digest, string mediaType, byte[] content)
    {
        using HttpResponseMessage put = await registry.SendAsync("PUT", $"/v2/{Repository}/manifests/{reference}", content, mediaType);
        Assert.True(put.StatusCode == HttpStatusCode.Created, await put.Content.ReadAsStringAsync());
        Assert.Equal(digest.ToString(), Header(put, "Docker-Content-Digest"));
        Assert.Equal((string?)JsonNode.Parse(content)!["subject"]?["digest"] ?? "", Header(put, "OCI-Subject"));
        using HttpResponseMessage read = await registry.SendAsync("GET", Header(put, "Location"), null, null, ("Accept", Package.Index), ("Accept", Package.Manifest));
        Assert.Equal(content, await read.Content.ReadAsByteArrayAsync());
        Assert.Equal(mediaType, Header(read, "Content-Type"));
    }

    private static async Task ReadAsync(TestRegistry registry, Package package)
    {
        string[] tags = await TagsAsync(registry, "");
        Assert.All(package.Tags.Keys, tag => Assert.Contains(tag, tags));
        Assert.Equal(tags.Order(StringComparer.Ordinal), tags);
        if (tags.Length > 1)
        {
            Assert.Equal(tags[1..], await TagsAsync(registry, $"?last={tags[0]}"));
            Assert.Equal(tags[..1], await TagsAsync(registry, "?n=1"));
        }

        foreach ((string reference, Digest digest) in package.Tags.Select(t => (t.Key, t.Value)).Concat(package.Manifests.Select(m => (m.Digest.ToString(), m.Digest))))
        {
            (_, string mediaType, byte[] content) = package.Manifests.Single(m => m.Digest == digest);
            await SameAsync(registry, $"/v2/{Repository}/manifests/{reference}", digest, mediaType, content);
        }

        foreach ((Digest digest, byte[] content) in package.Blobs)
        {
            await SameAsync(registry, $"/v2/{Repository}/blobs/{digest}", digest, "application/octet-stream", content);
        }
    }

    private static async Task SameAsync(TestRegistry registry, string path, Digest digest, string mediaType, byte[] content)
    {
        foreach (string method in new[] { "HEAD", "GET" })
        {
            using HttpResponseMessage response = await registry.SendAsync(method, path, null, null, ("Accept", Package.Index), ("Accept", Package.Manifest));
            Assert.Equal((HttpStatusCode.OK, mediaType), (response.StatusCode, Header(response, "Content-Type")));
            Assert.Equal((digest.ToString(), content.Length.ToString()), (Header(response, "Docker-Content-Digest"), Header(response, "Content-Length")));
            Assert.Equal(method == "HEAD" ? [] : content, await response.Content.ReadAsByteArrayAsync());
        }
    }

    private static async Task ReferrersAsync(TestRegistry registry, Package package)
    {
        foreach (var group in package.Referrers.GroupBy(r => r.Subject))
        {
            await CheckAsync(group.Key, group, "");
            foreach (var ofType in group.Where(r => r.ArtifactType.Length > 0).GroupBy(r => r.ArtifactType))
            {
                await CheckAsync(group.Key, ofType, ofType.Key);
            }
        }

        async Task CheckAsync(Digest subject, IEnumerable<(Digest Subject, Digest Referrer, string ArtifactType)> wanted, string type)
        {
            JsonObject[] listed = await ReferrersOfAsync(registry, subject, type);
            Assert.Equal(wanted.Select(w => w.Referrer.ToString()).Order(), listed.Select(l => (string)l["digest"]!).Order());
            foreach ((_, Digest referrer, string artifactType) in wanted)
            {
                (_, string mediaType, byte[] content) = package.Manifests.Single(m => m.Digest == referrer);
                JsonObject one = listed.Single(l => (string?)l["digest"] == referrer.ToString());
                Assert.Equal((mediaType, content.Length, artifactType), ((string?)one["mediaType"], (int)one["size"]!, (string?)one["artifactType"]));
                Assert.True(JsonNode.DeepEquals(JsonNode.Parse(content)!["annotations"], one["annotations"]), one.ToJsonString());
            }
        }
    }

    private static async Task<JsonObject[]> ReferrersOfAsync(TestRegistry registry, Digest subject, string type)
    {
        using HttpResponseMessage response = await registry.SendAsync("GET", $"/v2/{Repository}/referrers/{subject}" + (type.Length > 0 ? $"?artifactType={Uri.EscapeDataString(type)}" : ""));
        Assert.Equal((HttpStatusCode.OK, Package.Index), (response.StatusCode, Header(response, "Content-Type")));
        Assert.Equal(type.Length > 0 ? "artifactType" : "", Header(response, "OCI-Filters-Applied"));
        JsonNode index = await JsonOf(response);
        Assert.Equal((Package.Index, 2), ((string?)index["mediaType"], (int)index["schemaVersion"]!));
        return [.. index["manifests"]!.AsArray().Select(m => m!.AsObject())];
    }

    private static async Task<string[]> TagsAsync(TestRegistry registry, string query)
    {
        using HttpResponseMessage response = await registry.SendAsync("GET", $"/v2/{Repository}/tags/list{query}");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return [.. (await JsonOf(response))["tags"]!.AsArray().Select(t => (string)t!)];
    }

    private static async Task DeleteAsync(TestRegistry registry, Package package)
    {
        foreach (string tag in package.Tags.Keys)
        {
            await GoneAsync($"manifests/{tag}");
        }

        Assert.Empty(await TagsAsync(registry, ""));
        foreach ((Digest digest, _, _) in package.Manifests.AsEnumerable().Reverse())
        {
            await GoneAsync($"manifests/{digest}");
        }

        foreach (Digest digest in package.Blobs.Keys)
        {
            await GoneAsync($"blobs/{digest}");
        }

        async Task GoneAsync(string what)
        {
            Assert.Equal(HttpStatusCode.Accepted, (await registry.SendAsync("DELETE", $"/v2/{Repository}/{what}")).StatusCode);
            Assert.Equal(HttpStatusCode.NotFound, (await registry.SendAsync("HEAD", $"/v2/{Repository}/{what}")).StatusCode);
            Assert.Equal(HttpStatusCode.NotFound, (await registry.SendAsync("DELETE", $"/v2/{Repository}/{what}")).StatusCode);
        }
    }
}
