using Wharf.Images.Catalog;
using Wharf.Images.Tests.Support;
using Wharf.Images.Transfers;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Images.Tests.Catalog;

/// <summary>Images of several platforms under one name, and what is attested of them.</summary>
public sealed class PlatformTests : IDisposable
{
    private const string Provenance = "https://slsa.dev/provenance/v1";
    private static readonly Platform Amd64 = Platform.Parse("linux/amd64");
    private static readonly Platform Arm64 = Platform.Parse("linux/arm64");
    private readonly FakeRegistry _registry = new();
    private readonly TestImage _amd64 = TestImage.Make(new ImageConfig { Architecture = "amd64" }, TestImage.Tar(("a", "amd64")));
    private readonly TestImage _arm64 = TestImage.Make(new ImageConfig { Architecture = "arm64" }, TestImage.Tar(("a", "arm64")));

    public PlatformTests()
    {
        byte[] statement = "{\"_type\":\"https://in-toto.io/Statement/v1\",\"predicate\":{\"builder\":\"x\"}}"u8.ToArray();
        byte[] config = "{}"u8.ToArray();
        var layer = new Descriptor
        {
            MediaType = "application/vnd.in-toto+json",
            Digest = Digest.Sha256(statement),
            Size = statement.Length,
            Annotations = new SortedDictionary<string, string> { ["in-toto.io/predicate-type"] = Provenance },
        };
        byte[] attestation = OciImageJson.Write(new ImageManifest
        {
            MediaType = MediaTypes.OciManifest,
            Config = new Descriptor { MediaType = MediaTypes.OciConfig, Digest = Digest.Sha256(config), Size = config.Length },
            Layers = [layer],
        });
        _registry.Blobs[layer.Digest.ToString()] = statement;
        _registry.Blobs[Digest.Sha256(config).ToString()] = config;
        _registry.Add("app", "amd64", _amd64);
        _registry.Add("app", "arm64", _arm64);
        _registry.AddManifest("app", "attestation", MediaTypes.OciManifest, attestation);
        _registry.AddManifest("app", "1", MediaTypes.OciIndex, OciImageJson.Write(new ImageIndex
        {
            MediaType = MediaTypes.OciIndex,
            Manifests =
            [
                Entry(_amd64.Manifest(), Amd64),
                Entry(_arm64.Manifest(), Arm64),
                Entry(attestation, new Platform { Os = "unknown", Architecture = "unknown" }) with
                {
                    Annotations = new SortedDictionary<string, string>
                    {
                        ["vnd.docker.reference.type"] = "attestation-manifest",
                        ["vnd.docker.reference.digest"] = Digest.Sha256(_amd64.Manifest()).ToString(),
                    },
                },
            ],
        }));
    }

    public void Dispose() => _registry.Dispose();

    [Fact]
    public async Task Attestations_OfAPulledImage_AreThereByPlatformAndType()
    {
        await using ImageLab lab = await PulledAsync();
        string name = $"{_registry.Host}/app:1";

        ImageAttestation found = Assert.Single(lab.Service.Attestations(name, Amd64, []));
        Assert.Equal(Provenance, found.PredicateType);
        Assert.Equal("x", found.Statement.GetProperty("predicate").GetProperty("builder").GetString());
        Assert.Single(lab.Service.Attestations(name, Amd64, ["other", Provenance]));
        Assert.Empty(lab.Service.Attestations(name, Amd64, ["other"]));
        Assert.Empty(lab.Service.Attestations(name, Arm64, []));
        Assert.Equal(ErrorKind.NotFound, Assert.Throws<WharfException>(() => lab.Service.Attestations(name, Platform.Parse("linux/s390x"), [])).Kind);
        await lab.RestartAsync();
        Assert.Single(lab.Service.Attestations(name, Amd64, []));
    }

    [Fact]
    public async Task DeletePlatforms_OneOfTwo_LeavesTheNameWithTheOther()
    {
        await using ImageLab lab = await PulledAsync();
        string name = $"{_registry.Host}/app:1";
        Assert.Equal(2, lab.Service.ImageCount);
        Assert.Equal(_arm64.Id, lab.Service.Resolve(name));

        IReadOnlyList<ImageDeletion> deleted = await lab.Service.DeletePlatformsAsync(name, [Arm64], force: false, ImageLab.Ct);

        Assert.Contains(deleted, d => d.Deleted == _arm64.Id.ToString());
        Assert.Equal(_amd64.Id, lab.Service.Resolve(name));
        Assert.Equal(1, lab.LayerDirectories());
        Assert.Equal(ErrorKind.NotFound, (await Assert.ThrowsAsync<WharfException>(() => lab.Service.DeletePlatformsAsync(name, [Arm64], force: false, ImageLab.Ct))).Kind);
        await lab.Service.DeletePlatformsAsync(name, [Amd64], force: false, ImageLab.Ct);
        Assert.Equal((0, 0), (lab.Service.ImageCount, lab.LayerDirectories()));
    }

    [Fact]
    public async Task DeletePlatforms_UsedByAContainer_IsAConflict()
    {
        await using ImageLab lab = await PulledAsync();
        lab.Uses.Add(new ImageUse(ObjectId.New(), _arm64.Id, "app", Running: true));

        WharfException e = await Assert.ThrowsAsync<WharfException>(() => lab.Service.DeletePlatformsAsync($"{_registry.Host}/app:1", [Arm64], force: true, ImageLab.Ct));
        Assert.Equal(ErrorKind.Conflict, e.Kind);
        Assert.Equal(_arm64.Id, lab.Service.Resolve($"{_registry.Host}/app:1"));
    }

    [Fact]
    public async Task Variants_UnderOneName_AreFoundByPlatform_AndAreOneImageInLists()
    {
        await using ImageLab lab = await PulledAsync();
        string name = $"{_registry.Host}/app:1";

        Assert.Equal(_amd64.Id, lab.Service.Resolve(name, Amd64));
        Assert.Equal(_arm64.Id, lab.Service.Resolve(name, Arm64));
        Assert.Equal(_amd64.Id, lab.Service.Inspect(name, Amd64).Id);
        Assert.Equal(ErrorKind.NotFound, Assert.Throws<WharfException>(() => lab.Service.Resolve(name, Platform.Parse("linux/s390x"))).Kind);
        Assert.Equal(ErrorKind.NotFound, Assert.Throws<WharfException>(() => lab.Service.Resolve(_arm64.Id.ToString(), Amd64)).Kind);
        Assert.Equal([_arm64.Id], lab.Service.List(new ImageListQuery()).Select(i => i.Id));
        Assert.Empty((await lab.Service.PruneAsync(new Dictionary<string, IReadOnlyList<string>>(), ImageLab.Ct)).Deleted);
        Assert.Equal(2, lab.Service.ImageCount);
    }

    [Fact]
    public async Task Manifests_OfVariants_CountWhatIsOnDisk()
    {
        await using ImageLab lab = await PulledAsync();
        ImageListEntry entry = Assert.Single(lab.Service.List(new ImageListQuery { Manifests = true }));

        List<ImageManifestDetails> variants = [.. entry.Manifests!.Where(m => m.Kind == "image")];
        Assert.Equal([true, true], variants.Select(m => m.Available));
        foreach ((TestImage image, ImageManifestDetails manifest) in new[] { _amd64, _arm64 }.Zip(variants))
        {
            long blobs = image.Packed.Sum(p => File.Exists(Path.Combine(lab.Root, "blobs", "sha256", Digest.Sha256(p).Encoded)) ? p.Length : 0);
            Assert.Equal(image.Manifest().Length + image.Config.Length + blobs, manifest.ContentSize);
            Assert.Equal(5, manifest.UnpackedSize);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Delete_OfTheName_TakesAllVariants(bool prune)
    {
        await using ImageLab lab = await PulledAsync();

        if (prune)
        {
            await lab.Service.PruneAsync(new Dictionary<string, IReadOnlyList<string>> { ["dangling"] = ["false"] }, ImageLab.Ct);
        }
        else
        {
            await lab.Service.DeleteAsync($"{_registry.Host}/app:1", force: false, prune: true, ImageLab.Ct);
        }

        Assert.Equal((0, 0), (lab.Service.ImageCount, lab.LayerDirectories()));
    }

    [Fact]
    public async Task Delete_OfTheName_LeavesAVariantInUse()
    {
        await using ImageLab lab = await PulledAsync();
        lab.Uses.Add(new ImageUse(ObjectId.New(), _amd64.Id, "app", Running: false));

        await lab.Service.DeleteAsync($"{_registry.Host}/app:1", force: false, prune: true, ImageLab.Ct);

        Assert.Equal([_amd64.Id], lab.Service.List(new ImageListQuery()).Select(i => i.Id));
    }

    [Fact]
    public async Task Push_OfAllPlatforms_SendsTheIndexAsItCame()
    {
        await using ImageLab lab = await PulledAsync();
        await lab.Service.TagAsync($"{_registry.Host}/app:1", ImageReference.Parse($"{_registry.Host}/copy:2"), ImageLab.Ct);

        await lab.PushAsync($"{_registry.Host}/copy:2");

        Assert.Equal(_registry.Manifests["app:1"].Content, _registry.Manifests["copy:2"].Content);
        foreach (byte[] manifest in new[] { _amd64.Manifest(), _arm64.Manifest() })
        {
            Assert.True(_registry.Manifests.ContainsKey($"copy@{Digest.Sha256(manifest)}"));
        }
    }

    [Fact]
    public async Task Push_WhereAPlatformIsMissing_TellsWhatStayedHere()
    {
        await using ImageLab lab = await ImageLab.OpenAsync();
        await lab.PullAsync($"{_registry.Host}/app:1", r => r with { Platform = Amd64 });
        await lab.Service.TagAsync($"{_registry.Host}/app:1", ImageReference.Parse($"{_registry.Host}/copy:2"), ImageLab.Ct);

        PushedPart part = Assert.Single((await lab.PushAsync($"{_registry.Host}/copy:2")).Events, e => e.Part is not null).Part!;

        Assert.Equal(Digest.Sha256(_registry.Manifests["app:1"].Content), part.Index.Digest);
        Assert.Equal(Digest.Sha256(_registry.Manifests["copy:2"].Content), part.Sent.Digest);
    }

    [Fact]
    public async Task Push_AndSave_OfOnePlatform_SendThatAlone()
    {
        await using ImageLab lab = await PulledAsync();
        await lab.Service.TagAsync($"{_registry.Host}/app:1", ImageReference.Parse($"{_registry.Host}/copy:2"), ImageLab.Ct);

        await lab.PushAsync($"{_registry.Host}/copy:2", platform: Arm64);
        Assert.False(_registry.Manifests.ContainsKey($"copy@{Digest.Sha256(_amd64.Manifest())}"));
        await lab.PushAsync($"{_registry.Host}/copy:2", platform: Amd64);
        Assert.Equal([_arm64.Id], lab.Service.List(new ImageListQuery()).Select(i => i.Id));

        using var archive = new MemoryStream();
        await lab.Service.SaveAsync(new SaveRequest { Names = [$"{_registry.Host}/app:1"], Platforms = [Amd64] }, archive, ImageLab.Ct);
        await using ImageLab other = await ImageLab.OpenAsync();
        await other.LoadAsync(archive.ToArray());
        Assert.Equal(_amd64.Id, other.Service.Resolve($"{_registry.Host}/app:1"));
        Assert.Equal(1, other.Service.ImageCount);
    }

    private static Descriptor Entry(byte[] manifest, Platform platform) =>
        new() { MediaType = MediaTypes.OciManifest, Digest = Digest.Sha256(manifest), Size = manifest.Length, Platform = platform };

    private async Task<ImageLab> PulledAsync()
    {
        ImageLab lab = await ImageLab.OpenAsync();
        await lab.PullAsync($"{_registry.Host}/app:1", r => r with { Platform = Amd64 });
        await lab.PullAsync($"{_registry.Host}/app:1", r => r with { Platform = Arm64 });
        return lab;
    }
}
