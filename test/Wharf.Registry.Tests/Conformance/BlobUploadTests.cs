using System.Net;
using System.Security.Cryptography;
using Wharf.Primitives;
using Wharf.Registry.Tests.Hosting;
using static Wharf.Registry.Tests.Hosting.TestRegistry;

namespace Wharf.Registry.Tests.Conformance;

/// <summary>Each way in which the OCI conformance suite brings a blob in, with either digest algorithm: it is then there, under the address that was told, until it is deleted.</summary>
public sealed class BlobUploadTests
{
    private const string One = "conformance/one", Two = "conformance/two";
    private static readonly string[] Ways = ["post", "post, put", "stream", "one chunk", "chunks", "chunks, last by put", "mount", "mount from anywhere"];

    public static TheoryData<string, string> Pushes
    {
        get
        {
            var all = new TheoryData<string, string>();
            foreach (string algorithm in new[] { "sha256", "sha512" })
            {
                foreach (string way in Ways)
                {
                    all.Add(way, algorithm);
                }
            }

            return all;
        }
    }

    [Theory, MemberData(nameof(Pushes))]
    public async Task Blob_InEveryWay_IsThereUntilItIsDeleted(string way, string algorithm)
    {
        await using TestRegistry registry = await StartAsync();
        foreach (byte[] content in new[] { RandomNumberGenerator.GetBytes(3067), "{}"u8.ToArray(), [] })
        {
            Digest digest = Package.DigestOf(content, algorithm);
            await FailsAsync(await registry.SendAsync("GET", $"/v2/{One}/blobs/{digest}"), HttpStatusCode.NotFound, "BLOB_UNKNOWN");
            using HttpResponseMessage created = await PushAsync(registry, way, digest, content);
            Assert.True(created.StatusCode == HttpStatusCode.Created, await created.Content.ReadAsStringAsync());
            Assert.Equal(digest.ToString(), Header(created, "Docker-Content-Digest"));
            using HttpResponseMessage read = await registry.SendAsync("GET", Header(created, "Location"));
            Assert.Equal(content, await read.Content.ReadAsByteArrayAsync());
            using HttpResponseMessage head = await registry.SendAsync("HEAD", $"/v2/{One}/blobs/{digest}");
            Assert.Equal((HttpStatusCode.OK, content.Length.ToString()), (head.StatusCode, Header(head, "Content-Length")));
            Assert.Equal(HttpStatusCode.Accepted, (await registry.SendAsync("DELETE", $"/v2/{One}/blobs/{digest}")).StatusCode);
            Assert.Equal(HttpStatusCode.NotFound, (await registry.SendAsync("HEAD", $"/v2/{One}/blobs/{digest}")).StatusCode);
        }
    }

    [Theory]
    [InlineData("post")]
    [InlineData("post, put")]
    [InlineData("stream")]
    [InlineData("chunks")]
    [InlineData("chunks, last by put")]
    [Trait("attack", "reg-digest-collide")]
    public async Task Blob_ThatIsNotWhatItsDigestSays_IsRefused(string way)
    {
        await using TestRegistry registry = await StartAsync();
        foreach (string algorithm in new[] { "sha256", "sha512" })
        {
            byte[] content = RandomNumberGenerator.GetBytes(3067);
            Digest digest = Package.DigestOf(content, algorithm);
            await FailsAsync(await PushAsync(registry, way, digest, [.. content, .. "oh no"u8]), HttpStatusCode.BadRequest, "DIGEST_INVALID");
            Assert.Equal(HttpStatusCode.NotFound, (await registry.SendAsync("HEAD", $"/v2/{One}/blobs/{digest}")).StatusCode);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Chunks_OutOfOrderBetweenThoseInOrder_AreRefusedAndTheNextPlaceIsTold(bool lastByPut)
    {
        await using TestRegistry registry = await StartAsync();
        byte[] content = RandomNumberGenerator.GetBytes(3067);
        Digest digest = DigestOf(content);
        string address = await BeginAsync(registry);
        int[] starts = [0, 1024, 2048];
        foreach (int start in starts)
        {
            int wrong = start == 2048 ? 0 : start + 1024;
            using HttpResponseMessage refused = await ChunkAsync(registry, lastByPut && wrong == 2048 ? $"{address}?digest={digest}" : address, lastByPut && wrong == 2048, content, wrong);
            Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, refused.StatusCode);
            using HttpResponseMessage state = await registry.SendAsync("GET", address);
            Assert.Equal((HttpStatusCode.NoContent, $"0-{Math.Max(0, start - 1)}"), (state.StatusCode, Header(state, "Range")));
            address = Header(state, "Location");
            bool put = lastByPut && start == 2048;
            using HttpResponseMessage taken = await ChunkAsync(registry, put ? $"{address}?digest={digest}" : address, put, content, start);
            Assert.Equal(put ? HttpStatusCode.Created : HttpStatusCode.Accepted, taken.StatusCode);
            address = Header(taken, "Location");
        }

        if (!lastByPut)
        {
            Assert.Equal(HttpStatusCode.Created, (await registry.SendAsync("PUT", $"{address}?digest={digest}", [])).StatusCode);
        }

        Assert.Equal(content, await (await registry.SendAsync("GET", $"/v2/{One}/blobs/{digest}")).Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Mount_OfWhatIsNotThere_BecomesAnUpload()
    {
        await using TestRegistry registry = await StartAsync();
        byte[] content = RandomNumberGenerator.GetBytes(512);
        Digest digest = DigestOf(content);
        using HttpResponseMessage begun = await registry.SendAsync("POST", $"/v2/{One}/blobs/uploads/?mount={digest}&from={Two}");
        Assert.Equal(HttpStatusCode.Accepted, begun.StatusCode);
        using HttpResponseMessage put = await registry.SendAsync("PUT", $"{Header(begun, "Location")}?digest={digest}", content, "application/octet-stream");
        Assert.Equal(HttpStatusCode.Created, put.StatusCode);
    }

    private static async Task<HttpResponseMessage> PushAsync(TestRegistry registry, string way, Digest digest, byte[] content)
    {
        const string Type = "application/octet-stream";
        switch (way)
        {
            case "post":
                return await registry.SendAsync("POST", $"/v2/{One}/blobs/uploads/?digest={digest}", content, Type);
            case "post, put":
                return await registry.SendAsync("PUT", $"{await BeginAsync(registry)}?digest={digest}", content, Type);
            case "stream":
                using (HttpResponseMessage patched = await registry.SendAsync("PATCH", await BeginAsync(registry), content, Type))
                {
                    Assert.Equal(HttpStatusCode.Accepted, patched.StatusCode);
                    return await registry.SendAsync("PUT", $"{Header(patched, "Location")}?digest={digest}", [], Type);
                }

            case "mount" or "mount from anywhere":
                await registry.SendAsync("POST", $"/v2/{Two}/blobs/uploads/?digest={digest}", content, Type);
                return await registry.SendAsync("POST", $"/v2/{One}/blobs/uploads/?mount={digest}" + (way == "mount" ? $"&from={Two}" : ""));
            default:
                string address = await BeginAsync(registry);
                int size = way == "one chunk" ? content.Length : 1024;
                for (int start = 0; start < content.Length; start += size)
                {
                    bool put = way == "chunks, last by put" && start + size >= content.Length;
                    HttpResponseMessage taken = await ChunkAsync(registry, put ? $"{address}?digest={digest}" : address, put, content, start, size);
                    if (put)
                    {
                        return taken;
                    }

                    Assert.Equal(HttpStatusCode.Accepted, taken.StatusCode);
                    address = Header(taken, "Location");
                    taken.Dispose();
                }

                return await registry.SendAsync("PUT", $"{address}?digest={digest}", [], Type);
        }
    }

    private static async Task<string> BeginAsync(TestRegistry registry)
    {
        using HttpResponseMessage begun = await registry.SendAsync("POST", $"/v2/{One}/blobs/uploads/", []);
        Assert.Equal(HttpStatusCode.Accepted, begun.StatusCode);
        return Header(begun, "Location");
    }

    private static Task<HttpResponseMessage> ChunkAsync(TestRegistry registry, string address, bool put, byte[] content, int start, int size = 1024)
    {
        int end = Math.Min(start + size, content.Length);
        return registry.SendAsync(put ? "PUT" : "PATCH", address, content[start..end], "application/octet-stream", ("Content-Range", $"{start}-{end - 1}"));
    }
}
