using System.Text.Json;
using Wharf.Images.Tests.Support;
using Wharf.Images.Transfers;
using Wharf.Primitives;

namespace Wharf.Images.Tests.Interoperation;

public sealed class RegistryTests
{
    // The user is "testuser", the password "testpassword".
    private const string Users = "testuser:$2b$05$abcdefghijklmnopqrstuuumdHvtDbXLiMUnSzTg5m4tpQDY2nJOK\n";
    private readonly TestImage _image = TestImage.Make([("a", "1"), ("dir/b", "2")], [("dir/.wh.b", ""), ("c", "3")]);

    [Fact]
    public async Task PushAndPull_PlainHttp_KeepsIdAndDigest()
    {
        using DebianRegistry registry = await DebianRegistry.StartAsync();
        await using ImageLab lab = await ImageLab.OpenAsync();
        await lab.LoadAsync(_image.DockerArchive($"{registry.Host}/team/app:1", $"{registry.Host}/team/app:2"));

        ProgressLog pushed = await lab.PushAsync($"{registry.Host}/team/app", allTags: true);

        await using ImageLab other = await ImageLab.OpenAsync();
        await other.PullAsync($"{registry.Host}/team/app", r => r with { AllTags = true });
        Assert.Equal(_image.Id, other.Service.Resolve($"{registry.Host}/team/app:2"));
        Assert.Equal(pushed.Events[^1].Pushed!.Digest, other.Service.Inspect($"{registry.Host}/team/app:1").Target!.Digest);
        ProgressLog again = await other.PullAsync($"{registry.Host}/team/app:1");
        Assert.Equal($"Status: Image is up to date for {registry.Host}/team/app:1", again.Lines[^1]);
        DistributionInfo info = await other.Service.InspectDistributionAsync(ImageReference.Parse($"{registry.Host}/team/app:1"), null, ImageLab.Ct);
        Assert.Equal(pushed.Events[^1].Pushed!.Digest, info.Descriptor.Digest);
        Assert.Equal("linux/amd64", Assert.Single(info.Platforms).ToString());
    }

    [Fact]
    public async Task Push_SecondRepository_MountsFromTheFirst()
    {
        using DebianRegistry registry = await DebianRegistry.StartAsync();
        await using ImageLab lab = await ImageLab.OpenAsync();
        await lab.LoadAsync(_image.DockerArchive($"{registry.Host}/one:1", $"{registry.Host}/two:1"));
        await lab.PushAsync($"{registry.Host}/one:1");

        ProgressLog log = await lab.PushAsync($"{registry.Host}/two:1");
        ProgressLog again = await lab.PushAsync($"{registry.Host}/two:1");

        Assert.Contains($"{Digest.Sha256(_image.Layers[0]).Short}: Mounted from one", log.Lines);
        Assert.Contains($"{Digest.Sha256(_image.Layers[0]).Short}: Layer already exists", again.Lines);
    }

    [Fact]
    public async Task Pull_MissingNames_GiveDockersTexts()
    {
        using DebianRegistry registry = await DebianRegistry.StartAsync();
        await using ImageLab lab = await ImageLab.OpenAsync();

        WharfException e = await Assert.ThrowsAsync<WharfException>(() => lab.PullAsync($"{registry.Host}/none:1"));

        Assert.Equal($"manifest for {registry.Host}/none:1 not found: manifest unknown: manifest unknown", e.Message);
    }

    [Fact]
    public async Task Login_PushPull_WithPassword()
    {
        using DebianRegistry registry = await DebianRegistry.StartAsync(Users);
        await using ImageLab lab = await ImageLab.OpenAsync();
        await lab.LoadAsync(_image.DockerArchive($"{registry.Host}/app:1"));
        var right = new RegistryCredentials { Username = "testuser", Password = "testpassword", ServerAddress = registry.Host };
        var wrong = right with { Password = "wrong" };

        Assert.Equal("Login Succeeded", (await lab.Service.LoginAsync(right, ImageLab.Ct)).Status);
        WharfException refused = await Assert.ThrowsAsync<WharfException>(() => lab.Service.LoginAsync(wrong, ImageLab.Ct));
        Assert.Equal($"login attempt to http://{registry.Host}/v2/ failed with status: 401 Unauthorized", refused.Message);
        WharfException nobody = await Assert.ThrowsAsync<WharfException>(() => lab.PushAsync($"{registry.Host}/app:1"));
        Assert.Contains("no basic auth credentials", nobody.Message);
        await lab.PushAsync($"{registry.Host}/app:1", right);
        await using ImageLab other = await ImageLab.OpenAsync();
        await other.PullAsync($"{registry.Host}/app:1", r => r with { Credentials = right });

        Assert.Equal(_image.Id, other.Service.Resolve($"{registry.Host}/app:1"));
    }

    [Fact]
    public async Task Pull_Tls_WantsTheAuthorityFromCertsD()
    {
        using DebianRegistry registry = await DebianRegistry.StartAsync(tls: true);
        string certificates = Directory.CreateTempSubdirectory("wharf-certs-").FullName;
        string folder = Directory.CreateDirectory(Path.Combine(certificates, registry.Host)).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "ca.crt"), registry.Authority, ImageLab.Ct);
        await using (ImageLab lab = await ImageLab.OpenAsync(o => o with { Registries = o.Registries with { CertificatesDirectory = certificates } }))
        {
            await lab.LoadAsync(_image.DockerArchive($"{registry.Host}/app:1"));
            await lab.PushAsync($"{registry.Host}/app:1");
            await lab.PullAsync($"{registry.Host}/app:1");
        }

        // The wrong authority is worse than none: the user said whom to trust.
        using DebianRegistry stranger = await DebianRegistry.StartAsync(tls: true);
        await File.WriteAllTextAsync(Path.Combine(folder, "ca.crt"), stranger.Authority, ImageLab.Ct);
        await using (ImageLab lab = await ImageLab.OpenAsync(o => o with { Registries = o.Registries with { CertificatesDirectory = certificates } }))
        {
            await Assert.ThrowsAsync<WharfException>(() => lab.PullAsync($"{registry.Host}/app:1"));
        }

        Directory.Delete(certificates, recursive: true);
    }

    [Fact]
    public async Task Skopeo_ReadsWhatWePushAndSave()
    {
        using DebianRegistry registry = await DebianRegistry.StartAsync();
        await using ImageLab lab = await ImageLab.OpenAsync();
        await lab.LoadAsync(_image.DockerArchive($"{registry.Host}/app:1"));
        await lab.PushAsync($"{registry.Host}/app:1");

        string inspected = await Tool.SkopeoAsync("inspect", "--tls-verify=false", "--config", "--raw", $"docker://{registry.Host}/app:1");
        Assert.Equal(_image.Id, Digest.Sha256(System.Text.Encoding.UTF8.GetBytes(inspected)));

        string archive = Path.Combine(lab.Root, "saved.tar");
        await File.WriteAllBytesAsync(archive, await lab.SaveAsync($"{registry.Host}/app:1"), ImageLab.Ct);
        await Tool.SkopeoAsync("copy", "--dest-tls-verify=false", $"docker-archive:{archive}", $"docker://{registry.Host}/fromdocker:1");
        await Tool.SkopeoAsync("copy", "--dest-tls-verify=false", $"oci-archive:{archive}", $"docker://{registry.Host}/fromoci:1");
        foreach (string name in (string[])["fromdocker", "fromoci"])
        {
            await using ImageLab other = await ImageLab.OpenAsync();
            await other.PullAsync($"{registry.Host}/{name}:1");
            Assert.Equal(_image.Layers.Select(l => Digest.Sha256(l)), other.Service.Inspect($"{registry.Host}/{name}:1").Layers.Select(l => l.DiffId));
        }
    }

    [Theory]
    [InlineData("docker-archive", "zstd")]
    [InlineData("oci-archive", "gzip")]
    [InlineData("oci-archive", "zstd")]
    public async Task Load_WhatSkopeoWrites_GivesTheSameImage(string format, string compression)
    {
        using DebianRegistry registry = await DebianRegistry.StartAsync();
        await using ImageLab lab = await ImageLab.OpenAsync();
        await lab.LoadAsync(_image.DockerArchive($"{registry.Host}/app:1"));
        await lab.PushAsync($"{registry.Host}/app:1");
        string archive = Path.Combine(lab.Root, "skopeo.tar");
        await Tool.SkopeoAsync("copy", "--src-tls-verify=false", "--dest-compress-format", compression, "--dest-compress", $"docker://{registry.Host}/app:1", $"{format}:{archive}:named:7");

        await using ImageLab other = await ImageLab.OpenAsync();
        Digest id = Assert.Single(await other.LoadAsync(await File.ReadAllBytesAsync(archive, ImageLab.Ct)));

        Assert.Equal(_image.Layers.Select(l => Digest.Sha256(l)), other.Service.Inspect(id.ToString()).Layers.Select(l => l.DiffId));
        using JsonDocument config = JsonDocument.Parse(other.Service.Inspect(id.ToString()).RawConfig);
        Assert.Equal("amd64", config.RootElement.GetProperty("architecture").GetString());
    }

    [Fact]
    public async Task Pull_AfterRemoval_BringsEverythingBack()
    {
        using DebianRegistry registry = await DebianRegistry.StartAsync();
        await using ImageLab lab = await ImageLab.OpenAsync();
        TestImage big = TestImage.Make(new Oci.Images.ImageConfig(), TestImage.BigLayer(20_000_000));
        await lab.LoadAsync(big.DockerArchive($"{registry.Host}/big:1"));
        await lab.PushAsync($"{registry.Host}/big:1");
        await lab.Service.DeleteAsync($"{registry.Host}/big:1", force: true, prune: true, ImageLab.Ct);
        Assert.Equal(0, lab.Blobs());

        await lab.PullAsync($"{registry.Host}/big:1");

        Assert.Equal(big.Id, lab.Service.Resolve($"{registry.Host}/big:1"));
        Assert.Empty(await lab.Service.CheckAsync(repair: false, ImageLab.Ct));
    }
}
