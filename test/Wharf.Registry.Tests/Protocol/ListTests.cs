using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Wharf.Primitives;
using Wharf.Registry.Tests.Hosting;
using static Wharf.Registry.Tests.Hosting.TestRegistry;

namespace Wharf.Registry.Tests.Protocol;

public sealed class ListTests
{
    [Fact]
    public async Task Tags_PageByPage_AreAllAndInOrder()
    {
        await using TestRegistry registry = await StartAsync();
        (_, byte[] manifest) = await registry.PushImageAsync("a", "t0");
        foreach (string tag in new[] { "t2", "t1", "T9", "_x" })
        {
            await registry.SendAsync("PUT", $"/v2/a/manifests/{tag}", manifest, "application/vnd.oci.image.manifest.v1+json");
        }

        var seen = new List<string>();
        string? next = "/v2/a/tags/list?n=2";
        while (next is not null)
        {
            using HttpResponseMessage page = await registry.SendAsync("GET", next);
            seen.AddRange((await JsonOf(page))["tags"]!.AsArray().Select(t => (string)t!));
            string link = Header(page, "Link");
            Assert.True(link.Length == 0 || link.EndsWith("; rel=\"next\"", StringComparison.Ordinal));
            next = link.Length == 0 ? null : link[1..link.IndexOf('>')];
        }

        Assert.Equal(["T9", "_x", "t0", "t1", "t2"], seen);
        Assert.Empty((await JsonOf(await registry.SendAsync("GET", "/v2/a/tags/list?n=0")))["tags"]!.AsArray());
        Assert.Equal("t2", (string?)(await JsonOf(await registry.SendAsync("GET", "/v2/a/tags/list?last=t1")))["tags"]![0]);
        Assert.Equal(5, (await JsonOf(await registry.SendAsync("GET", "/v2/a/tags/list?n=&last=")))["tags"]!.AsArray().Count);
        await FailsAsync(await registry.SendAsync("GET", "/v2/a/tags/list?n=-1"), HttpStatusCode.BadRequest, "PAGINATION_NUMBER_INVALID");
        await FailsAsync(await registry.SendAsync("GET", "/v2/none/tags/list"), HttpStatusCode.NotFound, "NAME_UNKNOWN");
    }

    [Theory]
    [InlineData("1000000000")]
    [InlineData("99999999999999999999")]
    [InlineData("-5")]
    [InlineData("x")]
    [Trait("attack", "reg-catalog-dos")]
    public async Task Catalog_WithAHugeNumber_IsRefused(string n)
    {
        await using TestRegistry registry = await StartAsync();
        await FailsAsync(await registry.SendAsync("GET", $"/v2/_catalog?n={n}"), HttpStatusCode.BadRequest, "PAGINATION_NUMBER_INVALID");
    }

    [Fact]
    public async Task Catalog_PageByPage_AlsoAfterARestart()
    {
        string root = NewFolder();
        await using (TestRegistry registry = await StartAsync(root: root))
        {
            foreach (string name in new[] { "b", "a", "a/b", "c/d/e" })
            {
                await registry.PushImageAsync(name, "v1");
            }
        }

        await using (TestRegistry registry = await StartAsync(root: root))
        {
            using HttpResponseMessage first = await registry.SendAsync("GET", "/v2/_catalog?n=3");
            Assert.Equal("""["a","a/b","b"]""", (await JsonOf(first))["repositories"]!.ToJsonString());
            using HttpResponseMessage second = await registry.SendAsync("GET", Header(first, "Link").Split('<', '>')[1]);
            Assert.Equal("""["c/d/e"]""", (await JsonOf(second))["repositories"]!.ToJsonString());
        }

        Directory.Delete(root, recursive: true);
    }

    [Fact]
    public async Task Referrers_OfASubject_ByTypeAndAfterARestart()
    {
        string root = NewFolder();
        Digest subject, signature;
        await using (TestRegistry registry = await StartAsync(root: root))
        {
            (subject, _) = await registry.PushImageAsync("a", "v1");
            (signature, _) = await registry.PushImageAsync("a", "s1", "signature", subject.ToString(), "application/x.signature");
            await registry.PushImageAsync("a", "s2", "sbom", subject.ToString(), "application/x.sbom");
        }

        await using (TestRegistry registry = await StartAsync(root: root))
        {
            using HttpResponseMessage all = await registry.SendAsync("GET", $"/v2/a/referrers/{subject}");
            Assert.Equal("application/vnd.oci.image.index.v1+json", all.Content.Headers.ContentType!.MediaType);
            Assert.Equal(2, (await JsonOf(all))["manifests"]!.AsArray().Count);
            Assert.Equal("", Header(all, "OCI-Filters-Applied"));
            using HttpResponseMessage filtered = await registry.SendAsync("GET", $"/v2/a/referrers/{subject}?artifactType=application/x.signature");
            Assert.Equal("artifactType", Header(filtered, "OCI-Filters-Applied"));
            JsonNode one = Assert.Single((await JsonOf(filtered))["manifests"]!.AsArray())!;
            Assert.Equal(signature.ToString(), (string?)one["digest"]);
            Assert.Equal("application/x.signature", (string?)one["artifactType"]);
            Assert.Equal("application/x.signature", (string?)one["annotations"]!["what"]);

            await registry.SendAsync("DELETE", $"/v2/a/manifests/{signature}");
            using HttpResponseMessage after = await registry.SendAsync("GET", $"/v2/a/referrers/{subject}");
            Assert.Single((await JsonOf(after))["manifests"]!.AsArray());
        }

        Directory.Delete(root, recursive: true);
    }

    [Fact]
    public async Task Referrers_OfNothing_AreAnEmptyIndex()
    {
        await using TestRegistry registry = await StartAsync();
        using HttpResponseMessage response = await registry.SendAsync("GET", $"/v2/none/referrers/{Digest.Sha256("x"u8)}");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Empty((await JsonOf(response))["manifests"]!.AsArray());
        await FailsAsync(await registry.SendAsync("GET", "/v2/none/referrers/sha256:zz"), HttpStatusCode.BadRequest, "DIGEST_INVALID");
    }

    [Fact]
    public async Task Push_WithASubject_SaysSo()
    {
        await using TestRegistry registry = await StartAsync();
        Digest config = await registry.PushBlobAsync("a", "{}"u8.ToArray()), subject = Digest.Sha256("not here yet"u8);
        using HttpResponseMessage response = await registry.SendAsync("PUT", "/v2/a/manifests/sig", Manifest(config, 2, config, 2, subject.ToString(), "x/y"), "application/vnd.oci.image.manifest.v1+json");
        Assert.Equal((HttpStatusCode.Created, subject.ToString()), (response.StatusCode, Header(response, "OCI-Subject")));
    }

    [Fact]
    public async Task Referrers_UnderTheFallbackTag_AreListedToo()
    {
        await using TestRegistry registry = await StartAsync();
        (Digest subject, _) = await registry.PushImageAsync("a", "v1");
        (Digest old, byte[] manifest) = await registry.PushImageAsync("a", "old", "from elsewhere", null, "x/old");
        string index = $$"""{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"{{old}}","size":{{manifest.Length}}}]}""";
        await registry.SendAsync("PUT", $"/v2/a/manifests/sha256-{subject.Encoded}", Encoding.UTF8.GetBytes(index), "application/vnd.oci.image.index.v1+json");
        using HttpResponseMessage response = await registry.SendAsync("GET", $"/v2/a/referrers/{subject}");
        Assert.Equal(old.ToString(), (string?)Assert.Single((await JsonOf(response))["manifests"]!.AsArray())!["digest"]);
    }

    [Fact]
    [Trait("attack", "reg-referrers-flood")]
    public async Task Referrers_InAFlood_ComeInPages()
    {
        await using TestRegistry registry = await StartAsync(o => o with { Limits = o.Limits with { MaxReferrers = 4 } });
        (Digest subject, _) = await registry.PushImageAsync("a", "v1");
        for (int i = 0; i < 10; i++)
        {
            await registry.PushImageAsync("a", $"r{i}", $"r{i}", subject.ToString(), "x/y");
        }

        var seen = new HashSet<string>();
        string? next = $"/v2/a/referrers/{subject}?artifactType=x/y";
        for (int pages = 0; next is not null; pages++)
        {
            Assert.True(pages < 10);
            using HttpResponseMessage page = await registry.SendAsync("GET", next);
            JsonArray found = (await JsonOf(page))["manifests"]!.AsArray();
            Assert.InRange(found.Count, 0, 4);
            Assert.All(found, f => Assert.True(seen.Add((string)f!["digest"]!)));
            string link = Header(page, "Link");
            next = link.Length == 0 ? null : link.Split('<', '>')[1];
        }

        Assert.Equal(10, seen.Count);
    }
}
