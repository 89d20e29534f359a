using System.Security.Cryptography;
using System.Text;
using Wharf.Images.Tests.Support;
using Wharf.Images.Trust;
using Wharf.Oci.Images;
using Wharf.Oci.Signing;
using Wharf.Primitives;

namespace Wharf.Images.Tests.Trust;

public sealed class TrustTests : IDisposable
{
    private readonly FakeRegistry _registry = new();
    private readonly TestImage _image = TestImage.Make([("a", "1")]);
    private readonly string _folder = Directory.CreateTempSubdirectory("wharf-trust-").FullName;
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public TrustTests()
    {
        File.WriteAllText(Path.Combine(_folder, "key.pub"), _key.ExportSubjectPublicKeyInfoPem());
        _registry.Add("app", "latest", _image);
    }

    private Digest Manifest => Digest.Sha256(_image.Manifest());

    public void Dispose()
    {
        _registry.Dispose();
        _key.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Pull_OfASignedImage_SucceedsAndRuns_AlsoAfterARestart()
    {
        Sign($"{_registry.Host}/app", Manifest, _key);
        await using ImageLab lab = await LabAsync(Signed());
        await lab.PullAsync($"{_registry.Host}/app");
        Assert.Equal(_image.Id, lab.Service.ResolveTrusted($"{_registry.Host}/app"));
        Assert.Equal(_image.Id, lab.Service.ResolveTrusted(_image.Id.ToString()));
        await lab.RestartAsync();
        Assert.Equal(_image.Id, lab.Service.ResolveTrusted($"{_registry.Host}/app:latest"));
        await lab.Service.TagAsync($"{_registry.Host}/app", ImageReference.Parse("elsewhere.example/other:1"), ImageLab.Ct);
        Assert.Equal([$"{_registry.Host}/app"], lab.Service.Inspect("elsewhere.example/other:1").Origin.Repositories);
        Assert.Equal([$"{_registry.Host}/app"], lab.Service.Inspect("elsewhere.example/other:1").Origin.SignedAs);
    }

    [Fact]
    public async Task Pull_OfAnUnsignedImage_IsRefusedBeforeAnyLayer()
    {
        await using ImageLab lab = await LabAsync(Signed());
        WharfException e = await Assert.ThrowsAsync<WharfException>(() => lab.PullAsync($"{_registry.Host}/app"));
        Assert.Equal(ErrorKind.Forbidden, e.Kind);
        Assert.Equal($"{_registry.Host}/app:latest is not signed as the trust policy {_folder}/policy.json demands for \"{_registry.Host}\": it has no signature", e.Message);
        Assert.Equal(0, _registry.Count("GET", "/blobs/"));
        Assert.Empty(lab.Service.List(new Wharf.Images.Catalog.ImageListQuery()));
    }

    [Theory]
    [InlineData("key", "none of the keys")]
    [InlineData("digest", "it is for sha256:")]
    [InlineData("name", "it is for the name")]
    [InlineData("tag", "it is for the name")]
    [InlineData("type", "another type")]
    [InlineData("payload", "malformed")]
    [InlineData("base64", "no base64")]
    public async Task Pull_WithASignatureThatDoesNotFit_IsRefused(string wrong, string text)
    {
        using ECDsa other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        string name = $"{_registry.Host}/app";
        switch (wrong)
        {
            case "key":
                Sign(name, Manifest, other);
                break;
            case "digest":
                Sign(name, Digest.Sha256("other"u8), _key);
                break;
            case "name":
                Sign($"{_registry.Host}/another", Manifest, _key);
                break;
            case "tag":
                Sign(name + ":v9", Manifest, _key);
                break;
            case "type":
                Sign(name, Manifest, _key, type: "something else");
                break;
            case "payload":
                SignBytes("[]"u8.ToArray(), _key);
                break;
            default:
                SignBytes("{}"u8.ToArray(), _key, "!!");
                break;
        }

        await using ImageLab lab = await LabAsync(Signed());
        WharfException e = await Assert.ThrowsAsync<WharfException>(() => lab.PullAsync(name));
        Assert.Contains(text, e.Message);
    }

    [Fact]
    public async Task Pull_OfARejectedName_IsRefused_AndOthersAreNot()
    {
        await using ImageLab lab = await LabAsync($$$"""{"default":[{"type":"insecureAcceptAnything"}],"transports":{"docker":{"{{{_registry.Host}}}/app":[{"type":"reject"}]} } }""");
        _registry.Add("fine", "latest", _image);
        WharfException e = await Assert.ThrowsAsync<WharfException>(() => lab.PullAsync($"{_registry.Host}/app"));
        Assert.Contains("is rejected by the trust policy", e.Message);
        await lab.PullAsync($"{_registry.Host}/fine");
        await lab.Service.TagAsync($"{_registry.Host}/fine", ImageReference.Parse($"{_registry.Host}/app:x"), CancellationToken.None);
        Assert.Throws<WharfException>(() => lab.Service.ResolveTrusted($"{_registry.Host}/app:x"));
        Assert.Equal(_image.Id, lab.Service.ResolveTrusted($"{_registry.Host}/fine"));
    }

    [Fact]
    public async Task Run_OfAnImagePulledBeforeThePolicy_WantsItPulledAgain()
    {
        await using ImageLab lab = await ImageLab.OpenAsync(o => o with { Trust = File.Exists(Path.Combine(_folder, "policy.json")) ? TrustPolicy.Load(Path.Combine(_folder, "policy.json")) : null });
        await lab.PullAsync($"{_registry.Host}/app");
        File.WriteAllText(Path.Combine(_folder, "policy.json"), Signed());
        await lab.RestartAsync();
        Assert.Contains("pull it again", Assert.Throws<WharfException>(() => lab.Service.ResolveTrusted($"{_registry.Host}/app")).Message);
        Sign($"{_registry.Host}/app", Manifest, _key);
        await lab.PullAsync($"{_registry.Host}/app");
        Assert.Equal(_image.Id, lab.Service.ResolveTrusted($"{_registry.Host}/app"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Run_OfAnotherPlatformOfTheName_IsHeldToTheRuleOfTheName(bool signed)
    {
        Platform amd64 = Platform.Parse("linux/amd64"), arm64 = Platform.Parse("linux/arm64");
        TestImage one = TestImage.Make(new ImageConfig { Architecture = "amd64" }, TestImage.Tar(("a", "1"))), other = TestImage.Make(new ImageConfig { Architecture = "arm64" }, TestImage.Tar(("a", "2")));
        _registry.Add("app", "one", one);
        _registry.Add("app", "other", other);
        Digest index = _registry.AddManifest("app", "both", MediaTypes.OciIndex, OciImageJson.Write(new ImageIndex
        {
            MediaType = MediaTypes.OciIndex,
            Manifests = [.. new[] { (one, amd64), (other, arm64) }.Select(i => new Descriptor
            {
                MediaType = MediaTypes.OciManifest, Digest = Digest.Sha256(i.Item1.Manifest()), Size = i.Item1.Manifest().Length, Platform = i.Item2,
            })],
        }));
        string name = $"{_registry.Host}/app:both";
        await using ImageLab lab = await ImageLab.OpenAsync(o => o with { Trust = File.Exists(Path.Combine(_folder, "policy.json")) ? TrustPolicy.Load(Path.Combine(_folder, "policy.json")) : null });
        if (signed)
        {
            File.WriteAllText(Path.Combine(_folder, "policy.json"), Signed());
            Sign($"{_registry.Host}/app", index, _key);
            (string type, byte[] signature) = _registry.Manifests[$"app:sha256-{Manifest.Encoded}.sig"];
            _registry.AddManifest("app", $"sha256-{index.Encoded}.sig", type, signature);
            await lab.RestartAsync();
        }

        await lab.PullAsync(name, r => r with { Platform = amd64 });
        await lab.PullAsync(name, r => r with { Platform = arm64 });
        File.WriteAllText(Path.Combine(_folder, "policy.json"), Signed());
        await lab.RestartAsync();

        foreach (Func<Digest> run in new[] { () => lab.Service.ResolveTrusted(name, amd64), () => lab.Service.ResolveTrusted(one.Id.ToString()), () => lab.Service.ResolveTrusted(name) })
        {
            if (signed)
            {
                Assert.False(run().IsEmpty);
            }
            else
            {
                Assert.Contains("pull it again", Assert.Throws<WharfException>(() => run()).Message);
            }
        }
    }

    [Theory]
    [InlineData("""{"transports":{}}""", "no default")]
    [InlineData("""{"default":[]}""", "empty")]
    [InlineData("""{"default":[{"type":"signedBy","keyPath":"/x"}]}""", "signedBy (GPG) is not supported")]
    [InlineData("""{"default":[{"type":"maybe"}]}""", "unknown type \"maybe\"")]
    [InlineData("""{"default":[{"type":"sigstoreSigned"}]}""", "needs a key")]
    [InlineData("""{"default":[{"type":"sigstoreSigned","keyPath":"/nonexistent"}]}""", "/nonexistent")]
    [InlineData("""{"default":[{"type":"sigstoreSigned","keyData":"bm8ga2V5"}]}""", "holds no public key")]
    [InlineData("""{"default":[{"type":"sigstoreSigned","fulcio":{}}]}""", "\"fulcio\" is not supported")]
    [InlineData("""{"default":[{"type":"insecureAcceptAnything"}],"extra":1}""", "unknown key \"extra\"")]
    public void Policy_ThatCannotBeApplied_IsRefusedByName(string json, string text)
    {
        string path = Path.Combine(_folder, "p.json");
        File.WriteAllText(path, json);
        WharfException e = Assert.Throws<WharfException>(() => TrustPolicy.Load(path));
        Assert.StartsWith($"trust policy {path}: ", e.Message);
        Assert.Contains(text, e.Message);
    }

    [Theory]
    [InlineData("reg.example.com:5000/team/app:v1", "reg.example.com:5000/team/app:v1")]
    [InlineData("reg.example.com:5000/team/app:v2", "reg.example.com:5000/team")]
    [InlineData("reg.example.com:5000/teams/app", "*.example.com")]
    [InlineData("a.b.example.com/x", "*.example.com")]
    [InlineData("example.com/x", "docker")]
    [InlineData("busybox", "docker.io/library")]
    public void Rule_OfTheNearestScope_Holds(string name, string scope)
    {
        string path = Path.Combine(_folder, "p.json");
        File.WriteAllText(path, """
            {"default":[{"type":"reject"}],"transports":{"docker-daemon":{"":[{"type":"reject"}]},"docker":{"":[{"type":"reject"}],"*.example.com":[{"type":"reject"}],
             "reg.example.com:5000/team":[{"type":"reject"}],"reg.example.com:5000/team/app:v1":[{"type":"reject"}],"docker.io/library":[{"type":"reject"}]}}}
            """);
        Assert.Equal(scope, TrustPolicy.Load(path).RuleFor(ImageReference.Parse(name).WithDefaultTag()).Scope);
    }

    private string Signed() =>
        $$$"""{"default":[{"type":"insecureAcceptAnything"}],"transports":{"docker":{"{{{_registry.Host}}}":[{"type":"sigstoreSigned","keyPath":"{{{_folder}}}/key.pub","signedIdentity":{"type":"matchRepository"} }]} } }""";

    private Task<ImageLab> LabAsync(string policy)
    {
        string path = Path.Combine(_folder, "policy.json");
        File.WriteAllText(path, policy);
        return ImageLab.OpenAsync(o => o with { Trust = TrustPolicy.Load(path) });
    }

    private void Sign(string name, Digest manifest, ECDsa key, string type = "cosign container image signature") => SignBytes(
        Encoding.UTF8.GetBytes($$$"""{"critical":{"identity":{"docker-reference":"{{{name}}}"},"image":{"docker-manifest-digest":"{{{manifest}}}"},"type":"{{{type}}}"},"optional":null}"""), key);

    private void SignBytes(byte[] payload, ECDsa key, string? signature = null)
    {
        Digest digest = Digest.Sha256(payload), config = Digest.Sha256("{}"u8);
        _registry.Blobs[digest.ToString()] = payload;
        _registry.Blobs[config.ToString()] = "{}"u8.ToArray();
        signature ??= Convert.ToBase64String(key.SignData(payload, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
        _registry.AddManifest("app", $"sha256-{Manifest.Encoded}.sig", MediaTypes.OciManifest, OciImageJson.Write(new ImageManifest
        {
            MediaType = MediaTypes.OciManifest,
            Config = new Descriptor { MediaType = MediaTypes.OciConfig, Digest = config, Size = 2 },
            Layers =
            [
                new Descriptor
                {
                    MediaType = SimpleSigning.PayloadType,
                    Digest = digest,
                    Size = payload.Length,
                    Annotations = new SortedDictionary<string, string> { [SimpleSigning.Annotation] = signature },
                },
            ],
        }));
    }
}
