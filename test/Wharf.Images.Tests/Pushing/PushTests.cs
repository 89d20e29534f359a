using Wharf.Images.Tests.Support;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Images.Tests.Pushing;

public sealed class PushTests : IDisposable
{
    private readonly FakeRegistry _registry = new();
    private readonly TestImage _image = TestImage.Make([("a", "1")], [("b", "2")]);

    public void Dispose() => _registry.Dispose();

    [Fact]
    public async Task Push_Loaded_CanBePulledElsewhereWithTheSameId()
    {
        await using ImageLab lab = await ImageLab.OpenAsync();
        await lab.LoadAsync(_image.DockerArchive($"{_registry.Host}/app:1"));

        ProgressLog log = await lab.PushAsync($"{_registry.Host}/app:1");

        string layer = Digest.Sha256(_image.Layers[0]).Short;
        Assert.Equal($"The push refers to repository [{_registry.Host}/app]", log.Lines[0]);
        foreach (string status in (string[])["Preparing", "Pushing", "Pushed"])
        {
            Assert.Contains($"{layer}: {status}", log.Lines);
        }

        // The registry speaks clear text only, which is found out before there is anything to try again.
        Assert.DoesNotContain(log.Lines, l => l.Contains("Retrying", StringComparison.Ordinal));
        Wharf.Images.Transfers.PushedImage pushed = log.Events[^1].Pushed!;
        Assert.Equal($"1: digest: {pushed.Digest} size: {pushed.Size}", log.Lines[^1]);
        Assert.Equal(MediaTypes.DockerManifest, _registry.Manifests["app:1"].MediaType);
        await using ImageLab other = await ImageLab.OpenAsync();
        await other.PullAsync($"{_registry.Host}/app@{pushed.Digest}");
        Assert.Equal(_image.Id, other.Service.Resolve(_image.Id.ToString()));
        Assert.Equal([$"{_registry.Host}/app@{pushed.Digest}"], lab.Service.Inspect($"{_registry.Host}/app:1").RepoDigests);
    }

    [Fact]
    public async Task Push_Again_SendsNoLayer()
    {
        await using ImageLab lab = await ImageLab.OpenAsync();
        await lab.LoadAsync(_image.DockerArchive($"{_registry.Host}/app:1", $"{_registry.Host}/app:2"));
        ProgressLog first = await lab.PushAsync($"{_registry.Host}/app:1");
        _registry.Requests.Clear();

        ProgressLog second = await lab.PushAsync($"{_registry.Host}/app:2");

        Assert.Contains($"{Digest.Sha256(_image.Layers[0]).Short}: Layer already exists", second.Lines);
        Assert.DoesNotContain(_registry.Requests, r => r.Method == "POST");
        Assert.Equal(first.Events[^1].Pushed!.Digest, second.Events[^1].Pushed!.Digest);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Push_Pulled_KeepsItsDigestWithAndWithoutKeptBlobs(bool keep)
    {
        await using ImageLab lab = await ImageLab.OpenAsync(o => o with { CompressedLayers = keep ? CompressedLayers.Keep : CompressedLayers.Drop });
        using var target = new FakeRegistry();
        _registry.Add("app", "1", _image);
        await lab.PullAsync($"{_registry.Host}/app:1");
        Assert.Equal(keep ? 2 : 0, lab.Blobs());
        await lab.Service.TagAsync($"{_registry.Host}/app:1", ImageReference.Parse($"{target.Host}/copy:1"), ImageLab.Ct);

        ProgressLog log = await lab.PushAsync($"{target.Host}/copy:1");

        Assert.Equal(Digest.Sha256(_image.Manifest()), log.Events[^1].Pushed!.Digest);
        Assert.Equal(_image.Manifest(), target.Manifests["copy:1"].Content);
    }

    [Fact]
    public async Task Push_OtherRepositoryOfTheRegistry_Mounts()
    {
        await using ImageLab lab = await ImageLab.OpenAsync();
        _registry.Add("team/app", "1", _image);
        await lab.PullAsync($"{_registry.Host}/team/app:1");
        await lab.Service.TagAsync($"{_registry.Host}/team/app:1", ImageReference.Parse($"{_registry.Host}/copy:1"), ImageLab.Ct);
        _registry.Intercept = context =>
        {
            // A blob is not visible in a repository before it was mounted there.
            bool hidden = context.Request.HttpMethod == "HEAD" && context.Request.RawUrl!.StartsWith("/v2/copy/blobs/", StringComparison.Ordinal);
            if (hidden)
            {
                FakeRegistry.Answer(context, 404, "");
            }

            return hidden;
        };

        ProgressLog log = await lab.PushAsync($"{_registry.Host}/copy:1");

        Assert.Contains($"{Digest.Sha256(_image.Layers[1]).Short}: Mounted from team/app", log.Lines);
        Assert.Contains(_registry.Requests, r => r.Path.Contains("mount=", StringComparison.Ordinal) && r.Path.Contains("from=team%2Fapp", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Push_AllTags_PushesEach()
    {
        await using ImageLab lab = await ImageLab.OpenAsync();
        await lab.LoadAsync(_image.DockerArchive($"{_registry.Host}/app:1", $"{_registry.Host}/app:2"));

        ProgressLog log = await lab.PushAsync($"{_registry.Host}/app", allTags: true);

        Assert.Equal(["1", "2"], log.Events.Where(e => e.Pushed is not null).Select(e => e.Pushed!.Tag));
    }

    [Theory]
    [InlineData("none", "An image does not exist locally with the tag: {0}/none")]
    [InlineData("app:9", "tag does not exist: {0}/app:9")]
    public async Task Push_Missing_GivesDockersText(string name, string text)
    {
        await using ImageLab lab = await ImageLab.OpenAsync();
        await lab.LoadAsync(_image.DockerArchive($"{_registry.Host}/app:1"));

        WharfException e = await Assert.ThrowsAsync<WharfException>(() => lab.PushAsync($"{_registry.Host}/{name}"));
        Assert.Equal(string.Format(text, _registry.Host), e.Message);
    }

    [Fact]
    public async Task Push_NobodyThere_SaysConnectionRefusedAtOnce()
    {
        await using ImageLab lab = await ImageLab.OpenAsync();
        await lab.LoadAsync(_image.DockerArchive($"{_registry.Host}/app:1"));
        _registry.Dispose();
        var log = new ProgressLog();

        WharfException e = await Assert.ThrowsAsync<WharfException>(() =>
            lab.Service.PushAsync(new Wharf.Images.Transfers.PushRequest { Reference = ImageReference.Parse($"{_registry.Host}/app:1") }, log, ImageLab.Ct));

        Assert.Equal($"Get \"http://{_registry.Host}/v2/\": dial tcp 127.0.0.1:{_registry.Port}: connect: connection refused", e.Message);
        Assert.DoesNotContain(log.Lines, l => l.Contains("Retrying", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Push_Denied_SaysSo()
    {
        await using ImageLab lab = await ImageLab.OpenAsync();
        await lab.LoadAsync(_image.DockerArchive($"{_registry.Host}/app:1"));
        _registry.Intercept = context =>
        {
            FakeRegistry.Answer(context, 403, """{"errors":[{"code":"DENIED","message":"requested access to the resource is denied"}]}""");
            return true;
        };

        WharfException e = await Assert.ThrowsAsync<WharfException>(() => lab.PushAsync($"{_registry.Host}/app:1"));
        Assert.Equal("denied: requested access to the resource is denied", e.Message);
    }
}
