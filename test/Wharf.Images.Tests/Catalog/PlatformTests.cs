using Wharf.Images.Catalog;
using Wharf.Images.Tests.Support;
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
