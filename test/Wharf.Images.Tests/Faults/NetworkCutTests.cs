using Wharf.Images.Tests.Support;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Images.Tests.Faults;

/// <summary>Connections that are cut in the midst of a request or an answer, at each step, now and then or always.</summary>
public sealed class NetworkCutTests : IDisposable
{
    private readonly FakeRegistry _registry = new();
    private readonly CuttingProxy _proxy;
    private readonly TestImage _image = TestImage.Make([("a", "1")], [("b", "2")]);
    private int _cuts;

    public NetworkCutTests() => _proxy = new CuttingProxy(_registry.Port);

    public void Dispose()
    {
        _proxy.Dispose();
        _registry.Dispose();
    }

    [Theory]
    [InlineData("manifest", false)]
    [InlineData("manifest", true)]
    [InlineData("config", false)]
    [InlineData("config", true)]
    [InlineData("layer", false)]
    [InlineData("layer", true)]
    public async Task Pull_CutTwice_GoesOn(string step, bool inTheAnswer)
    {
        await using ImageLab lab = await ImageLab.OpenAsync();
        _registry.Add("app", "latest", _image);
        CutAt(request => IsStep(request, step), inTheAnswer ? Cut.Answer : Cut.Request, 2);

        await lab.PullAsync($"{_proxy.Host}/app");

        Assert.Equal(2, _cuts);
        Assert.Equal(_image.Id, lab.Service.Resolve($"{_proxy.Host}/app"));
        Assert.Equal(0, lab.PartialBlobs());
        Assert.Empty(await lab.Service.CheckAsync(repair: false, ImageLab.Ct));
    }

    [Theory]
    [InlineData("manifest")]
    [InlineData("config")]
    public async Task Pull_CutAlways_GivesUpAndLeavesNothing(string step)
    {
        await using ImageLab lab = await ImageLab.OpenAsync(o => o with { MaxDownloadAttempts = 2 });
        _registry.Add("app", "latest", _image);
        CutAt(request => IsStep(request, step), Cut.Answer, int.MaxValue);

        WharfException e = await Assert.ThrowsAsync<WharfException>(() => lab.PullAsync($"{_proxy.Host}/app"));

        Assert.Contains("unexpected EOF", e.Message);
        Assert.Equal(2, _cuts);
        Assert.Equal(0, lab.LayerDirectories());
        _proxy.Decide = _ => Cut.None;
        await lab.PullAsync($"{_proxy.Host}/app");
        Assert.Equal(_image.Id, lab.Service.Resolve($"{_proxy.Host}/app"));
    }

    [Theory]
    [InlineData("PATCH", "/blobs/uploads/", false)]
    [InlineData("PATCH", "/blobs/uploads/", true)]
    [InlineData("PUT", "/blobs/uploads/", false)]
    [InlineData("PUT", "/blobs/uploads/", true)]
    [InlineData("PUT", "/manifests/", false)]
    [InlineData("PUT", "/manifests/", true)]
    public async Task Push_Cut_SucceedsAtTheNextAttempt(string method, string part, bool inTheAnswer)
    {
        await using ImageLab lab = await ImageLab.OpenAsync();
        TestImage image = TestImage.Make(new ImageConfig(), TestImage.BigLayer(500_000));
        await lab.LoadAsync(image.DockerArchive($"{_proxy.Host}/app:1"));
        CutAt(request => request.StartsWith(method + " ", StringComparison.Ordinal) && request.Contains(part, StringComparison.Ordinal), inTheAnswer ? Cut.Answer : Cut.Request, 1);

        await lab.PushAsync($"{_proxy.Host}/app:1");

        Assert.Equal(1, _cuts);
        await lab.Service.DeleteAsync($"{_proxy.Host}/app:1", force: true, prune: true, ImageLab.Ct);
        await lab.PullAsync($"{_proxy.Host}/app:1");
        Assert.Equal(image.Id, lab.Service.Resolve($"{_proxy.Host}/app:1"));
    }

    private bool IsStep(string request, string step) => request.StartsWith("GET ", StringComparison.Ordinal) && request.Contains(step switch
    {
        "manifest" => "/manifests/",
        "config" => _image.Id.ToString(),
        _ => Digest.Sha256(_image.Packed[1]).ToString(),
    }, StringComparison.Ordinal);

    private void CutAt(Func<string, bool> isStep, Cut how, int times) => _proxy.Decide = request =>
    {
        if (!isStep(request) || Volatile.Read(ref _cuts) >= times)
        {
            return Cut.None;
        }

        Interlocked.Increment(ref _cuts);
        return how;
    };
}
