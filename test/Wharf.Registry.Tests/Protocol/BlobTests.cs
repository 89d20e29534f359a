using System.Net;
using System.Text;
using Wharf.Primitives;
using Wharf.Registry.Tests.Hosting;
using static Wharf.Registry.Tests.Hosting.TestRegistry;

namespace Wharf.Registry.Tests.Protocol;

public sealed class BlobTests
{
    private static readonly byte[] Content = Encoding.UTF8.GetBytes("0123456789");

    [Theory]
    [InlineData("bytes=0-3", 206, "0123", "bytes 0-3/10")]
    [InlineData("bytes=4-", 206, "456789", "bytes 4-9/10")]
    [InlineData("bytes=-3", 206, "789", "bytes 7-9/10")]
    [InlineData("bytes=8-100", 206, "89", "bytes 8-9/10")]
    [InlineData("bytes=-100", 206, "0123456789", "bytes 0-9/10")]
    [InlineData("bytes=0-1,3-4", 200, "0123456789", "")]
    [InlineData("lines=0-1", 200, "0123456789", "")]
    public async Task Range_OfABlob_IsThatPart(string range, int status, string expected, string contentRange)
    {
        await using TestRegistry registry = await StartAsync();
        Digest digest = await registry.PushBlobAsync("a", Content);
        using HttpResponseMessage response = await registry.SendAsync("GET", $"/v2/a/blobs/{digest}", null, null, ("Range", range));
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(expected, await response.Content.ReadAsStringAsync());
        Assert.Equal(contentRange, Header(response, "Content-Range"));
    }

    [Theory]
    [InlineData("bytes=10-")]
    [InlineData("bytes=100-200")]
    [InlineData("bytes=-0")]
    [InlineData("bytes=5-2")]
    public async Task Range_BeyondTheEndOrBackwards_IsNotSatisfiable(string range)
    {
        await using TestRegistry registry = await StartAsync();
        Digest digest = await registry.PushBlobAsync("a", Content);
        using HttpResponseMessage response = await registry.SendAsync("GET", $"/v2/a/blobs/{digest}", null, null, ("Range", range));
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, response.StatusCode);
        Assert.Equal("bytes */10", Header(response, "Content-Range"));
    }

    [Fact]
    public async Task Head_OfABlob_TellsItsSizeAndTag()
    {
        await using TestRegistry registry = await StartAsync();
        Digest digest = await registry.PushBlobAsync("a", Content);
        using HttpResponseMessage head = await registry.SendAsync("HEAD", $"/v2/a/blobs/{digest}");
        Assert.Equal((HttpStatusCode.OK, 10L), (head.StatusCode, head.Content.Headers.ContentLength));
        Assert.Equal(("bytes", $"\"{digest}\""), (Header(head, "Accept-Ranges"), Header(head, "ETag")));
        using HttpResponseMessage same = await registry.SendAsync("GET", $"/v2/a/blobs/{digest}", null, null, ("If-None-Match", $"\"{digest}\""));
        Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
    }

    [Fact]
    public async Task Delete_OfABlob_InOneRepository_LeavesItInAnother()
    {
        await using TestRegistry registry = await StartAsync();
        Digest digest = await registry.PushBlobAsync("a", Content);
        await registry.PushBlobAsync("b", Content);
        Assert.Equal(HttpStatusCode.Accepted, (await registry.SendAsync("DELETE", $"/v2/a/blobs/{digest}")).StatusCode);
        await FailsAsync(await registry.SendAsync("GET", $"/v2/a/blobs/{digest}"), HttpStatusCode.NotFound, "BLOB_UNKNOWN");
        await FailsAsync(await registry.SendAsync("DELETE", $"/v2/a/blobs/{digest}"), HttpStatusCode.NotFound, "BLOB_UNKNOWN");
        Assert.Equal(HttpStatusCode.OK, (await registry.SendAsync("GET", $"/v2/b/blobs/{digest}")).StatusCode);
    }

    [Theory]
    [InlineData("/v2/a/blobs/sha256:../../../../etc/passwd", 404)]
    [InlineData("/v2/a/blobs/sha256:ABCDEF", 400)]
    [InlineData("/v2/a/blobs/md5:d41d8cd98f00b204e9800998ecf8427e", 400)]
    [InlineData("/v2/a/blobs/latest", 400)]
    [Trait("attack", "reg-upload-traversal")]
    public async Task Digest_ThatIsNone_IsRefused(string path, int status)
    {
        await using TestRegistry registry = await StartAsync();
        using HttpResponseMessage response = await registry.SendAsync("GET", path);
        Assert.Equal(status, (int)response.StatusCode);
    }

    [Fact]
    public async Task Repository_CalledLikeAPartOfThePath_Works()
    {
        await using TestRegistry registry = await StartAsync();
        foreach (string name in new[] { "blobs", "a/blobs", "manifests/blobs/uploads", "tags/list", "a/referrers" })
        {
            (Digest digest, _) = await registry.PushImageAsync(name, "v1");
            Assert.Equal(HttpStatusCode.OK, (await registry.SendAsync("GET", $"/v2/{name}/manifests/{digest}")).StatusCode);
            Assert.Equal(HttpStatusCode.OK, (await registry.SendAsync("GET", $"/v2/{name}/tags/list")).StatusCode);
        }
    }

    [Fact]
    public async Task Method_ThatIsNotThere_IsUnsupported()
    {
        await using TestRegistry registry = await StartAsync();
        using HttpResponseMessage response = await registry.SendAsync("POST", "/v2/a/tags/list");
        Assert.Equal("GET", Header(response, "Allow"));
        await FailsAsync(response, HttpStatusCode.MethodNotAllowed, "UNSUPPORTED");
        Assert.Equal(HttpStatusCode.NotFound, (await registry.SendAsync("GET", "/v2/a/what/ever")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await registry.SendAsync("GET", "/v2/")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await registry.SendAsync("GET", "/healthz")).StatusCode);
    }
}
