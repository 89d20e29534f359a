using Wharf.Images.Catalog;
using Wharf.Images.Tests.Support;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Images.Tests.Catalog;

public sealed class RemovalTests
{
    private readonly TestImage _image = TestImage.Make([("a", "1")], [("b", "2")]);

    [Fact]
    public async Task Delete_OnlyTag_UntagsAndDeletesTopLayerFirst()
    {
        await using ImageLab lab = await ImageLab.OpenAsync();
        await lab.LoadAsync(_image.DockerArchive("app:1"));
        IReadOnlyList<ImageLayerDetails> layers = lab.Service.Inspect("app:1").Layers;

        IReadOnlyList<ImageDeletion> records = await lab.Service.DeleteAsync("app:1", force: false, prune: true, ImageLab.Ct);

        Assert.Equal(
        [
            new("app:1", null), new(null, _image.Id.ToString()), new(null, layers[1].ChainId.ToString()), new(null, layers[0].ChainId.ToString()),
        ], records);
        Assert.Equal(0, lab.LayerDirectories());
        Assert.Equal(0, lab.Blobs());
        Assert.Equal(["untag", "delete"], lab.Events.Select(e => e.Action).Where(a => a != "load"));
    }

    [Fact]
    public async Task Delete_OneOfTwoTags_OnlyUntags()
    {
        await using ImageLab lab = await ImageLab.OpenAsync();
        await lab.LoadAsync(_image.DockerArchive("app:1", "app:2"));

        Assert.Equal([new ImageDeletion("app:1", null)], await lab.Service.DeleteAsync("app:1", force: false, prune: true, ImageLab.Ct));
        Assert.Equal(_image.Id, lab.Service.Resolve("app:2"));
    }

    [Fact]
    public async Task Delete_ByIdWithTagsInTwoRepositories_IsAConflict()
    {
        await using ImageLab lab = await ImageLab.OpenAsync();
        await lab.LoadAsync(_image.DockerArchive("app:1", "other:2"));

        WharfException e = await Assert.ThrowsAsync<WharfException>(() => lab.Service.DeleteAsync(_image.Id.Short, force: false, prune: true, ImageLab.Ct));

        Assert.Equal($"conflict: unable to delete {_image.Id.Short} (must be forced) - image is referenced in multiple repositories", e.Message);
        Assert.Equal(ErrorKind.Conflict, e.Kind);
        await lab.Service.DeleteAsync(_image.Id.Short, force: true, prune: true, ImageLab.Ct);
        Assert.Empty(lab.Service.List(new ImageListQuery { All = true }));
    }

    [Theory]
    [InlineData(false, false, "conflict: unable to remove repository reference \"app:1\" (must force) - container cccccccccccc is using its referenced image {0}")]
    [InlineData(true, true, "conflict: unable to delete {0} (cannot be forced) - image is being used by running container cccccccccccc")]
    [InlineData(false, true, "conflict: unable to remove repository reference \"app:1\" (must force) - container cccccccccccc is using its referenced image {0}")]
    public async Task Delete_UsedImage_SaysWhoUsesIt(bool byId, bool running, string text)
    {
        await using ImageLab lab = await ImageLab.OpenAsync();
        await lab.LoadAsync(_image.DockerArchive("app:1"));
        lab.Uses.Add(new ImageUse(new string('c', 64), _image.Id, "app:1", running));

        WharfException e = await Assert.ThrowsAsync<WharfException>(() => lab.Service.DeleteAsync(byId ? _image.Id.Encoded : "app:1", force: false, prune: true, ImageLab.Ct));

        Assert.Equal(string.Format(text, _image.Id.Short), e.Message);
        Assert.Equal(_image.Id, lab.Service.Resolve("app:1"));
    }

    [Fact]
    public async Task Delete_StoppedContainersImageById_MustBeForced()
    {
        await using ImageLab lab = await ImageLab.OpenAsync();
        await lab.LoadAsync(_image.DockerArchive("app:1"));
        lab.Uses.Add(new ImageUse(new string('c', 64), _image.Id, "app:1", Running: false));

        WharfException e = await Assert.ThrowsAsync<WharfException>(() => lab.Service.DeleteAsync(_image.Id.Short, force: false, prune: true, ImageLab.Ct));

        Assert.Equal($"conflict: unable to delete {_image.Id.Short} (must be forced) - image is being used by stopped container cccccccccccc", e.Message);
    }

    [Fact]
    public async Task Delete_ForcedUnderAContainer_KeepsItsLayersUntilItGoes()
    {
        await using ImageLab lab = await ImageLab.OpenAsync();
        await lab.LoadAsync(_image.DockerArchive("app:1"));
        string container = ObjectId.New();
        await lab.Service.PrepareContainerAsync(container, _image.Id, new Dictionary<string, string>(), ImageLab.Ct);
        lab.Uses.Add(new ImageUse(container, _image.Id, "app:1", Running: false));

        await lab.Service.DeleteAsync("app:1", force: true, prune: true, ImageLab.Ct);
        await lab.RestartAsync();

        Assert.False(lab.Service.TryResolve("app:1", out _));
        Assert.NotEmpty(lab.Service.ContainerRootfs(container).Lower);
        Assert.All(lab.Service.ContainerRootfs(container).Lower, path => Assert.True(Directory.Exists(path), path));
        lab.Uses.Clear();
        await lab.Service.RemoveContainerAsync(container, ImageLab.Ct);
        await lab.Service.CollectGarbageAsync(ImageLab.Ct);
        Assert.Equal(0, lab.LayerDirectories());
    }

    [Fact]
    public async Task Delete_Child_TakesUnnamedParentsUnlessNoPrune()
    {
        await using ImageLab lab = await ImageLab.OpenAsync();
        await lab.LoadAsync(_image.DockerArchive("base:1"));
        Digest middle = await Derive(lab, _image.Id, "middle", []);
        Digest top = await Derive(lab, middle, "top", [ImageReference.Parse("top:1")]);
        Assert.Equal("image has dependent child images", (await Assert.ThrowsAsync<WharfException>(
            () => lab.Service.DeleteAsync(middle.Short, force: true, prune: true, ImageLab.Ct))).Message.Split(" - ")[1]);

        IReadOnlyList<ImageDeletion> kept = await lab.Service.DeleteAsync("top:1", force: false, prune: false, ImageLab.Ct);
        Assert.DoesNotContain(kept, d => d.Deleted == middle.ToString());
        top = await Derive(lab, middle, "top", [ImageReference.Parse("top:1")]);
        IReadOnlyList<ImageDeletion> pruned = await lab.Service.DeleteAsync("top:1", force: false, prune: true, ImageLab.Ct);

        Assert.Equal(["top:1", top.ToString(), middle.ToString()], pruned.Select(d => d.Untagged ?? d.Deleted));
        Assert.Equal(_image.Id, lab.Service.Resolve("base:1"));
    }

    [Fact]
    public async Task Prune_Default_TakesOnlyDangling()
    {
        await using ImageLab lab = await ImageLab.OpenAsync();
        TestImage replaced = TestImage.Make([("old", "1")]);
        await lab.LoadAsync(replaced.DockerArchive("app:1"));
        await lab.LoadAsync(_image.DockerArchive("app:1"));

        ImagePruneReport report = await lab.Service.PruneAsync(new Dictionary<string, IReadOnlyList<string>>(), ImageLab.Ct);

        Assert.Contains(report.Deleted, d => d.Deleted == replaced.Id.ToString());
        Assert.True(report.SpaceReclaimed > 0);
        Assert.Equal(_image.Id, lab.Service.Resolve("app:1"));
    }

    [Fact]
    public async Task Prune_All_TakesUnusedAndLeavesUsed()
    {
        await using ImageLab lab = await ImageLab.OpenAsync();
        TestImage used = TestImage.Make([("used", "1")]);
        await lab.LoadAsync(used.DockerArchive("used:1"));
        await lab.LoadAsync(_image.DockerArchive("app:1", "app:2"));
        lab.Uses.Add(new ImageUse(new string('c', 64), used.Id, "used:1", Running: false));

        ImagePruneReport report = await lab.Service.PruneAsync(new Dictionary<string, IReadOnlyList<string>> { ["dangling"] = ["false"] }, ImageLab.Ct);

        Assert.Contains(report.Deleted, d => d.Deleted == _image.Id.ToString());
        Assert.Equal(used.Id, Assert.Single(lab.Service.List(new ImageListQuery())).Id);
        Assert.Equal(1, lab.LayerDirectories());
    }

    [Fact]
    public async Task Prune_UnknownFilter_IsRefused()
    {
        await using ImageLab lab = await ImageLab.OpenAsync();

        WharfException e = await Assert.ThrowsAsync<WharfException>(() => lab.Service.PruneAsync(new Dictionary<string, IReadOnlyList<string>> { ["colour"] = ["red"] }, ImageLab.Ct));
        Assert.Equal("invalid filter 'colour'", e.Message);
    }

    private static Task<Digest> Derive(ImageLab lab, Digest parent, string step, IReadOnlyList<ImageReference> tags) => lab.Service.CreateAsync(new ImageCreation
    {
        Parent = parent,
        Config = new ImageConfig { Architecture = "amd64", Os = "linux", Created = "2024-04-01T00:00:00Z", Config = new RunConfig { Cmd = [step] } },
        History = [new HistoryEntry { CreatedBy = step, EmptyLayer = true }],
        Tags = tags,
    }, ImageLab.Ct);
}
