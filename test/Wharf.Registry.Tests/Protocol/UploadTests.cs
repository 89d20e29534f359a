using System.Net;
using System.Security.Cryptography;
using System.Text;
using Wharf.Primitives;
using Wharf.Registry.Tests.Hosting;
using static Wharf.Registry.Tests.Hosting.TestRegistry;

namespace Wharf.Registry.Tests.Protocol;

public sealed class UploadTests
{
    private static readonly byte[] Content = Encoding.UTF8.GetBytes("0123456789abcdef");

    [Fact]
    public async Task Chunks_InOrder_MakeTheBlob()
    {
        await using TestRegistry registry = await StartAsync();
        using HttpResponseMessage begun = await registry.SendAsync("POST", "/v2/a/b/blobs/uploads/");
        Assert.Equal(HttpStatusCode.Accepted, begun.StatusCode);
        Assert.Equal("65536", Header(begun, "OCI-Chunk-Min-Length"));
        Assert.NotEmpty(Header(begun, "Docker-Upload-UUID"));

        using HttpResponseMessage first = await registry.SendAsync("PATCH", Header(begun, "Location"), Content[..6], "application/octet-stream", ("Content-Range", "0-5"));
        Assert.Equal((HttpStatusCode.Accepted, "0-5"), (first.StatusCode, Header(first, "Range")));
        using HttpResponseMessage status = await registry.SendAsync("GET", Header(first, "Location"));
        Assert.Equal((HttpStatusCode.NoContent, "0-5"), (status.StatusCode, Header(status, "Range")));
        using HttpResponseMessage second = await registry.SendAsync("PATCH", Header(first, "Location"), Content[6..10], "application/octet-stream", ("Content-Range", "6-9"));
        Assert.Equal("0-9", Header(second, "Range"));
        using HttpResponseMessage closed = await registry.SendAsync("PUT", $"{Header(second, "Location")}?digest={DigestOf(Content)}", Content[10..], "application/octet-stream", ("Content-Range", "10-15"));
        Assert.Equal(HttpStatusCode.Created, closed.StatusCode);
        Assert.Equal(DigestOf(Content).ToString(), Header(closed, "Docker-Content-Digest"));

        using HttpResponseMessage read = await registry.SendAsync("GET", Header(closed, "Location"));
        Assert.Equal(Content, await read.Content.ReadAsByteArrayAsync());
        using HttpResponseMessage after = await registry.SendAsync("GET", Header(second, "Location"));
        await FailsAsync(after, HttpStatusCode.NotFound, "BLOB_UPLOAD_UNKNOWN");
    }

    [Theory]
    [InlineData("7-9", 3, 416)]
    [InlineData("0-3", 4, 416)]
    [InlineData("6-20", 4, 400)]
    [InlineData("nonsense", 4, 416)]
    [InlineData("9-6", 4, 416)]
    public async Task Chunk_OutOfOrder_IsRefusedAndTheUploadGoesOn(string range, int length, int status)
    {
        await using TestRegistry registry = await StartAsync();
        using HttpResponseMessage begun = await registry.SendAsync("POST", "/v2/a/blobs/uploads/");
        using HttpResponseMessage first = await registry.SendAsync("PATCH", Header(begun, "Location"), Content[..6], null, ("Content-Range", "0-5"));
        using HttpResponseMessage wrong = await registry.SendAsync("PATCH", Header(first, "Location"), new byte[length], null, ("Content-Range", range));
        Assert.Equal(status, (int)wrong.StatusCode);
        using HttpResponseMessage rest = await registry.SendAsync("PUT", $"{Header(first, "Location")}?digest={DigestOf(Content)}", Content[6..]);
        Assert.Equal(HttpStatusCode.Created, rest.StatusCode);
    }

    [Fact]
    public async Task Upload_AfterRestart_GoesOnWhereItWas()
    {
        string root = NewFolder();
        string location;
        await using (TestRegistry registry = await StartAsync(root: root))
        {
            using HttpResponseMessage begun = await registry.SendAsync("POST", "/v2/a/blobs/uploads/");
            using HttpResponseMessage first = await registry.SendAsync("PATCH", Header(begun, "Location"), Content[..6]);
            location = Header(first, "Location");
        }

        await using (TestRegistry registry = await StartAsync(root: root))
        {
            using HttpResponseMessage status = await registry.SendAsync("GET", location);
            Assert.Equal("0-5", Header(status, "Range"));
            using HttpResponseMessage second = await registry.SendAsync("PATCH", location, Content[6..], null, ("Content-Range", "6-15"));
            using HttpResponseMessage closed = await registry.SendAsync("PUT", $"{location}?digest={DigestOf(Content)}");
            Assert.Equal(HttpStatusCode.Created, closed.StatusCode);
        }

        Directory.Delete(root, recursive: true);
    }

    [Fact]
    [Trait("attack", "reg-digest-collide")]
    public async Task Upload_WithAnotherDigest_LeavesNothing()
    {
        await using TestRegistry registry = await StartAsync();
        Digest other = Digest.Sha256("other"u8);
        using HttpResponseMessage response = await registry.SendAsync("POST", $"/v2/a/blobs/uploads/?digest={other}", Content);
        await FailsAsync(response, HttpStatusCode.BadRequest, "DIGEST_INVALID");
        foreach (Digest digest in new[] { other, DigestOf(Content) })
        {
            using HttpResponseMessage head = await registry.SendAsync("HEAD", $"/v2/a/blobs/{digest}");
            Assert.Equal(HttpStatusCode.NotFound, head.StatusCode);
        }

        Assert.Empty(Directory.GetDirectories(Path.Combine(registry.Root, "uploads")));
        Assert.Empty(Directory.GetFiles(Path.Combine(registry.Root, "content"), "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Upload_Cancelled_IsForgotten()
    {
        await using TestRegistry registry = await StartAsync();
        using HttpResponseMessage begun = await registry.SendAsync("POST", "/v2/a/blobs/uploads/");
        using HttpResponseMessage cancelled = await registry.SendAsync("DELETE", Header(begun, "Location"));
        Assert.Equal(HttpStatusCode.NoContent, cancelled.StatusCode);
        using HttpResponseMessage after = await registry.SendAsync("PATCH", Header(begun, "Location"), Content);
        await FailsAsync(after, HttpStatusCode.NotFound, "BLOB_UPLOAD_UNKNOWN");
    }

    [Fact]
    public async Task Upload_ByAnotherRepository_IsUnknown()
    {
        await using TestRegistry registry = await StartAsync();
        using HttpResponseMessage begun = await registry.SendAsync("POST", "/v2/a/blobs/uploads/");
        string stolen = Header(begun, "Location").Replace("/v2/a/", "/v2/b/", StringComparison.Ordinal);
        using HttpResponseMessage response = await registry.SendAsync("PATCH", stolen, Content);
        await FailsAsync(response, HttpStatusCode.NotFound, "BLOB_UPLOAD_UNKNOWN");
    }

    [Fact]
    public async Task Upload_AddressNotHandedOut_IsUnknownUnderASecret()
    {
        await using TestRegistry registry = await StartAsync(o => o with { Secret = "s3cret" });
        using HttpResponseMessage begun = await registry.SendAsync("POST", "/v2/a/blobs/uploads/");
        string location = Header(begun, "Location");
        Assert.Contains("_state=", location);
        using HttpResponseMessage bare = await registry.SendAsync("PATCH", location.Split('?')[0], Content);
        await FailsAsync(bare, HttpStatusCode.NotFound, "BLOB_UPLOAD_UNKNOWN");
        using HttpResponseMessage closed = await registry.SendAsync("PUT", $"{location}&digest={DigestOf(Content)}", Content);
        Assert.Equal(HttpStatusCode.Created, closed.StatusCode);
    }

    [Fact]
    public async Task Sha512_IsADigestToo()
    {
        await using TestRegistry registry = await StartAsync();
        string digest = "sha512:" + Convert.ToHexStringLower(SHA512.HashData(Content));
        using HttpResponseMessage put = await registry.SendAsync("POST", $"/v2/a/blobs/uploads/?digest={digest}", Content);
        Assert.Equal(HttpStatusCode.Created, put.StatusCode);
        using HttpResponseMessage read = await registry.SendAsync("GET", $"/v2/a/blobs/{digest}");
        Assert.Equal(Content, await read.Content.ReadAsByteArrayAsync());
        Assert.Equal(digest, Header(read, "Docker-Content-Digest"));
    }

    [Fact]
    public async Task LargeBlob_InOneStream_IsWhole()
    {
        await using TestRegistry registry = await StartAsync();
        byte[] large = RandomNumberGenerator.GetBytes((5 << 20) + 12345);
        using HttpResponseMessage begun = await registry.SendAsync("POST", "/v2/a/blobs/uploads/");
        using HttpResponseMessage sent = await registry.SendAsync("PATCH", Header(begun, "Location"), large);
        using HttpResponseMessage closed = await registry.SendAsync("PUT", $"{Header(sent, "Location")}?digest={DigestOf(large)}");
        Assert.Equal(HttpStatusCode.Created, closed.StatusCode);
        using HttpResponseMessage read = await registry.SendAsync("GET", $"/v2/a/blobs/{DigestOf(large)}");
        Assert.Equal(large, await read.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Blob_LargerThanAllowed_IsRefused()
    {
        await using TestRegistry registry = await StartAsync(o => o with { Limits = o.Limits with { MaxBlob = 10 } });
        using HttpResponseMessage response = await registry.SendAsync("POST", $"/v2/a/blobs/uploads/?digest={DigestOf(Content)}", Content);
        await FailsAsync(response, HttpStatusCode.RequestEntityTooLarge, "SIZE_INVALID");
    }

    [Fact]
    public async Task Mount_OfABlobOfAnotherRepository_NeedsNoUpload()
    {
        await using TestRegistry registry = await StartAsync();
        Digest digest = await registry.PushBlobAsync("from/here", Content);
        using HttpResponseMessage mounted = await registry.SendAsync("POST", $"/v2/to/there/blobs/uploads/?mount={digest}&from=from/here");
        Assert.Equal(HttpStatusCode.Created, mounted.StatusCode);
        using HttpResponseMessage read = await registry.SendAsync("GET", Header(mounted, "Location"));
        Assert.Equal(Content, await read.Content.ReadAsByteArrayAsync());

        using HttpResponseMessage none = await registry.SendAsync("POST", $"/v2/to/there/blobs/uploads/?mount={Digest.Sha256("nothing"u8)}&from=from/here");
        Assert.Equal(HttpStatusCode.Accepted, none.StatusCode);
        using HttpResponseMessage withoutFrom = await registry.SendAsync("POST", $"/v2/other/blobs/uploads/?mount={digest}");
        Assert.Equal(HttpStatusCode.Created, withoutFrom.StatusCode);
    }

    [Fact]
    public async Task Mount_OfABlobThatWasDeletedEverywhere_BeginsAnUpload()
    {
        await using TestRegistry registry = await StartAsync();
        Digest digest = await registry.PushBlobAsync("a", Content);
        await registry.SendAsync("DELETE", $"/v2/a/blobs/{digest}");
        Assert.Equal(HttpStatusCode.Accepted, (await registry.SendAsync("POST", $"/v2/b/blobs/uploads/?mount={digest}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await registry.SendAsync("GET", $"/v2/b/blobs/{digest}")).StatusCode);
    }

    [Fact]
    public async Task SameBlob_InTwoRepositories_IsOnDiskOnce()
    {
        await using TestRegistry registry = await StartAsync();
        Digest digest = await registry.PushBlobAsync("a", Content);
        await registry.PushBlobAsync("b", Content);
        await registry.PushBlobAsync("a", Content);
        var status = Registry.Storage.Inodes.Status(registry.Host.Store.Layout.ContentFile(digest));
        Assert.Equal(3u, status!.Value.Links);
    }

    [Theory]
    [InlineData("/v2/..%2f..%2fetc/blobs/uploads/")]
    [InlineData("/v2/a%2f..%2fb/blobs/uploads/")]
    [InlineData("/v2/_layout/blobs/uploads/")]
    [InlineData("/v2/A/blobs/uploads/")]
    [InlineData("/v2/a//b/blobs/uploads/")]
    [InlineData("/v2/a%00b/blobs/uploads/")]
    [Trait("attack", "reg-upload-traversal")]
    public async Task RepositoryName_ThatIsNone_IsRefused(string path)
    {
        await using TestRegistry registry = await StartAsync();
        using HttpResponseMessage response = await registry.SendAsync("POST", path);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(["content", "lock", "repositories", "uploads"], Directory.GetFileSystemEntries(registry.Root).Select(Path.GetFileName).Order());
        Assert.Empty(Directory.GetDirectories(Path.Combine(registry.Root, "repositories")));
    }

    [Theory]
    [InlineData("../../../../etc/passwd")]
    [InlineData("00000000-0000-0000-0000-000000000000")]
    [InlineData("%2e%2e")]
    [Trait("attack", "reg-upload-traversal")]
    public async Task UploadId_MadeUp_IsUnknown(string id)
    {
        await using TestRegistry registry = await StartAsync();
        using HttpResponseMessage response = await registry.SendAsync("PATCH", $"/v2/a/blobs/uploads/{id}", Content);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }
}
