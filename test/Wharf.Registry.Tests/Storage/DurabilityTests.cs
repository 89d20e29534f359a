using System.Net;
using Wharf.Primitives;
using Wharf.Registry.Storage;
using Wharf.Registry.Tests.Hosting;
using static Wharf.Registry.Tests.Hosting.TestRegistry;

namespace Wharf.Registry.Tests.Storage;

public sealed class DurabilityTests
{
    [Fact]
    public async Task Root_OfARunningRegistry_IsNotSharedWithAnother()
    {
        await using TestRegistry registry = await StartAsync();
        var refused = Assert.Throws<WharfException>(() => RegistryStore.Open(registry.Root, TimeProvider.System, TimeSpan.Zero));
        Assert.Contains("in use by another registry", refused.Message);
    }

    [Fact]
    public async Task Pushes_AtTheSameTime_AllArrive()
    {
        string root = NewFolder();
        await using (TestRegistry registry = await StartAsync(root: root))
        {
            (_, byte[] manifest) = await registry.PushImageAsync("a", "first");
            await Parallel.ForAsync(0, 100, async (i, ct) =>
            {
                using HttpResponseMessage put = await registry.SendAsync("PUT", $"/v2/a/manifests/t{i:000}", manifest, "application/vnd.oci.image.manifest.v1+json");
                Assert.Equal(HttpStatusCode.Created, put.StatusCode);
            });
        }

        await using (TestRegistry registry = await StartAsync(root: root))
        {
            Assert.Equal(101, (await JsonOf(await registry.SendAsync("GET", "/v2/a/tags/list")))["tags"]!.AsArray().Count);
        }

        Directory.Delete(root, recursive: true);
    }

    [Fact]
    public async Task Leftovers_OfAKilledProcess_AreNoObstacle()
    {
        string root = NewFolder();
        await using (TestRegistry registry = await StartAsync(root: root))
        {
            await registry.PushImageAsync("a", "v1");
        }

        // What a kill leaves: a half-written index, an upload without an owner, a folder whose first manifest never came, foreign files.
        File.WriteAllText(Path.Combine(root, "repositories/a/_layout/index.json.1-1.tmp"), "{\"manif");
        Directory.CreateDirectory(Path.Combine(root, "uploads", Guid.NewGuid().ToString("D")));
        Directory.CreateDirectory(Path.Combine(root, "repositories/half/_layout/blobs/sha256"));
        Directory.CreateDirectory(Path.Combine(root, "content/sha256/zz"));
        File.WriteAllText(Path.Combine(root, "content/sha256/zz/not-a-digest"), "x");
        await using (TestRegistry registry = await StartAsync(root: root))
        {
            Assert.Equal(HttpStatusCode.OK, (await registry.SendAsync("GET", "/v2/a/manifests/v1")).StatusCode);
            Assert.Empty(Directory.GetDirectories(Path.Combine(root, "uploads")));
            Assert.Equal("""["a"]""", (await JsonOf(await registry.SendAsync("GET", "/v2/_catalog")))["repositories"]!.ToJsonString());
            await registry.Host.Collector.RunAsync(new GarbageRules(TimeSpan.FromSeconds(-5)) { UntaggedAfter = TimeSpan.FromSeconds(-5) }, CancellationToken.None);
            Assert.Equal(HttpStatusCode.OK, (await registry.SendAsync("GET", "/v2/a/manifests/v1")).StatusCode);
            await registry.PushImageAsync("half", "v1");
        }

        Directory.Delete(root, recursive: true);
    }

    [Fact]
    [Trait("attack", "reg-partial-put")]
    public async Task Upload_CutOffInTheMiddle_KeepsWhatCame()
    {
        await using TestRegistry registry = await StartAsync();
        using HttpResponseMessage begun = await registry.SendAsync("POST", "/v2/a/blobs/uploads/");
        string location = Header(begun, "Location");
        byte[] content = new byte[300_000];
        Random.Shared.NextBytes(content);
        using (var socket = new System.Net.Sockets.TcpClient())
        {
            var address = new Uri(registry.Host.Address);
            await socket.ConnectAsync(address.Host, address.Port);
            await using var stream = socket.GetStream();
            await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes($"PATCH {location} HTTP/1.1\r\nHost: x\r\nContent-Length: {content.Length}\r\n\r\n"));
            await stream.WriteAsync(content.AsMemory(0, 100_000));
            await stream.FlushAsync();
            await Task.Delay(200);
        }

        string range = "";
        for (int i = 0; i < 100 && range != "0-99999"; i++)
        {
            using HttpResponseMessage status = await registry.SendAsync("GET", location);
            range = Header(status, "Range");
            await Task.Delay(50);
        }

        Assert.Equal("0-99999", range);
        using HttpResponseMessage rest = await registry.SendAsync("PATCH", location, content[100_000..], null, ("Content-Range", "100000-299999"));
        Assert.Equal(HttpStatusCode.Accepted, rest.StatusCode);
        using HttpResponseMessage closed = await registry.SendAsync("PUT", $"{location}?digest={DigestOf(content)}");
        Assert.Equal(HttpStatusCode.Created, closed.StatusCode);
    }

    [Theory]
    [InlineData("manifest")]
    [InlineData("blob")]
    [Trait("attack", "reg-partial-put")]
    public async Task Put_CutOffInTheMiddle_LeavesNothingThatCanBeRead(string what)
    {
        await using TestRegistry registry = await StartAsync();
        (_, byte[] manifest) = await registry.PushImageAsync("a", "v1");
        byte[] content = [.. manifest, .. new byte[4000]];
        string path = what == "manifest" ? "/v2/a/manifests/v2" : $"/v2/a/blobs/uploads/?digest={DigestOf(content)}";
        using (var socket = new System.Net.Sockets.TcpClient())
        {
            var address = new Uri(registry.Host.Address);
            await socket.ConnectAsync(address.Host, address.Port);
            await using var stream = socket.GetStream();
            await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes($"{(what == "manifest" ? "PUT" : "POST")} {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/vnd.oci.image.manifest.v1+json\r\nContent-Length: {content.Length}\r\n\r\n"));

            // What came is by itself a manifest that could be stored: its length alone says that something is missing.
            await stream.WriteAsync(manifest);
            await stream.FlushAsync();
            socket.Client.Shutdown(System.Net.Sockets.SocketShutdown.Send);
            try
            {
                Assert.Equal(0, await stream.ReadAsync(new byte[1]));
            }
            catch (IOException)
            {
                // Half a request gets no answer, but a reset.
            }
        }

        Assert.Equal(HttpStatusCode.NotFound, (await registry.SendAsync("HEAD", "/v2/a/manifests/v2")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await registry.SendAsync("HEAD", $"/v2/a/blobs/{DigestOf(content)}")).StatusCode);

        // The connection is told before the handler.
        string uploads = Path.Combine(registry.Root, "uploads");
        for (int i = 0; i < 600 && Directory.GetDirectories(uploads).Length > 0; i++)
        {
            await Task.Delay(50);
        }

        Assert.Empty(Directory.GetDirectories(uploads));
    }

    [Fact]
    [Trait("attack", "reg-digest-collide")]
    public async Task Upload_UnderTheDigestOfAnothersBlob_ChangesNothingOfIt()
    {
        await using TestRegistry registry = await StartAsync();
        byte[] good = "what everybody pulls"u8.ToArray();
        Digest digest = await registry.PushBlobAsync("victim", good);
        await Parallel.ForAsync(0, 20, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, ct) =>
        {
            byte[] sent = i % 4 == 0 ? good : System.Text.Encoding.UTF8.GetBytes($"what nobody wants {i}");
            using HttpResponseMessage response = await registry.SendAsync("POST", $"/v2/other{i % 2}/blobs/uploads/?digest={digest}", sent);
            Assert.Equal(i % 4 == 0 ? HttpStatusCode.Created : HttpStatusCode.BadRequest, response.StatusCode);
            using HttpResponseMessage read = await registry.SendAsync("GET", $"/v2/victim/blobs/{digest}");
            Assert.Equal(good, await read.Content.ReadAsByteArrayAsync(ct));
        });
        using HttpResponseMessage absent = await registry.SendAsync("GET", $"/v2/other1/blobs/{digest}");
        Assert.Equal(HttpStatusCode.NotFound, absent.StatusCode);
    }

    [Fact]
    public async Task Upload_ThatNobodyGoesOnWith_IsPurged()
    {
        await using TestRegistry registry = await StartAsync();
        using HttpResponseMessage begun = await registry.SendAsync("POST", "/v2/a/blobs/uploads/");
        Assert.Equal(0, await registry.Host.Store.Uploads.PurgeAsync(DateTimeOffset.UtcNow.AddHours(-1), CancellationToken.None));
        Assert.Equal(1, await registry.Host.Store.Uploads.PurgeAsync(DateTimeOffset.UtcNow.AddHours(1), CancellationToken.None));
        await FailsAsync(await registry.SendAsync("GET", Header(begun, "Location")), HttpStatusCode.NotFound, "BLOB_UPLOAD_UNKNOWN");
    }
}
