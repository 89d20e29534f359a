using System.Net;
using Wharf.Primitives;
using Wharf.Registry.Access;
using Wharf.Registry.Settings;
using Wharf.Registry.Storage;
using Wharf.Registry.Tests.Hosting;
using Wharf.Registry.Upstream;
using static Wharf.Registry.Tests.Hosting.TestRegistry;

namespace Wharf.Registry.Tests.Upstream;

public sealed class PullThroughTests
{
    [Fact]
    public async Task Image_PulledOnce_IsThereWithoutTheUpstream()
    {
        TestRegistry upstream = await StartAsync();
        (Digest digest, byte[] manifest) = await upstream.PushImageAsync("lib/app", "v1", "layer bytes");
        byte[] layer = "layer bytes"u8.ToArray();
        await using TestRegistry cache = await CacheOf(upstream);
        using HttpResponseMessage first = await cache.SendAsync("GET", "/v2/lib/app/manifests/v1");
        Assert.Equal(manifest, await first.Content.ReadAsByteArrayAsync());
        using HttpResponseMessage head = await cache.SendAsync("HEAD", $"/v2/lib/app/blobs/{DigestOf(layer)}");
        Assert.Equal((HttpStatusCode.OK, (long)layer.Length), (head.StatusCode, head.Content.Headers.ContentLength));
        using HttpResponseMessage blob = await cache.SendAsync("GET", $"/v2/lib/app/blobs/{DigestOf(layer)}");
        Assert.Equal(layer, await blob.Content.ReadAsByteArrayAsync());
        Assert.Equal("""["v1"]""", (await JsonOf(await cache.SendAsync("GET", "/v2/lib/app/tags/list")))["tags"]!.ToJsonString());
        await EventuallyAsync(() => File.Exists(cache.Host.Store.Layout.BlobFile("lib/app", DigestOf(layer))));

        await upstream.DisposeAsync();
        Assert.Equal(HttpStatusCode.OK, (await cache.SendAsync("GET", "/v2/lib/app/manifests/v1")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await cache.SendAsync("GET", $"/v2/lib/app/manifests/{digest}")).StatusCode);
        using HttpResponseMessage again = await cache.SendAsync("GET", $"/v2/lib/app/blobs/{DigestOf(layer)}");
        Assert.Equal(layer, await again.Content.ReadAsByteArrayAsync());
        Assert.Equal("""["v1"]""", (await JsonOf(await cache.SendAsync("GET", "/v2/lib/app/tags/list")))["tags"]!.ToJsonString());
        await FailsAsync(await cache.SendAsync("GET", "/v2/lib/other/manifests/v1"), HttpStatusCode.ServiceUnavailable, "UNAVAILABLE");
        await FailsAsync(await cache.SendAsync("GET", $"/v2/lib/app/blobs/{Digest.Sha256("x"u8)}"), HttpStatusCode.ServiceUnavailable, "UNAVAILABLE");
    }

    [Fact]
    public async Task Tag_ThatMoved_IsFollowed_AndOneThatIsGone_IsGone()
    {
        await using TestRegistry upstream = await StartAsync();
        await upstream.PushImageAsync("app", "v1", "old");
        await using TestRegistry cache = await CacheOf(upstream);
        await cache.SendAsync("GET", "/v2/app/manifests/v1");
        (Digest moved, _) = await upstream.PushImageAsync("app", "v1", "new");
        using HttpResponseMessage after = await cache.SendAsync("GET", "/v2/app/manifests/v1");
        Assert.Equal(moved.ToString(), Header(after, "Docker-Content-Digest"));
        await upstream.SendAsync("DELETE", $"/v2/app/manifests/{moved}");
        await FailsAsync(await cache.SendAsync("GET", "/v2/app/manifests/v1"), HttpStatusCode.NotFound, "MANIFEST_UNKNOWN");
        await FailsAsync(await cache.SendAsync("POST", "/v2/app/blobs/uploads/"), HttpStatusCode.MethodNotAllowed, "UNSUPPORTED");
    }

    [Fact]
    public async Task Blob_AskedForByMany_IsFetchedOnce()
    {
        await using TestRegistry upstream = await StartAsync();
        byte[] large = new byte[20 << 20];
        Random.Shared.NextBytes(large);
        Digest digest = await upstream.PushBlobAsync("app", large);
        await using TestRegistry cache = await CacheOf(upstream);
        byte[][] all = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            using HttpResponseMessage response = await cache.SendAsync("GET", $"/v2/app/blobs/{digest}");
            return await response.Content.ReadAsByteArrayAsync();
        }));
        Assert.All(all, one => Assert.True(one.AsSpan().SequenceEqual(large)));
        using HttpResponseMessage part = await cache.SendAsync("GET", $"/v2/app/blobs/{digest}", null, null, ("Range", "bytes=5-9"));
        Assert.Equal(large[5..10], await part.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Upstream_WithUsers_GetsItsPassword(bool tokens)
    {
        string folder = NewFolder(), root = NewFolder();
        File.WriteAllText(Path.Combine(folder, "users"), $"bob:{Bcrypt.Hash("secret", 4)}\n");
        await using (TestRegistry open = await StartAsync(root: root))
        {
            await open.PushImageAsync("app", "v1");
        }

        await using (TestRegistry upstream = await StartAsync(o => o with { Passwords = new PasswordOptions(Path.Combine(folder, "users"), "r", null, tokens, TimeSpan.FromMinutes(5), "registry") }, root))
        {
            await using TestRegistry cache = await CacheOf(upstream, "bob", "secret"), stranger = await CacheOf(upstream);
            Assert.Equal(HttpStatusCode.OK, (await cache.SendAsync("GET", "/v2/app/manifests/v1")).StatusCode);
            await FailsAsync(await stranger.SendAsync("GET", "/v2/app/manifests/v1"), HttpStatusCode.Forbidden, "DENIED");
        }

        Directory.Delete(folder, recursive: true);
        Directory.Delete(root, recursive: true);
    }

    [Fact]
    public async Task Cache_LosesWhatNobodyAsksFor_AndFetchesItAgain()
    {
        await using TestRegistry upstream = await StartAsync();
        await upstream.PushImageAsync("app", "v1", "bytes");
        await using TestRegistry cache = await CacheOf(upstream);
        await cache.SendAsync("GET", "/v2/app/manifests/v1");
        using HttpResponseMessage blob = await cache.SendAsync("GET", $"/v2/app/blobs/{DigestOf("bytes"u8.ToArray())}");
        await EventuallyAsync(() => File.Exists(cache.Host.Store.Layout.BlobFile("app", DigestOf("bytes"u8.ToArray()))));
        var rules = new GarbageRules(TimeSpan.FromSeconds(-5)) { UnusedAfter = TimeSpan.FromDays(7) };
        Assert.Equal(0, (await cache.Host.Collector.RunAsync(rules, CancellationToken.None)).Manifests);

        Assert.Equal(1, (await cache.Host.Collector.RunAsync(rules with { UnusedAfter = TimeSpan.FromSeconds(-5) }, CancellationToken.None)).Manifests);

        Assert.Empty(Directory.GetFiles(Path.Combine(cache.Root, "content"), "*", SearchOption.AllDirectories));
        Assert.Equal(HttpStatusCode.OK, (await cache.SendAsync("GET", "/v2/app/manifests/v1")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await cache.SendAsync("GET", $"/v2/app/blobs/{DigestOf("bytes"u8.ToArray())}")).StatusCode);
    }

    [Fact]
    public async Task Upstream_ThatSendsWrongBytes_PoisonsNothing()
    {
        Digest digest = Digest.Sha256("right"u8);
        using var liar = new HttpListener();
        string address = FreeAddress();
        liar.Prefixes.Add(address);
        liar.Start();
        _ = Task.Run(async () =>
        {
            while (liar.IsListening)
            {
                HttpListenerContext context = await liar.GetContextAsync();
                context.Response.ContentLength64 = 5;
                context.Response.OutputStream.Write("wrong"u8);
                context.Response.Close();
            }
        });
        await using TestRegistry cache = await StartAsync(o => o with { Upstream = new UpstreamOptions { Address = new Uri(address) } });

        // Bytes are passed on as they come: whether the connection ends before the last of five has gone out is a matter of time.
        Exception? error = await Record.ExceptionAsync(() => cache.SendAsync("GET", $"/v2/app/blobs/{digest}"));
        Assert.True(error is null or HttpRequestException, $"{error}");
        Assert.False(File.Exists(cache.Host.Store.Layout.BlobFile("app", digest)));
        Assert.Empty(Directory.GetFiles(Path.Combine(cache.Root, "content"), "*", SearchOption.AllDirectories));
        await FailsAsync(await cache.SendAsync("GET", $"/v2/app/manifests/{digest}"), HttpStatusCode.ServiceUnavailable, "UNAVAILABLE");
        liar.Stop();
    }

    internal static string FreeAddress()
    {
        using var probe = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/";
    }

    private static Task<TestRegistry> CacheOf(TestRegistry upstream, string user = "", string password = "") =>
        StartAsync(o => o with { Upstream = new UpstreamOptions { Address = new Uri(upstream.Host.Address), User = user, Password = password } });

    private static async Task EventuallyAsync(Func<bool> condition)
    {
        for (int i = 0; i < 100 && !condition(); i++)
        {
            await Task.Delay(50);
        }

        Assert.True(condition());
    }
}
