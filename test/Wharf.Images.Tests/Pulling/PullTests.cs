using System.Net;
using System.Text;
using Wharf.Images.Catalog;
using Wharf.Images.Tests.Support;
using Wharf.Images.Transfers;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Images.Tests.Pulling;

public sealed class PullTests : IDisposable
{
    private readonly FakeRegistry _registry = new();
    private readonly TestImage _image = TestImage.Make([("a", "1")], [("b", "2")]);

    public void Dispose() => _registry.Dispose();

    [Theory]
    [InlineData(MediaTypes.OciManifest)]
    [InlineData(MediaTypes.DockerManifest)]
    public async Task Pull_New_TellsItInDockersWords(string mediaType)
    {
        await using ImageLab lab = await ImageLab.OpenAsync();
        _registry.Add("team/app", "1", _image, mediaType);

        ProgressLog log = await lab.PullAsync($"{_registry.Host}/team/app:1");

        string first = Digest.Sha256(_image.Packed[0]).Short, second = Digest.Sha256(_image.Packed[1]).Short;
        Assert.Equal("1: Pulling from team/app", log.Lines[0]);
        Assert.Contains($"{first}: Pulling fs layer", log.Lines);
        foreach (string status in (string[])["Downloading", "Verifying Checksum", "Download complete", "Extracting", "Pull complete"])
        {
            Assert.Contains($"{second}: {status}", log.Lines);
        }

        Assert.Equal($"Digest: {Digest.Sha256(_image.Manifest(mediaType))}", log.Lines[^2]);
        Assert.Equal($"Status: Downloaded newer image for {_registry.Host}/team/app:1", log.Lines[^1]);
        ImageDetails details = lab.Service.Inspect($"{_registry.Host}/team/app:1");
        Assert.Equal(_image.Id, details.Id);
        Assert.Equal([$"{_registry.Host}/team/app@{Digest.Sha256(_image.Manifest(mediaType))}"], details.RepoDigests);
        Assert.Contains(lab.Events, e => e.Action == "pull" && e.ActorId == $"{_registry.Host}/team/app:1");
    }

    [Fact]
    public async Task Pull_Again_IsOneHeadRequest()
    {
        await using ImageLab lab = await ImageLab.OpenAsync();
        _registry.Add("app", "latest", _image);
        await lab.PullAsync($"{_registry.Host}/app");
        _registry.Requests.Clear();

        ProgressLog log = await lab.PullAsync($"{_registry.Host}/app");

        (string method, string path, _, _) = Assert.Single(_registry.Requests);
        Assert.Equal(("HEAD", "/v2/app/manifests/latest"), (method, path));
        Assert.Equal($"Status: Image is up to date for {_registry.Host}/app:latest", log.Lines[^1]);
    }

    [Fact]
    public async Task Pull_SharedLayer_AlreadyExists()
    {
        await using ImageLab lab = await ImageLab.OpenAsync();
        TestImage sibling = TestImage.Make(new ImageConfig(), _image.Layers[0], TestImage.Tar(("c", "3")));
        _registry.Add("app", "1", _image);
        _registry.Add("app", "2", sibling);
        await lab.PullAsync($"{_registry.Host}/app:1");

        ProgressLog log = await lab.PullAsync($"{_registry.Host}/app:2");

        Assert.Contains($"{Digest.Sha256(_image.Packed[0]).Short}: Already exists", log.Lines);
        Assert.Equal(1, _registry.Count("GET", Digest.Sha256(_image.Packed[0]).Encoded));
        Assert.Equal(3, lab.LayerDirectories());
    }

    [Fact]
    public async Task Pull_AllTags_TakesEach()
    {
        await using ImageLab lab = await ImageLab.OpenAsync();
        _registry.Add("app", "1", _image);
        _registry.Add("app", "2", TestImage.Make([("x", "y")]));

        ProgressLog log = await lab.PullAsync($"{_registry.Host}/app", r => r with { AllTags = true });

        Assert.Equal(2, lab.Service.ImageCount);
        Assert.Equal($"Status: Downloaded newer image for {_registry.Host}/app", log.Lines[^1]);
    }

    [Fact]
    public async Task Pull_ByDigest_HasNoTag()
    {
        await using ImageLab lab = await ImageLab.OpenAsync();
        _registry.Add("app", "1", _image);
        string reference = $"{_registry.Host}/app@{Digest.Sha256(_image.Manifest())}";

        await lab.PullAsync(reference);

        Assert.Empty(lab.Service.Inspect(reference).RepoTags);
        Assert.Equal([reference], lab.Service.Inspect(reference).RepoDigests);
    }

    [Fact]
    [Trait("attack", "img-platform-confusion")]
    public async Task Pull_Index_TakesThePlatformAndSkipsAttestations()
    {
        await using ImageLab lab = await ImageLab.OpenAsync();
        TestImage arm = TestImage.Make(new ImageConfig { Architecture = "arm64" }, TestImage.Tar(("arm", "1")));
        _registry.Add("multi", "amd", _image);
        _registry.Add("multi", "arm", arm);
        byte[] index = OciImageJson.Write(new ImageIndex
        {
            MediaType = MediaTypes.OciIndex,
            Manifests =
            [
                Entry(_image.Manifest(), null) with { Annotations = new(StringComparer.Ordinal) { ["vnd.docker.reference.type"] = "attestation-manifest" }, Platform = new() { Os = "unknown", Architecture = "unknown" } },
                Entry(arm.Manifest(), Platform.Parse("linux/arm64")),
                Entry(_image.Manifest(), Platform.Parse("linux/amd64")),
            ],
        });
        Digest digest = _registry.AddManifest("multi", "latest", MediaTypes.OciIndex, index);

        await lab.PullAsync($"{_registry.Host}/multi", r => r with { Platform = Platform.Parse("linux/amd64") });
        Assert.Equal(_image.Id, lab.Service.Resolve($"{_registry.Host}/multi"));
        Assert.Equal(digest, lab.Service.Inspect($"{_registry.Host}/multi").Target!.Digest);
        Assert.Equal(["attestation", "image", "image"], lab.Service.Inspect($"{_registry.Host}/multi").Manifests.Select(m => m.Kind));

        await lab.PullAsync($"{_registry.Host}/multi", r => r with { Platform = Platform.Parse("linux/arm64") });
        Assert.Equal(arm.Id, lab.Service.Resolve($"{_registry.Host}/multi"));

        WharfException e = await Assert.ThrowsAsync<WharfException>(() => lab.PullAsync($"{_registry.Host}/multi", r => r with { Platform = Platform.Parse("linux/s390x") }));
        Assert.Contains("no matching manifest for linux/s390x in the manifest list entries", e.Message);
    }

    [Fact]
    [Trait("attack", "img-platform-confusion")]
    public async Task Pull_IndexThatLiesAboutThePlatform_IsRefused()
    {
        await using ImageLab lab = await ImageLab.OpenAsync();
        TestImage arm = TestImage.Make(new ImageConfig { Architecture = "arm64" }, TestImage.Tar(("arm", "1")));
        _registry.Add("liar", "arm", arm);
        _registry.AddManifest("liar", "latest", MediaTypes.OciIndex, OciImageJson.Write(new ImageIndex { MediaType = MediaTypes.OciIndex, Manifests = [Entry(arm.Manifest(), Platform.Host)] }));

        WharfException e = await Assert.ThrowsAsync<WharfException>(() => lab.PullAsync($"{_registry.Host}/liar"));

        Assert.Contains("promises", e.Message);
        Assert.Equal(0, lab.Service.ImageCount);
    }

    [Fact]
    public async Task Pull_ManyClientsAtOnce_DownloadOnce()
    {
        await using ImageLab lab = await ImageLab.OpenAsync();
        TestImage image = TestImage.Make(new ImageConfig(), TestImage.BigLayer(2_000_000), TestImage.BigLayer(1_000_000, seed: 2));
        _registry.Add("big", "latest", image);

        ProgressLog[] logs = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => lab.PullAsync($"{_registry.Host}/big")));

        Assert.All(image.Packed, p => Assert.Equal(1, _registry.Count("GET", "/blobs/" + Digest.Sha256(p))));
        Assert.All(logs, log => Assert.StartsWith("Status: ", log.Lines[^1]));
        Assert.Equal(2, lab.LayerDirectories());
    }

    [Fact]
    public async Task Pull_ClientGone_StopsUnlessAnotherWaits()
    {
        await using ImageLab lab = await ImageLab.OpenAsync();
        _registry.Add("slow", "latest", _image);
        using var release = new ManualResetEventSlim();
        _registry.Intercept = context =>
        {
            if (context.Request.RawUrl!.Contains("/blobs/", StringComparison.Ordinal))
            {
                release.Wait(TimeSpan.FromSeconds(20));
            }

            return false;
        };
        using var leave = new CancellationTokenSource();
        var request = new PullRequest { Reference = ImageReference.Parse($"{_registry.Host}/slow") };
        Task first = lab.Service.PullAsync(request, new ProgressLog(), leave.Token);
        Task second = lab.Service.PullAsync(request, new ProgressLog(), ImageLab.Ct);

        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        release.Set();
        await second;

        Assert.Equal(_image.Id, lab.Service.Resolve($"{_registry.Host}/slow"));
    }

    [Fact]
    public async Task Pull_ConnectionBreaks_GoesOnByRange()
    {
        await using ImageLab lab = await ImageLab.OpenAsync();
        TestImage image = TestImage.Make(new ImageConfig(), TestImage.BigLayer(3_000_000));
        _registry.Add("big", "latest", image);
        int broken = 0;
        _registry.Intercept = context => IsLayer(context, image) && broken++ == 0 && Truncate(context, image.Packed[0], 1_000_000);

        await lab.PullAsync($"{_registry.Host}/big");

        string range = Assert.Single(_registry.Requests, r => r.Range is not null).Range!;
        Assert.True(int.Parse(range["bytes=".Length..^1]) > 0);
        Assert.Equal(image.Id, lab.Service.Resolve($"{_registry.Host}/big"));
    }

    [Fact]
    public async Task Pull_AfterAFailureAndARestart_GoesOnByRange()
    {
        await using ImageLab lab = await ImageLab.OpenAsync(o => o with { MaxDownloadAttempts = 1 });
        TestImage image = TestImage.Make(new ImageConfig(), TestImage.BigLayer(3_000_000));
        _registry.Add("big", "latest", image);
        _registry.Intercept = context => IsLayer(context, image) && Truncate(context, image.Packed[0], 2_000_000);
        await Assert.ThrowsAsync<WharfException>(() => lab.PullAsync($"{_registry.Host}/big"));
        Assert.Equal(0, lab.LayerDirectories());
        Assert.Equal(1, lab.PartialBlobs());

        await lab.RestartAsync();
        _registry.Intercept = null;
        _registry.Requests.Clear();
        await lab.PullAsync($"{_registry.Host}/big");

        Assert.Equal("bytes=2000000-", Assert.Single(_registry.Requests, r => r.Path.Contains("/blobs/" + Digest.Sha256(image.Packed[0]))).Range);
        Assert.Equal(0, lab.PartialBlobs());
    }

    [Fact]
    public async Task Pull_DamagedPartial_IsFetchedAnew()
    {
        await using ImageLab lab = await ImageLab.OpenAsync(o => o with { MaxDownloadAttempts = 1 });
        TestImage image = TestImage.Make(new ImageConfig(), TestImage.BigLayer(3_000_000));
        _registry.Add("big", "latest", image);
        _registry.Intercept = context => IsLayer(context, image) && Truncate(context, image.Packed[0], 2_000_000);
        await Assert.ThrowsAsync<WharfException>(() => lab.PullAsync($"{_registry.Host}/big"));
        string partial = Assert.Single(Directory.EnumerateFiles(Path.Combine(lab.Root, "blobs", "partial")));
        byte[] content = await File.ReadAllBytesAsync(partial, ImageLab.Ct);
        content[1_000_000] ^= 0xFF;
        await File.WriteAllBytesAsync(partial, content, ImageLab.Ct);

        _registry.Intercept = null;
        await lab.PullAsync($"{_registry.Host}/big");

        Assert.Equal(image.Id, lab.Service.Resolve($"{_registry.Host}/big"));
    }

    [Theory]
    [InlineData("flip")]
    [InlineData("long")]
    [InlineData("short")]
    [InlineData("trailing")]
    public async Task Pull_ContentThatLies_IsRefusedAndLeavesNothing(string lie)
    {
        await using ImageLab lab = await ImageLab.OpenAsync(o => o with { MaxDownloadAttempts = 1 });
        _registry.Add("app", "latest", _image);
        string digest = Digest.Sha256(_image.Packed[1]).ToString();
        byte[] good = _image.Packed[1];
        _registry.Blobs[digest] = lie switch
        {
            "flip" => [.. good[..^12], (byte)(good[^12] ^ 1), .. good[^11..]],
            "long" => [.. good, 0, 0],
            "short" => good[..^5],
            _ => [.. good, .. good],
        };

        WharfException e = await Assert.ThrowsAsync<WharfException>(() => lab.PullAsync($"{_registry.Host}/app"));

        Assert.Contains(e.Kind, (ErrorKind[])[ErrorKind.DataLoss, ErrorKind.InvalidArgument]);
        Assert.Equal(0, lab.Service.ImageCount);
        await lab.Service.CollectGarbageAsync(ImageLab.Ct);
        Assert.Equal(0, lab.LayerDirectories());
        Assert.Equal(0, lab.Blobs());
        _registry.Blobs[digest] = good;
        await lab.PullAsync($"{_registry.Host}/app");
        Assert.Equal(_image.Id, lab.Service.Resolve($"{_registry.Host}/app"));
    }

    [Fact]
    [Trait("attack", "img-digest-lies")]
    public async Task Pull_WrongDiffId_IsRefused()
    {
        await using ImageLab lab = await ImageLab.OpenAsync();
        TestImage other = TestImage.Make([("other", "x")], [("b", "2")]);
        byte[] manifest = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(_image.Manifest())
            .Replace(Digest.Sha256(_image.Packed[0]).ToString(), Digest.Sha256(other.Packed[0]).ToString(), StringComparison.Ordinal)
            .Replace($"\"size\":{_image.Packed[0].Length}", $"\"size\":{other.Packed[0].Length}", StringComparison.Ordinal));
        _registry.Add("app", "good", _image);
        _registry.Add("app", "other", other);
        _registry.AddManifest("app", "latest", MediaTypes.OciManifest, manifest);

        WharfException e = await Assert.ThrowsAsync<WharfException>(() => lab.PullAsync($"{_registry.Host}/app"));

        Assert.Equal(ErrorKind.DataLoss, e.Kind);
        Assert.Equal(0, lab.Service.ImageCount);
    }

    [Fact]
    [Trait("attack", "img-digest-lies")]
    public async Task Pull_ManifestServedUnderAnotherDigest_IsRefused()
    {
        await using ImageLab lab = await ImageLab.OpenAsync();
        _registry.Add("app", "1", _image);
        var wrong = Digest.Sha256("x"u8);
        _registry.Manifests[$"app@{wrong}"] = (MediaTypes.OciManifest, _image.Manifest());

        WharfException e = await Assert.ThrowsAsync<WharfException>(() => lab.PullAsync($"{_registry.Host}/app@{wrong}"));
        Assert.Equal($"image verification failed for digest {wrong}", e.Message);
    }

    private static Descriptor Entry(byte[] manifest, Platform? platform) =>
        new() { MediaType = MediaTypes.OciManifest, Digest = Digest.Sha256(manifest), Size = manifest.Length, Platform = platform };

    private static bool IsLayer(HttpListenerContext context, TestImage image) =>
        context.Request.RawUrl!.Contains("/blobs/" + Digest.Sha256(image.Packed[0]), StringComparison.Ordinal);

    private static bool Truncate(HttpListenerContext context, byte[] content, int at)
    {
        context.Response.ContentLength64 = content.Length;
        context.Response.OutputStream.Write(content, 0, at);
        context.Response.OutputStream.Flush();
        Thread.Sleep(200);
        context.Response.Abort();
        return true;
    }

    [Fact]
    public async Task Pull_ManyImagesAtOnce_KeepsToTheDownloadsAllowed()
    {
        TestImage[] images = [.. Enumerable.Range(0, 6).Select(i => TestImage.Make(new ImageConfig(), TestImage.BigLayer(200_000, (i * 2) + 10), TestImage.BigLayer(200_000, (i * 2) + 11)))];
        for (int i = 0; i < images.Length; i++)
        {
            _registry.Add($"app{i}", "1", images[i]);
        }

        HashSet<string> layers = [.. images.SelectMany(i => i.Packed).Select(p => Digest.Sha256(p).ToString())];
        int now = 0, most = 0;
        _registry.Intercept = context =>
        {
            if (!layers.Contains(context.Request.Url!.AbsolutePath.Split('/')[^1]))
            {
                return false;
            }

            int running = Interlocked.Increment(ref now);
            InterlockedMax(ref most, running);
            Thread.Sleep(60);
            Interlocked.Decrement(ref now);
            return false;
        };
        await using ImageLab lab = await ImageLab.OpenAsync(o => o with { MaxConcurrentDownloads = 2 });

        await Task.WhenAll(images.Select((_, i) => lab.PullAsync($"{_registry.Host}/app{i}:1")));

        Assert.InRange(most, 1, 2);
        Assert.Equal(6, lab.Service.ImageCount);
        Assert.Equal(12, lab.LayerDirectories());

        static void InterlockedMax(ref int target, int value)
        {
            int seen;
            while ((seen = Volatile.Read(ref target)) < value && Interlocked.CompareExchange(ref target, value, seen) != seen)
            {
            }
        }
    }

    [Fact]
    public async Task Pull_KilledBetweenLayers_FetchesOnlyWhatIsMissing()
    {
        TestImage image = TestImage.Make(new ImageConfig(), TestImage.BigLayer(300_000, 31), TestImage.BigLayer(300_000, 32));
        _registry.Add("two", "1", image);
        string second = Digest.Sha256(image.Packed[1]).ToString();
        byte[] content = _registry.Blobs[second];
        _registry.Intercept = context =>
        {
            if (context.Request.HttpMethod != "GET" || !context.Request.Url!.AbsolutePath.EndsWith(second, StringComparison.Ordinal))
            {
                return false;
            }

            FakeRegistry.Answer(context, 503, "{}");
            return true;
        };
        await using ImageLab lab = await ImageLab.OpenAsync(o => o with { MaxDownloadAttempts = 1, MaxConcurrentDownloads = 1 });
        await Assert.ThrowsAsync<WharfException>(() => lab.PullAsync($"{_registry.Host}/two:1"));
        await lab.RestartAsync();
        _registry.Intercept = null;
        _registry.Requests.Clear();

        await lab.PullAsync($"{_registry.Host}/two:1");

        Assert.Equal(0, _registry.Count("GET", Digest.Sha256(image.Packed[0]).ToString()));
        Assert.Equal(1, _registry.Count("GET", second));
        Assert.Equal(image.Id, lab.Service.Resolve($"{_registry.Host}/two:1"));
        Assert.Equal(0, lab.Blobs());
    }
}
