using System.Text;
using Wharf.Images.Tests.Support;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Images.Tests.Attacks;

/// <summary>Manifests, configurations and archives of somebody who means harm.</summary>
public sealed class ImageAttackTests : IDisposable
{
    private readonly FakeRegistry _registry = new();
    private readonly TestImage _image = TestImage.Make([("a", "1")], [("b", "2")]);

    public void Dispose() => _registry.Dispose();

    [Theory]
    [Trait("attack", "img-ambiguous-manifest")]
    [InlineData(MediaTypes.OciManifest, "{\"schemaVersion\":2,\"config\":CONFIG,\"layers\":LAYERS,\"manifests\":[]}")]
    [InlineData(MediaTypes.OciIndex, "{\"schemaVersion\":2,\"config\":CONFIG,\"layers\":LAYERS,\"manifests\":[]}")]
    [InlineData(MediaTypes.OciManifest, "{\"schemaVersion\":2,\"config\":CONFIG,\"layers\":LAYERS,\"Manifests\":[]}")]
    [InlineData(MediaTypes.OciManifest, "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.index.v1+json\",\"config\":CONFIG,\"layers\":LAYERS}")]
    [InlineData(MediaTypes.DockerManifest, "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"config\":CONFIG,\"layers\":LAYERS}")]
    [InlineData(MediaTypes.OciManifest, "{\"schemaVersion\":2,\"config\":CONFIG,\"layers\":LAYERS,\"layers\":[]}")]
    [InlineData(MediaTypes.OciManifest, "{\"schemaVersion\":2,\"config\":CONFIG,\"layers\":LAYERS,\"fsLayers\":[]}")]
    [InlineData(MediaTypes.OciIndex, "{\"schemaVersion\":2,\"manifests\":[],\"layers\":LAYERS}")]
    public async Task Pull_DocumentThatIsTwoThings_IsRefused(string mediaType, string document)
    {
        _registry.Add("app", "good", _image);
        ImageManifest good = OciImageJson.ReadManifest(_image.Manifest());
        string text = document.Replace("CONFIG", Entry(good.Config), StringComparison.Ordinal)
            .Replace("LAYERS", $"[{string.Join(',', good.Layers.Select(Entry))}]", StringComparison.Ordinal);
        _registry.AddManifest("app", "bad", mediaType, Encoding.UTF8.GetBytes(text));
        await using ImageLab lab = await ImageLab.OpenAsync();

        Assert.Equal(ErrorKind.InvalidArgument, (await Assert.ThrowsAsync<WharfException>(() => lab.PullAsync($"{_registry.Host}/app:bad"))).Kind);
        Assert.Equal((0, 0, 0), (lab.Service.ImageCount, lab.LayerDirectories(), lab.Blobs()));
    }

    [Theory]
    [Trait("attack", "img-digest-lies")]
    [InlineData("other content")]
    [InlineData("truncated")]
    [InlineData("trailing data")]
    [InlineData("size in the manifest")]
    [InlineData("algorithm unknown")]
    public async Task Pull_LayerThatIsNotWhatItsDigestSays_IsRefusedAndNotKept(string lie)
    {
        _registry.Add("app", "1", _image);
        string digest = Digest.Sha256(_image.Packed[1]).ToString();
        byte[] good = _registry.Blobs[digest];
        string manifest = Encoding.UTF8.GetString(_image.Manifest());
        switch (lie)
        {
            case "other content":
                _registry.Blobs[digest] = [.. good[..^1], (byte)(good[^1] ^ 1)];
                break;
            case "truncated":
                _registry.Blobs[digest] = good[..^7];
                break;
            case "trailing data":
                _registry.Blobs[digest] = [.. good, 1, 2, 3];
                break;
            case "size in the manifest":
                _registry.AddManifest("app", "1", MediaTypes.OciManifest, Encoding.UTF8.GetBytes(manifest.Replace($"\"size\":{good.Length}", $"\"size\":{good.Length - 1}", StringComparison.Ordinal)));
                break;
            default:
                _registry.AddManifest("app", "1", MediaTypes.OciManifest, Encoding.UTF8.GetBytes(manifest.Replace(digest, "md5:d41d8cd98f00b204e9800998ecf8427e", StringComparison.Ordinal)));
                break;
        }

        await using ImageLab lab = await ImageLab.OpenAsync(o => o with { MaxDownloadAttempts = 1 });
        WharfException e = await Assert.ThrowsAsync<WharfException>(() => lab.PullAsync($"{_registry.Host}/app:1"));

        Assert.Contains(e.Kind, (ErrorKind[])[ErrorKind.DataLoss, ErrorKind.InvalidArgument, ErrorKind.Unavailable]);
        Assert.Equal(0, lab.Service.ImageCount);
        Assert.DoesNotContain(Directory.EnumerateFiles(Path.Combine(lab.Root, "blobs", "sha256")), p => digest.EndsWith(Path.GetFileName(p), StringComparison.Ordinal));

        _registry.Blobs[digest] = good;
        _registry.Add("app", "1", _image);
        await lab.PullAsync($"{_registry.Host}/app:1");
        Assert.Equal(_image.Id, lab.Service.Resolve($"{_registry.Host}/app:1"));
    }

    [Fact]
    [Trait("attack", "img-config-limits")]
    public async Task Pull_ConfigurationBeyondMeasure_IsRefusedQuickly()
    {
        await using ImageLab lab = await ImageLab.OpenAsync();
        string nested = string.Concat(Enumerable.Repeat("[", 100_000)) + string.Concat(Enumerable.Repeat("]", 100_000));
        string[] configs =
        [
            $"{{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{{\"Env\":[{string.Join(',', Enumerable.Range(0, 1_000_000).Select(i => $"\"A{i}=1\""))}]}},\"rootfs\":{{\"type\":\"layers\",\"diff_ids\":[]}}}}",
            $"{{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{{\"Labels\":{{\"a\":\"{new string('x', 64 << 20)}\"}}}},\"rootfs\":{{\"type\":\"layers\",\"diff_ids\":[]}}}}",
            $"{{\"architecture\":\"amd64\",\"os\":\"linux\",\"unknown\":{nested},\"rootfs\":{{\"type\":\"layers\",\"diff_ids\":[]}}}}",
        ];
        foreach (string config in configs)
        {
            byte[] content = Encoding.UTF8.GetBytes(config);
            _registry.Blobs[Digest.Sha256(content).ToString()] = content;
            _registry.AddManifest("huge", "1", MediaTypes.OciManifest, OciImageJson.Write(new ImageManifest
            {
                MediaType = MediaTypes.OciManifest,
                Config = new Descriptor { MediaType = MediaTypes.OciConfig, Digest = Digest.Sha256(content), Size = content.Length },
                Layers = [],
            }));
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(ImageLab.Ct);
            patience.CancelAfter(TimeSpan.FromSeconds(30));

            WharfException e = await Assert.ThrowsAsync<WharfException>(() => lab.Service.PullAsync(
                new Images.Transfers.PullRequest { Reference = ImageReference.Parse($"{_registry.Host}/huge:1") }, new ProgressLog(), patience.Token));
            Assert.Equal(ErrorKind.InvalidArgument, e.Kind);
            Assert.InRange(e.Message.Length, 1, 1000);
        }

        Assert.Equal(0, lab.Service.ImageCount);
    }

    [Fact]
    [Trait("attack", "img-label-control")]
    public async Task Pull_LabelsAndAnnotationsOfOtherEngines_AreOnlyData()
    {
        TestImage image = TestImage.Make(new ImageConfig
        {
            Config = new RunConfig
            {
                Labels = new(StringComparer.Ordinal)
                {
                    ["containerd.io/restart.loguri"] = "binary:///bin/touch?/tmp/owned",
                    ["io.containerd.image.name"] = "docker.io/library/busybox:latest",
                    ["io.cri-containerd.image"] = "managed",
                },
            },
        }, TestImage.Tar(("a", "1")));
        _registry.Add("app", "1", image);
        string manifest = Encoding.UTF8.GetString(image.Manifest());
        _registry.AddManifest("app", "1", MediaTypes.OciManifest, Encoding.UTF8.GetBytes(
            manifest[..^1] + ",\"annotations\":{\"io.containerd.image.name\":\"docker.io/library/busybox:latest\",\"org.opencontainers.image.ref.name\":\"other:1\"}}"));
        await using ImageLab lab = await ImageLab.OpenAsync();

        await lab.PullAsync($"{_registry.Host}/app:1");

        Assert.Equal([$"{_registry.Host}/app:1"], lab.Service.Inspect(image.Id.ToString()).RepoTags);
        Assert.False(lab.Service.TryResolve("busybox", out _));
        Assert.False(lab.Service.TryResolve("other:1", out _));
    }

    [Fact]
    [Trait("attack", "load-archive")]
    public async Task Load_HostilePathsTagsAndRepositories_AreConfinedOrRefused()
    {
        string[] manifests =
        [
            "[{\"Config\":\"/etc/passwd\",\"RepoTags\":[\"a:1\"],\"Layers\":[]}]",
            "[{\"Config\":\"config.json\",\"RepoTags\":[\"a:1\"],\"Layers\":[\"/etc/passwd\",\"../../../etc/shadow\"]}]",
            "[{\"Config\":\"config.json\",\"RepoTags\":[\"../../x:1\"],\"Layers\":[\"l0\",\"l1\"]}]",
            "[{\"Config\":\"config.json\",\"RepoTags\":[\"a@sha256:0000000000000000000000000000000000000000000000000000000000000000\"],\"Layers\":[\"l0\",\"l1\"]}]",
            "[{\"Config\":\"config.json\",\"RepoTags\":null,\"Layers\":[\"l0\"]}]",
            "[null]",
            "{}",
        ];
        await using ImageLab lab = await ImageLab.OpenAsync();
        foreach (string manifest in manifests)
        {
            WharfException e = await Assert.ThrowsAsync<WharfException>(() => lab.LoadAsync(TestImage.Archive(
                ("config.json", _image.Config), ("l0", _image.Layers[0]), ("l1", _image.Layers[1]), ("manifest.json", Encoding.UTF8.GetBytes(manifest)))));
            Assert.Equal(ErrorKind.InvalidArgument, e.Kind);
        }

        string poisoned = $"{{\"../../etc\":{{\"latest\":\"{new string('a', 64)}\"}}}}";
        Assert.Equal(ErrorKind.InvalidArgument, (await Assert.ThrowsAsync<WharfException>(() => lab.LoadAsync(TestImage.Archive(("repositories", Encoding.UTF8.GetBytes(poisoned)))))).Kind);
        Assert.Equal((0, 0, 0, 0), (lab.Service.ImageCount, lab.LayerDirectories(), lab.Blobs(), lab.PartialBlobs()));

        // One tag twice: the later image has it, the earlier stays without a name, as with Docker.
        TestImage other = TestImage.Make([("a", "other")]);
        await lab.LoadAsync(TestImage.Archive(("c0", _image.Config), ("l0", _image.Layers[0]), ("l1", _image.Layers[1]), ("c1", other.Config), ("m0", other.Layers[0]),
            ("manifest.json", "[{\"Config\":\"c0\",\"RepoTags\":[\"t:1\"],\"Layers\":[\"l0\",\"l1\"]},{\"Config\":\"c1\",\"RepoTags\":[\"t:1\"],\"Layers\":[\"m0\"]}]"u8.ToArray())));
        Assert.Equal(other.Id, lab.Service.Resolve("t:1"));
    }

    private static string Entry(Descriptor d) => $"{{\"mediaType\":\"{d.MediaType}\",\"digest\":\"{d.Digest}\",\"size\":{d.Size}}}";
}
