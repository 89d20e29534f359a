using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Wharf.Primitives;
using Wharf.Registry.Tests.Hosting;
using static Wharf.Registry.Tests.Hosting.TestRegistry;

namespace Wharf.Registry.Tests.Protocol;

public sealed class ManifestTests
{
    private const string Oci = "application/vnd.oci.image.manifest.v1+json";
    private const string Index = "application/vnd.oci.image.index.v1+json";

    [Fact]
    public async Task Manifest_ByTagAndDigest_ComesBackByteForByte()
    {
        await using TestRegistry registry = await StartAsync();
        (Digest digest, byte[] manifest) = await registry.PushImageAsync("team/app", "v1");
        foreach (string reference in new[] { "v1", digest.ToString() })
        {
            using HttpResponseMessage read = await registry.SendAsync("GET", $"/v2/team/app/manifests/{reference}", null, null, ("Accept", Oci));
            Assert.Equal(manifest, await read.Content.ReadAsByteArrayAsync());
            Assert.Equal(digest.ToString(), Header(read, "Docker-Content-Digest"));
            Assert.Equal(Oci, read.Content.Headers.ContentType!.MediaType);
            using HttpResponseMessage head = await registry.SendAsync("HEAD", $"/v2/team/app/manifests/{reference}");
            Assert.Equal((HttpStatusCode.OK, manifest.Length), (head.StatusCode, head.Content.Headers.ContentLength));
            using HttpResponseMessage same = await registry.SendAsync("GET", $"/v2/team/app/manifests/{reference}", null, null, ("If-None-Match", $"\"{digest}\""));
            Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
        }
    }

    [Fact]
    public async Task Manifest_OfAnUnknownTag_IsUnknown()
    {
        await using TestRegistry registry = await StartAsync();
        await FailsAsync(await registry.SendAsync("GET", "/v2/none/manifests/v1"), HttpStatusCode.NotFound, "MANIFEST_UNKNOWN");
        await registry.PushImageAsync("some", "v1");
        await FailsAsync(await registry.SendAsync("GET", "/v2/some/manifests/v2"), HttpStatusCode.NotFound, "MANIFEST_UNKNOWN");
        await FailsAsync(await registry.SendAsync("GET", $"/v2/some/manifests/{Digest.Sha256("x"u8)}"), HttpStatusCode.NotFound, "MANIFEST_UNKNOWN");
        await FailsAsync(await registry.SendAsync("GET", "/v2/some/manifests/sha256:12"), HttpStatusCode.BadRequest, "DIGEST_INVALID");
    }

    [Fact]
    public async Task Manifest_WithBlobsThatAreNotHere_NamesThem()
    {
        await using TestRegistry registry = await StartAsync();
        Digest missing = Digest.Sha256("missing"u8), config = await registry.PushBlobAsync("a", "{}"u8.ToArray());
        using HttpResponseMessage response = await registry.SendAsync("PUT", "/v2/a/manifests/v1", Manifest(config, 2, missing, 7), Oci);
        string body = await response.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Contains("MANIFEST_BLOB_UNKNOWN", body);
        Assert.Contains(missing.ToString(), body);
        Assert.DoesNotContain(config.ToString(), body);
    }

    [Fact]
    public async Task Manifest_WithABlobOfAnotherRepository_IsRefused()
    {
        await using TestRegistry registry = await StartAsync();
        Digest config = await registry.PushBlobAsync("mine", "{}"u8.ToArray());
        Digest theirs = await registry.PushBlobAsync("theirs", "secret"u8.ToArray());
        using HttpResponseMessage response = await registry.SendAsync("PUT", "/v2/mine/manifests/v1", Manifest(config, 2, theirs, 6), Oci);
        await FailsAsync(response, HttpStatusCode.NotFound, "MANIFEST_BLOB_UNKNOWN");
        using HttpResponseMessage read = await registry.SendAsync("GET", $"/v2/mine/blobs/{theirs}");
        await FailsAsync(read, HttpStatusCode.NotFound, "BLOB_UNKNOWN");
    }

    public static TheoryData<string, string> Bad => new()
    {
        { "[]", Oci },
        { "{", Oci },
        { "{}", Oci },
        { """{"schemaVersion":2}""", Oci },
        { """{"schemaVersion":1,"config":{"mediaType":"x","digest":"sha256:$","size":2},"layers":[]}""", Oci },
        { """{"schemaVersion":2,"config":{"mediaType":"x","digest":"sha256:$","size":2},"layers":[],"manifests":[]}""", Oci },
        { """{"schemaVersion":2,"config":{"mediaType":"x","digest":"sha256:$","size":2},"layers":[],"manifests":[]}""", Index },
        { """{"schemaVersion":2,"config":{"mediaType":"x","digest":"sha256:$","size":2},"layers":[],"Manifests":[]}""", Oci },
        { """{"schemaVersion":2,"config":{"mediaType":"x","digest":"sha256:$","size":2},"config":{},"layers":[]}""", Oci },
        { """{"schemaVersion":2,"config":{"mediaType":"x","digest":"sha256:$","size":2},"layers":[]}""", Index },
        { """{"schemaVersion":2,"manifests":[]}""", Oci },
        { """{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}""", "application/vnd.docker.distribution.manifest.list.v2+json" },
        { """{"schemaVersion":2,"config":{"mediaType":"x","digest":"md5:abc","size":2},"layers":[]}""", Oci },
        { """{"schemaVersion":2,"config":{"mediaType":"x","digest":"sha256:$","size":-2},"layers":[]}""", Oci },
        { """{"schemaVersion":1,"fsLayers":[],"history":[]}""", "application/vnd.docker.distribution.manifest.v1+prettyjws" },
        { """{"schemaVersion":2,"config":{"mediaType":"x","digest":"sha256:$","size":2},"layers":[]} trailing""", Oci },
        { """{"schemaVersion":2,"config":{"mediaType":"x","digest":"sha256:$","size":2},"layers":[{"mediaType":"application/vnd.docker.image.rootfs.foreign.diff.tar.gzip","digest":"sha256:$","size":2,"urls":["http://evil/"]}]}""", Oci },
    };

    [Theory, MemberData(nameof(Bad))]
    public async Task Manifest_ThatIsAmbiguousOrBroken_IsInvalid(string json, string mediaType)
    {
        await using TestRegistry registry = await StartAsync();
        Digest config = await registry.PushBlobAsync("a", "{}"u8.ToArray());
        using HttpResponseMessage response = await registry.SendAsync("PUT", "/v2/a/manifests/v1", Encoding.UTF8.GetBytes(json.Replace("$", config.Encoded, StringComparison.Ordinal)), mediaType);
        await FailsAsync(response, HttpStatusCode.BadRequest, "MANIFEST_INVALID");
    }

    [Fact]
    public async Task Manifest_LargerThanFourMegabytes_IsRefused()
    {
        await using TestRegistry registry = await StartAsync();
        using HttpResponseMessage response = await registry.SendAsync("PUT", "/v2/a/manifests/v1", new byte[(4 << 20) + 1], Oci);
        await FailsAsync(response, HttpStatusCode.RequestEntityTooLarge, "SIZE_INVALID");
    }

    [Fact]
    public async Task Manifest_UnderAnotherDigest_IsRefused()
    {
        await using TestRegistry registry = await StartAsync();
        (_, byte[] manifest) = await registry.PushImageAsync("a", "v1");
        using HttpResponseMessage response = await registry.SendAsync("PUT", $"/v2/a/manifests/{Digest.Sha256("x"u8)}", manifest, Oci);
        await FailsAsync(response, HttpStatusCode.BadRequest, "DIGEST_INVALID");
        await FailsAsync(await registry.SendAsync("PUT", "/v2/a/manifests/-bad", manifest, Oci), HttpStatusCode.BadRequest, "TAG_INVALID");
    }

    [Fact]
    public async Task Index_NeedsItsChildren_UnlessSparseOnesAreAllowed()
    {
        string json = $$"""{"schemaVersion":2,"mediaType":"{{Index}}","manifests":[{"mediaType":"{{Oci}}","digest":"{{Digest.Sha256("x"u8)}}","size":1}]}""";
        await using (TestRegistry registry = await StartAsync())
        {
            await FailsAsync(await registry.SendAsync("PUT", "/v2/a/manifests/v1", Encoding.UTF8.GetBytes(json), Index), HttpStatusCode.NotFound, "MANIFEST_BLOB_UNKNOWN");
        }

        await using (TestRegistry registry = await StartAsync(o => o with { Limits = o.Limits with { AllowSparseIndexes = true } }))
        {
            using HttpResponseMessage response = await registry.SendAsync("PUT", "/v2/a/manifests/v1", Encoding.UTF8.GetBytes(json), Index);
            Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        }
    }

    [Fact]
    public async Task Index_ForAClientFromBeforeIndexes_IsItsAmd64Manifest()
    {
        await using TestRegistry registry = await StartAsync();
        (Digest child, byte[] manifest) = await registry.PushImageAsync("a", "amd64");
        string json = $$$"""{"schemaVersion":2,"mediaType":"{{{Index}}}","manifests":[{"mediaType":"{{{Oci}}}","digest":"{{{child}}}","size":{{{manifest.Length}}},"platform":{"os":"linux","architecture":"amd64"}}]}""";
        using HttpResponseMessage put = await registry.SendAsync("PUT", "/v2/a/manifests/all", Encoding.UTF8.GetBytes(json), Index);
        Assert.Equal(HttpStatusCode.Created, put.StatusCode);
        using HttpResponseMessage old = await registry.SendAsync("GET", "/v2/a/manifests/all", null, null, ("Accept", Oci));
        Assert.Equal(child.ToString(), Header(old, "Docker-Content-Digest"));
        using HttpResponseMessage any = await registry.SendAsync("GET", "/v2/a/manifests/all", null, null, ("Accept", "*/*"));
        Assert.Equal(Index, any.Content.Headers.ContentType!.MediaType);
        await FailsAsync(await registry.SendAsync("GET", "/v2/a/manifests/all", null, null, ("Accept", "application/vnd.docker.distribution.manifest.v2+json")), HttpStatusCode.NotFound, "MANIFEST_UNKNOWN");
    }

    [Fact]
    public async Task Delete_OfATag_LeavesTheManifest_OfADigest_TakesItsTags()
    {
        await using TestRegistry registry = await StartAsync();
        (Digest digest, byte[] manifest) = await registry.PushImageAsync("a", "v1");
        await registry.SendAsync("PUT", "/v2/a/manifests/v2", manifest, Oci);
        Assert.Equal(HttpStatusCode.Accepted, (await registry.SendAsync("DELETE", "/v2/a/manifests/v1")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await registry.SendAsync("GET", "/v2/a/manifests/v1")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await registry.SendAsync("GET", $"/v2/a/manifests/{digest}")).StatusCode);
        Assert.Equal(HttpStatusCode.Accepted, (await registry.SendAsync("DELETE", $"/v2/a/manifests/{digest}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await registry.SendAsync("GET", "/v2/a/manifests/v2")).StatusCode);
        await FailsAsync(await registry.SendAsync("DELETE", $"/v2/a/manifests/{digest}"), HttpStatusCode.NotFound, "MANIFEST_UNKNOWN");
    }

    [Fact]
    public async Task Delete_WhereItIsNotEnabled_IsUnsupported()
    {
        await using TestRegistry registry = await StartAsync(o => o with { Limits = o.Limits with { AllowDelete = false } });
        await registry.PushImageAsync("a", "v1");
        await FailsAsync(await registry.SendAsync("DELETE", "/v2/a/manifests/v1"), HttpStatusCode.MethodNotAllowed, "UNSUPPORTED");
    }

    [Fact]
    public async Task ReadOnly_RefusesEveryChange_AndReads()
    {
        string root = NewFolder();
        await using (TestRegistry registry = await StartAsync(root: root))
        {
            await registry.PushImageAsync("a", "v1");
        }

        await using (TestRegistry registry = await StartAsync(o => o with { Limits = o.Limits with { ReadOnly = true } }, root))
        {
            await FailsAsync(await registry.SendAsync("POST", "/v2/a/blobs/uploads/"), HttpStatusCode.MethodNotAllowed, "UNSUPPORTED");
            await FailsAsync(await registry.SendAsync("DELETE", "/v2/a/manifests/v1"), HttpStatusCode.MethodNotAllowed, "UNSUPPORTED");
            Assert.Equal(HttpStatusCode.OK, (await registry.SendAsync("GET", "/v2/a/manifests/v1")).StatusCode);
        }

        Directory.Delete(root, recursive: true);
    }

    [Fact]
    public async Task Repository_OnDisk_IsAnOciLayout()
    {
        await using TestRegistry registry = await StartAsync();
        (Digest digest, _) = await registry.PushImageAsync("team/app", "v1");
        string layout = Path.Combine(registry.Root, "repositories/team/app/_layout");
        Assert.Equal("1.0.0", (string?)JsonNode.Parse(File.ReadAllText(Path.Combine(layout, "oci-layout")))!["imageLayoutVersion"]);
        JsonNode index = JsonNode.Parse(File.ReadAllText(Path.Combine(layout, "index.json")))!;
        Assert.Equal(digest.ToString(), (string?)index["manifests"]![0]!["digest"]);
        Assert.Equal("v1", (string?)index["manifests"]![0]!["annotations"]!["org.opencontainers.image.ref.name"]);
        Assert.True(File.Exists(Path.Combine(layout, "blobs/sha256", digest.Encoded)));
    }
}
