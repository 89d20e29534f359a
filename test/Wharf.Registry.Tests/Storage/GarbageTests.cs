using System.Net;
using Wharf.Primitives;
using Wharf.Registry.Storage;
using Wharf.Registry.Tests.Hosting;
using static Wharf.Registry.Tests.Hosting.TestRegistry;

namespace Wharf.Registry.Tests.Storage;

public sealed class GarbageTests
{
    private static readonly TimeSpan NoGrace = TimeSpan.FromSeconds(-5);

    [Fact]
    public async Task Blobs_ThatNothingNames_GoAfterTheGrace()
    {
        await using TestRegistry registry = await StartAsync();
        (Digest kept, _) = await registry.PushImageAsync("a", "v1", "kept");
        Digest loose = await registry.PushBlobAsync("a", "loose"u8.ToArray());
        Digest alone = await registry.PushBlobAsync("never/a/manifest", "alone"u8.ToArray());
        await registry.Host.Collector.RunAsync(new GarbageRules(TimeSpan.FromHours(1)), CancellationToken.None);
        Assert.Equal(HttpStatusCode.OK, (await registry.SendAsync("HEAD", $"/v2/a/blobs/{loose}")).StatusCode);
        (long files, _, _) = await registry.Host.Collector.RunAsync(new GarbageRules(NoGrace), CancellationToken.None);
        Assert.Equal(2, files);
        Assert.Equal(HttpStatusCode.NotFound, (await registry.SendAsync("HEAD", $"/v2/a/blobs/{loose}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await registry.SendAsync("HEAD", $"/v2/never/a/manifest/blobs/{alone}")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await registry.SendAsync("GET", $"/v2/a/manifests/{kept}")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await registry.SendAsync("GET", $"/v2/a/blobs/{DigestOf("kept"u8.ToArray())}")).StatusCode);
        Assert.Equal(3, Directory.GetFiles(Path.Combine(registry.Root, "content"), "*", SearchOption.AllDirectories).Length);
    }

    [Fact]
    public async Task DeletedImage_FreesItsBytes_UnlessAnotherHasThem()
    {
        await using TestRegistry registry = await StartAsync();
        (Digest digest, _) = await registry.PushImageAsync("a", "v1", "shared");
        await registry.PushImageAsync("b", "v1", "shared");
        await registry.SendAsync("DELETE", $"/v2/a/manifests/{digest}");
        await registry.Host.Collector.RunAsync(new GarbageRules(NoGrace), CancellationToken.None);
        Assert.Empty(Directory.GetFiles(Path.Combine(registry.Root, "repositories/a/_layout/blobs/sha256")));
        Assert.Equal(HttpStatusCode.OK, (await registry.SendAsync("GET", $"/v2/b/blobs/{DigestOf("shared"u8.ToArray())}")).StatusCode);
        await registry.SendAsync("DELETE", $"/v2/b/manifests/{digest}");
        await registry.Host.Collector.RunAsync(new GarbageRules(NoGrace), CancellationToken.None);
        Assert.Empty(Directory.GetFiles(Path.Combine(registry.Root, "content"), "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Untagged_GoOnlyWhenAskedFor_AndReferrersStayWithTheirSubject()
    {
        await using TestRegistry registry = await StartAsync();
        (Digest first, byte[] _) = await registry.PushImageAsync("a", "v1", "one");
        (Digest second, _) = await registry.PushImageAsync("a", "v1", "two");
        (Digest signature, _) = await registry.PushImageAsync("a", "s", "signature", second.ToString(), "x/sig");
        await registry.SendAsync("DELETE", "/v2/a/manifests/s");
        await registry.Host.Collector.RunAsync(new GarbageRules(NoGrace), CancellationToken.None);
        Assert.Equal(HttpStatusCode.OK, (await registry.SendAsync("GET", $"/v2/a/manifests/{first}")).StatusCode);
        (_, _, long manifests) = await registry.Host.Collector.RunAsync(new GarbageRules(NoGrace) { UntaggedAfter = NoGrace }, CancellationToken.None);
        Assert.Equal(1, manifests);
        Assert.Equal(HttpStatusCode.NotFound, (await registry.SendAsync("GET", $"/v2/a/manifests/{first}")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await registry.SendAsync("GET", $"/v2/a/manifests/{second}")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await registry.SendAsync("GET", $"/v2/a/manifests/{signature}")).StatusCode);
    }

    [Fact]
    public async Task Untagged_AreKeptForTheirTime_WhichBeginsWithTheLossOfTheTag()
    {
        await using TestRegistry registry = await StartAsync();
        (Digest replaced, byte[] _) = await registry.PushImageAsync("a", "v1", "one");
        (Digest untagged, byte[] _) = await registry.PushImageAsync("a", "v2", "two");
        await registry.PushImageAsync("a", "v3", "three");
        var week = new GarbageRules(TimeSpan.FromHours(1)) { UntaggedAfter = TimeSpan.FromDays(7) };
        foreach (string file in Directory.EnumerateFiles(registry.Root, "*", SearchOption.AllDirectories))
        {
            File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddDays(-30));
        }

        await registry.PushImageAsync("a", "v1", "four");
        await registry.SendAsync("DELETE", "/v2/a/manifests/v2");
        Assert.All((Digest[])[replaced, untagged], d => Assert.True(File.GetLastWriteTimeUtc(registry.Host.Store.Layout.BlobFile("a", d)) > DateTime.UtcNow.AddDays(-1)));
        Assert.Equal(0, (await registry.Host.Collector.RunAsync(week, CancellationToken.None)).Manifests);
        Assert.Equal(HttpStatusCode.OK, (await registry.SendAsync("GET", $"/v2/a/manifests/{replaced}")).StatusCode);

        Assert.Equal(2, (await registry.Host.Collector.RunAsync(week with { UntaggedAfter = NoGrace }, CancellationToken.None)).Manifests);
        Assert.Equal(HttpStatusCode.NotFound, (await registry.SendAsync("GET", $"/v2/a/manifests/{replaced}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await registry.SendAsync("GET", $"/v2/a/manifests/{untagged}")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await registry.SendAsync("GET", "/v2/a/manifests/v3")).StatusCode);
    }

    [Fact]
    [Trait("attack", "reg-delete-race")]
    public async Task Collection_WhilePushing_NeverBreaksAPush()
    {
        // With no grace at all a push may be told that a blob is gone, and begins again; what was acknowledged must be whole.
        await using TestRegistry registry = await StartAsync();
        using var stop = new CancellationTokenSource();
        Task collecting = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                await registry.Host.Collector.RunAsync(new GarbageRules(TimeSpan.FromSeconds(-5)) { UntaggedAfter = TimeSpan.FromSeconds(-5) }, CancellationToken.None);
                await Task.Delay(Random.Shared.Next(4));
            }
        });
        await Parallel.ForAsync(0, 20, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (i, ct) =>
        {
            byte[] config = "{}"u8.ToArray(), layer = System.Text.Encoding.UTF8.GetBytes($"layer {i}");
            for (int attempt = 1; ; attempt++)
            {
                await registry.SendAsync("POST", $"/v2/r{i % 3}/blobs/uploads/?digest={DigestOf(config)}", config);
                await registry.SendAsync("POST", $"/v2/r{i % 3}/blobs/uploads/?digest={DigestOf(layer)}", layer);
                using HttpResponseMessage put = await registry.SendAsync("PUT", $"/v2/r{i % 3}/manifests/t{i}", Manifest(DigestOf(config), 2, DigestOf(layer), layer.Length), "application/vnd.oci.image.manifest.v1+json");
                if (put.StatusCode == HttpStatusCode.Created)
                {
                    break;
                }

                // The manifest itself is swept like any other blob until it is on record.
                string told = await put.Content.ReadAsStringAsync(ct);
                Assert.True(put.StatusCode == HttpStatusCode.NotFound && (told.Contains("MANIFEST_BLOB_UNKNOWN") || told.Contains("MANIFEST_UNKNOWN")), told);
                Assert.True(attempt < 500, "no push ever got through");
            }

            using HttpResponseMessage read = await registry.SendAsync("GET", $"/v2/r{i % 3}/blobs/{DigestOf(layer)}");
            Assert.Equal(layer, await read.Content.ReadAsByteArrayAsync(ct));
            Assert.Equal(HttpStatusCode.OK, (await registry.SendAsync("GET", $"/v2/r{i % 3}/manifests/t{i}")).StatusCode);
            Assert.Equal(HttpStatusCode.OK, (await registry.SendAsync("HEAD", $"/v2/r{i % 3}/blobs/{DigestOf(config)}")).StatusCode);
        });
        await stop.CancelAsync();
        await collecting;
    }

    [Fact]
    [Trait("attack", "reg-delete-race")]
    public async Task Deletion_WhilePushing_NeverLeavesATagToNothing()
    {
        await using TestRegistry registry = await StartAsync();
        (Digest digest, byte[] manifest) = await registry.PushImageAsync("a", "v1");
        await Parallel.ForAsync(0, 100, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, ct) =>
        {
            using HttpResponseMessage response = i % 2 == 0
                ? await registry.SendAsync("PUT", "/v2/a/manifests/v1", manifest, "application/vnd.oci.image.manifest.v1+json")
                : await registry.SendAsync("DELETE", $"/v2/a/manifests/{digest}");
            Assert.True(response.StatusCode is HttpStatusCode.Created or HttpStatusCode.Accepted or HttpStatusCode.NotFound);
            using HttpResponseMessage read = await registry.SendAsync("GET", "/v2/a/manifests/v1");
            Assert.True(read.StatusCode is HttpStatusCode.OK or HttpStatusCode.NotFound);
        });
        var state = registry.Host.Store.Find("a")!.State;
        Assert.All(state.Tags, t => Assert.True(state.Manifests.ContainsKey(t.Value)));
    }
}
