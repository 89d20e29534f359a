using Wharf.Images.Tests.Support;
using Wharf.Primitives;

namespace Wharf.Images.Tests.Faults;

/// <summary>A registry that refuses or fails at one step of a pull or a push: for good, or only for a while.</summary>
public sealed class StepFaultTests : IDisposable
{
    private static readonly int[] Permanent = [401, 403, 404];
    private static readonly int[] Passing = [429, 503];
    private readonly FakeRegistry _registry = new();
    private readonly TestImage _image = TestImage.Make([("a", "1")], [("b", "2")]);

    public void Dispose() => _registry.Dispose();

    [Theory]
    [InlineData("manifest")]
    [InlineData("config")]
    [InlineData("layer")]
    public async Task Pull_FaultAtAStep_EndsCleanly_AndTheNextSucceeds(string step)
    {
        await using ImageLab lab = await ImageLab.OpenAsync();
        _registry.Add("app", "latest", _image);
        string part = step switch { "manifest" => "/manifests/", "config" => _image.Id.ToString(), _ => Digest.Sha256(_image.Packed[1]).ToString() };
        foreach (int status in Permanent)
        {
            Fail(status, int.MaxValue, request => request.Contains(part, StringComparison.Ordinal));
            await Assert.ThrowsAsync<WharfException>(() => lab.PullAsync($"{_registry.Host}/app"));
            Assert.Equal(0, lab.Service.ImageCount);
            Assert.Empty(await lab.Service.CheckAsync(repair: false, ImageLab.Ct));
        }

        foreach (int status in Passing)
        {
            Fail(status, 2, request => request.Contains(part, StringComparison.Ordinal));
            await lab.PullAsync($"{_registry.Host}/app");
            Assert.Equal(_image.Id, lab.Service.Resolve($"{_registry.Host}/app"));
            Assert.Equal(2, lab.LayerDirectories());
            Assert.Equal(0, lab.PartialBlobs());
            await lab.Service.DeleteAsync($"{_registry.Host}/app", force: true, prune: true, ImageLab.Ct);
        }

        Assert.Empty(await lab.Service.CheckAsync(repair: false, ImageLab.Ct));
    }

    [Theory]
    [InlineData("look")]
    [InlineData("begin")]
    [InlineData("send")]
    [InlineData("manifest")]
    public async Task Push_FaultAtAStep_EndsCleanly_AndTheNextSucceeds(string step)
    {
        await using ImageLab lab = await ImageLab.OpenAsync();
        await lab.LoadAsync(_image.DockerArchive($"{_registry.Host}/app:1"));

        // What a registry does not have yet it answers with 404: that is no fault of looking.
        foreach (int status in Permanent.Where(s => (step, s) is not ("look", 404)))
        {
            Fail(status, int.MaxValue, IsStep);
            await Assert.ThrowsAsync<WharfException>(() => lab.PushAsync($"{_registry.Host}/app:1"));
            Assert.Empty(_registry.Manifests);
        }

        foreach (int status in Passing)
        {
            _registry.Blobs.Clear();
            _registry.Manifests.Clear();
            Fail(status, 1, IsStep);
            await lab.PushAsync($"{_registry.Host}/app:1");
            Assert.Contains("app:1", _registry.Manifests.Keys);
        }

        _registry.Intercept = null;
        await lab.Service.DeleteAsync($"{_registry.Host}/app:1", force: true, prune: true, ImageLab.Ct);
        await lab.PullAsync($"{_registry.Host}/app:1");
        Assert.Equal(_image.Id, lab.Service.Resolve($"{_registry.Host}/app:1"));

        bool IsStep(string request) => step switch
        {
            "look" => request.StartsWith("HEAD ", StringComparison.Ordinal) && request.Contains("/blobs/", StringComparison.Ordinal),
            "begin" => request.StartsWith("POST ", StringComparison.Ordinal),
            "send" => (request.StartsWith("PATCH ", StringComparison.Ordinal) || request.StartsWith("PUT ", StringComparison.Ordinal)) && request.Contains("/blobs/uploads/", StringComparison.Ordinal),
            _ => request.StartsWith("PUT ", StringComparison.Ordinal) && request.Contains("/manifests/", StringComparison.Ordinal),
        };
    }

    private void Fail(int status, int times, Func<string, bool> isStep)
    {
        int left = times;
        _registry.Intercept = context =>
        {
            if (!isStep($"{context.Request.HttpMethod} {context.Request.RawUrl}") || Interlocked.Decrement(ref left) < 0)
            {
                return false;
            }

            context.Request.InputStream.CopyTo(Stream.Null);
            FakeRegistry.Answer(context, status, """{"errors":[{"code":"FAULT","message":"told to fail"}]}""", ("Retry-After", "0"));
            return true;
        };
    }
}
