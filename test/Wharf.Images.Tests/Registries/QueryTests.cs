using Wharf.Images.Tests.Support;
using Wharf.Images.Transfers;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Images.Tests.Registries;

public sealed class QueryTests : IDisposable
{
    private const string Found = """
        {"num_results":3,"results":[
          {"name":"library/app","description":"first","star_count":50,"is_official":true,"is_automated":false},
          {"name":"team/app","description":"second","star_count":5,"is_official":false,"is_automated":true},
          {"name":"bare"}]}
        """;

    private readonly FakeRegistry _registry = new();

    public void Dispose() => _registry.Dispose();

    [Fact]
    public async Task Search_AsksTheRegistryOfTheTerm_AndFilters()
    {
        await using ImageLab lab = await ImageLab.OpenAsync();
        _registry.Intercept = context =>
        {
            if (!context.Request.RawUrl!.StartsWith("/v1/search?", StringComparison.Ordinal))
            {
                return false;
            }

            FakeRegistry.Answer(context, 200, Found);
            return true;
        };

        Assert.Equal(["library/app", "team/app", "bare"], await SearchAsync(lab, 7));
        Assert.Equal("/v1/search?q=my%20app&n=7", _registry.Requests.Last(r => r.Path.StartsWith("/v1/", StringComparison.Ordinal)).Path);
        Assert.Equal(["library/app"], await SearchAsync(lab, 0, ("is-official", "true")));
        Assert.Equal(["library/app", "team/app"], await SearchAsync(lab, 0, ("stars", "5")));
        Assert.Equal(["team/app"], await SearchAsync(lab, 0, ("is-automated", "true")));
        Assert.Equal(ErrorKind.InvalidArgument, (await Assert.ThrowsAsync<WharfException>(() => SearchAsync(lab, 0, ("bogus", "1")))).Kind);
        Assert.Equal("limit 101 is outside the range of [1, 100]", (await Assert.ThrowsAsync<WharfException>(() => SearchAsync(lab, 101))).Message);
    }

    [Theory]
    [InlineData(500, "", "Unexpected status code 500")]
    [InlineData(200, "<html>", "invalid answer to the search")]
    public async Task Search_AnsweredWithRubbish_SaysSo(int status, string body, string text)
    {
        await using ImageLab lab = await ImageLab.OpenAsync();
        _registry.Intercept = context =>
        {
            FakeRegistry.Answer(context, status, body);
            return true;
        };

        Assert.Contains(text, (await Assert.ThrowsAsync<WharfException>(() => SearchAsync(lab, 0))).Message);
    }

    [Fact]
    public async Task Distribution_OfAnImageAndOfAnIndex_TellsDescriptorAndPlatforms()
    {
        await using ImageLab lab = await ImageLab.OpenAsync();
        TestImage image = TestImage.Make([("a", "1")]);
        _registry.Add("app", "1", image);
        byte[] manifest = image.Manifest(MediaTypes.OciManifest);
        byte[] index = System.Text.Encoding.UTF8.GetBytes($$$"""
            {"schemaVersion":2,"mediaType":"{{{MediaTypes.OciIndex}}}","manifests":[
              {"mediaType":"{{{MediaTypes.OciManifest}}}","digest":"{{{Digest.Sha256(manifest)}}}","size":{{{manifest.Length}}},"platform":{"os":"linux","architecture":"amd64"}},
              {"mediaType":"{{{MediaTypes.OciManifest}}}","digest":"{{{Digest.Sha256(manifest)}}}","size":{{{manifest.Length}}},"platform":{"os":"linux","architecture":"arm","variant":"v7"}}]}
            """);
        Digest digest = _registry.AddManifest("app", "all", MediaTypes.OciIndex, index);

        DistributionInfo one = await lab.Service.InspectDistributionAsync(ImageReference.Parse($"{_registry.Host}/app:1"), null, ImageLab.Ct);
        Assert.Equal((Digest.Sha256(manifest), (long)manifest.Length, MediaTypes.OciManifest), (one.Descriptor.Digest, one.Descriptor.Size, one.Descriptor.MediaType));
        Assert.Equal(["amd64"], one.Platforms.Select(p => p.Architecture));

        DistributionInfo all = await lab.Service.InspectDistributionAsync(ImageReference.Parse($"{_registry.Host}/app:all"), null, ImageLab.Ct);
        Assert.Equal(digest, all.Descriptor.Digest);
        Assert.Equal(["amd64", "arm"], all.Platforms.Select(p => p.Architecture));
        Assert.Equal(0, _registry.Count("GET", "/blobs/" + Digest.Sha256(image.Packed[0])));
    }

    private async Task<IEnumerable<string>> SearchAsync(ImageLab lab, int limit, params (string Key, string Value)[] filters) =>
        (await lab.Service.SearchAsync($"{_registry.Host}/my app", limit, filters.ToDictionary(f => f.Key, f => (IReadOnlyList<string>)[f.Value]), null, ImageLab.Ct)).Select(r => r.Name);
}
