using Wharf.Images.Catalog;
using Wharf.Images.Tests.Support;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Images.Tests.Catalog;

public sealed class ListingTests
{
    [Fact]
    public async Task List_Filters_SelectAsDockerDoes()
    {
        await using ImageLab lab = await ImageLab.OpenAsync();
        TestImage old = Made("2020-01-01T00:00:00Z", "tier", "db"), recent = Made("2023-01-01T00:00:00Z", "tier", "web"), newest = Made("2024-01-01T00:00:00Z", "other", "x");
        await lab.LoadAsync(old.DockerArchive("team/db:1"));
        await lab.LoadAsync(recent.DockerArchive("web:1", "web:2"));
        await lab.LoadAsync(newest.DockerArchive("host:5000/tool:9"));

        Assert.Equal([newest.Id, recent.Id, old.Id], Ids(lab));
        Assert.Equal([recent.Id, old.Id], Ids(lab, ("label", "tier")));
        Assert.Equal([old.Id], Ids(lab, ("label", "tier=db")));
        Assert.Equal([old.Id], Ids(lab, ("before", "web:1")));
        Assert.Equal([newest.Id], Ids(lab, ("since", "web:2")));
        Assert.Equal([old.Id], Ids(lab, ("until", "2021-01-01T00:00:00Z")));
        Assert.Equal([old.Id], Ids(lab, ("until", "2023-01-01T00:00:00Z")));
        Assert.Equal([old.Id], Ids(lab, ("reference", "team/*")));
        Assert.Equal([newest.Id], Ids(lab, ("reference", "host:5000/*")));
        Assert.Equal(["web:2"], Assert.Single(List(lab, ("reference", "web:2"))).RepoTags);
        Assert.Empty(Ids(lab, ("dangling", "true")));
        Assert.Equal("No such image: nothing:latest", Assert.Throws<WharfException>(() => List(lab, ("before", "nothing"))).Message);
        Assert.Equal("invalid filter 'dangling=perhaps'", Assert.Throws<WharfException>(() => List(lab, ("dangling", "perhaps"))).Message);
    }

    [Fact]
    public async Task List_SharedSizeAndContainers_AreCountedWhenAsked()
    {
        await using ImageLab lab = await ImageLab.OpenAsync();
        byte[] shared = TestImage.Tar(("base", new string('x', 1000)));
        TestImage one = TestImage.Make(new ImageConfig(), shared, TestImage.Tar(("a", "12345"))), two = TestImage.Make(new ImageConfig(), shared);
        await lab.LoadAsync(one.DockerArchive("one:1"));
        await lab.LoadAsync(two.DockerArchive("two:1"));
        lab.Uses.Add(new ImageUse(new string('c', 64), one.Id, "one:1", Running: true));

        ImageListEntry entry = lab.Service.List(new ImageListQuery { SharedSize = true, CountContainers = true }).Single(e => e.Id == one.Id);

        Assert.Equal(1005, entry.Size);
        Assert.Equal(1000, entry.SharedSize);
        Assert.Equal(1, entry.Containers);
        Assert.Equal(-1, lab.Service.List(new ImageListQuery())[0].SharedSize);
    }

    [Fact]
    public async Task Resolve_NamesIdsAndPrefixes()
    {
        await using ImageLab lab = await ImageLab.OpenAsync();
        TestImage image = Made("2020-01-01T00:00:00Z", "a", "b");
        await lab.LoadAsync(image.DockerArchive("library/app:latest"));

        Assert.Equal(image.Id, lab.Service.Resolve("app"));
        Assert.Equal(image.Id, lab.Service.Resolve("docker.io/library/app:latest"));
        Assert.Equal(image.Id, lab.Service.Resolve(image.Id.ToString()));
        Assert.Equal(image.Id, lab.Service.Resolve(image.Id.Encoded));
        Assert.Equal(image.Id, lab.Service.Resolve(image.Id.ToString()[..20]));
        Assert.Equal("No such image: app:2", Assert.Throws<WharfException>(() => lab.Service.Resolve("app:2")).Message);
        Assert.Equal(ErrorKind.InvalidArgument, Assert.Throws<WharfException>(() => lab.Service.Resolve("App")).Kind);
        Assert.False(lab.Service.TryResolve("Bad Name", out _));
        Assert.Contains("wanted linux/arm64", Assert.Throws<WharfException>(() => lab.Service.Resolve("app", Platform.Parse("linux/arm64"))).Message);
    }

    [Fact]
    public async Task Tag_MovesAndRefusesDigests()
    {
        await using ImageLab lab = await ImageLab.OpenAsync();
        TestImage image = Made("2020-01-01T00:00:00Z", "a", "b");
        await lab.LoadAsync(image.DockerArchive("app:1"));

        await lab.Service.TagAsync("app:1", ImageReference.Parse("other/app"), ImageLab.Ct);

        Assert.Equal(["app:1", "other/app:latest"], lab.Service.Inspect("app:1").RepoTags);
        Assert.NotNull(lab.Service.Inspect("app:1").LastTagged);
        WharfException e = await Assert.ThrowsAsync<WharfException>(() => lab.Service.TagAsync("app:1", ImageReference.Parse($"x@{image.Id}"), ImageLab.Ct));
        Assert.Equal("refusing to create a tag with a digest reference", e.Message);
        await Assert.ThrowsAsync<WharfException>(() => lab.Service.TagAsync("nope", ImageReference.Parse("y"), ImageLab.Ct));
    }

    private static TestImage Made(string created, string label, string value) => TestImage.Make(
        new ImageConfig { Created = created, Config = new RunConfig { Labels = new(StringComparer.Ordinal) { [label] = value } } }, TestImage.Tar((created, value)));

    private static IEnumerable<Digest> Ids(ImageLab lab, params (string Name, string Value)[] filters) => List(lab, filters).Select(e => e.Id);

    private static IReadOnlyList<ImageListEntry> List(ImageLab lab, params (string Name, string Value)[] filters) => lab.Service.List(new ImageListQuery
    {
        Filters = filters.ToDictionary(f => f.Name, f => (IReadOnlyList<string>)[f.Value]),
    });
}
