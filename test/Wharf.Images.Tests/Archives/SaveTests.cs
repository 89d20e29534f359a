using System.Formats.Tar;
using System.Text;
using Wharf.Images.Catalog;
using Wharf.Images.Tests.Support;
using Wharf.Images.Transfers;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Images.Tests.Archives;

public sealed class SaveTests
{
    [Fact]
    public async Task Save_LoadedElsewhere_GivesTheSameImages()
    {
        await using ImageLab lab = await ImageLab.OpenAsync();
        byte[] shared = TestImage.Tar(("base", "x"));
        TestImage one = TestImage.Make(new ImageConfig(), shared, TestImage.Tar(("a", "1"))), two = TestImage.Make(new ImageConfig(), shared, TestImage.Tar(("b", "2")));
        await lab.LoadAsync(one.DockerArchive("one:1", "one:latest"));
        await lab.LoadAsync(two.DockerArchive("two:1"));

        byte[] archive = await lab.SaveAsync("one", "two:1");

        await using ImageLab other = await ImageLab.OpenAsync();
        Assert.Equal([one.Id, two.Id], await other.LoadAsync(archive));
        Assert.Equal(["one:1", "one:latest"], other.Service.Inspect("one").RepoTags);
        Assert.Equal(archive, await other.SaveAsync("one", "two:1"));
        Assert.Equal(3, other.LayerDirectories());
    }

    [Fact]
    public async Task Save_HasTheMembersOfBothFormats()
    {
        await using ImageLab lab = await ImageLab.OpenAsync();
        TestImage image = TestImage.Make([("a", "1")]);
        await lab.LoadAsync(image.DockerArchive("pair:1"));

        Dictionary<string, byte[]> members = Members(await lab.SaveAsync("pair:1"));

        Assert.Equal("""{"imageLayoutVersion":"1.0.0"}""", Encoding.UTF8.GetString(members["oci-layout"]));
        Assert.Equal(image.Config, members[$"blobs/sha256/{image.Id.Encoded}"]);
        Assert.Equal(image.Layers[0], members[$"blobs/sha256/{Digest.Sha256(image.Layers[0]).Encoded}"]);
        Assert.Contains("\"RepoTags\":[\"pair:1\"]", Encoding.UTF8.GetString(members["manifest.json"]));
        Assert.Contains("\"io.containerd.image.name\":\"docker.io/library/pair:1\"", Encoding.UTF8.GetString(members["index.json"]));
        Assert.Contains("\"pair\":{\"1\":", Encoding.UTF8.GetString(members["repositories"]));
    }

    [Fact]
    public async Task Save_UnknownName_WritesNothing()
    {
        await using ImageLab lab = await ImageLab.OpenAsync();
        using var output = new MemoryStream();

        WharfException e = await Assert.ThrowsAsync<WharfException>(() => lab.Service.SaveAsync(new SaveRequest { Names = ["nope"] }, output, ImageLab.Ct));

        Assert.Equal("No such image: nope:latest", e.Message);
        Assert.Equal(0, output.Length);
    }

    [Fact]
    public async Task Import_TarWithMessage_BecomesAnImageThatCanBeSaved()
    {
        await using ImageLab lab = await ImageLab.OpenAsync();
        var log = new ProgressLog();

        Digest id = await lab.Service.ImportAsync(new ImportRequest
        {
            Source = new MemoryStream(TestImage.Gzip(TestImage.Tar(("bin/sh", "#!")))),
            Tag = ImageReference.Parse("imported:1"),
            Message = "by hand",
            Config = new RunConfig { Cmd = ["/bin/sh"] },
        }, log, ImageLab.Ct);

        ImageDetails details = lab.Service.Inspect("imported:1");
        Assert.Equal(id, details.Id);
        Assert.Equal("by hand", details.Config.Comment);
        Assert.Equal(["/bin/sh"], details.Config.Config!.Cmd);
        Assert.Equal(id.ToString(), log.Lines[^1]);
        await using ImageLab other = await ImageLab.OpenAsync();
        Assert.Equal([id], await other.LoadAsync(await lab.SaveAsync("imported:1")));
    }

    [Fact]
    public async Task Commit_OfAContainer_HoldsItsChangesAndCanBeSaved()
    {
        await using ImageLab lab = await ImageLab.OpenAsync();
        TestImage image = TestImage.Make([("keep", "1"), ("gone", "2")]);
        await lab.LoadAsync(image.DockerArchive("base:1"));
        string container = ObjectId.New();
        Wharf.Images.Containers.ContainerRootfs root = await lab.Service.PrepareContainerAsync(container, image.Id, new Dictionary<string, string>(), ImageLab.Ct);
        await File.WriteAllTextAsync(Path.Combine(root.Upper, "made"), "in the container", ImageLab.Ct);

        Digest id = await lab.Service.CommitAsync(new ContainerCommit
        {
            ContainerId = container,
            Config = OciImageJson.ReadConfig(image.Config) with { Created = "2024-05-01T00:00:00Z" },
            CreatedBy = "sh",
            Comment = "kept",
            Tag = ImageReference.Parse("committed:1"),
        }, ImageLab.Ct);

        ImageDetails details = lab.Service.Inspect("committed:1");
        Assert.Equal(image.Id, details.Parent);
        Assert.Equal(2, details.Layers.Count);
        Assert.Equal("kept", lab.Service.History("committed:1")[0].Comment);
        Assert.Equal(image.Id, lab.Service.History("committed:1")[1].Id);
        Assert.Contains(await lab.Service.DiffContainerAsync(container, ImageLab.Ct), c => c.Path == "/made");
        await using ImageLab other = await ImageLab.OpenAsync();
        Assert.Equal([id], await other.LoadAsync(await lab.SaveAsync("committed:1")));
    }

    [Fact]
    public async Task Save_ChildWithItsParent_KeepsTheirKinship()
    {
        await using ImageLab lab = await ImageLab.OpenAsync();
        TestImage image = TestImage.Make([("a", "1")]);
        await lab.LoadAsync(image.DockerArchive("base:1"));
        string container = ObjectId.New();
        await lab.Service.PrepareContainerAsync(container, image.Id, new Dictionary<string, string>(), ImageLab.Ct);
        await lab.Service.CommitAsync(
            new ContainerCommit { ContainerId = container, Config = OciImageJson.ReadConfig(image.Config), CreatedBy = "sh", Tag = ImageReference.Parse("child:1") }, ImageLab.Ct);
        byte[] both = await lab.SaveAsync("child:1", "base:1"), alone = await lab.SaveAsync("child:1");

        await using ImageLab other = await ImageLab.OpenAsync();
        await other.LoadAsync(both);
        Assert.Equal(image.Id, other.Service.Inspect("child:1").Parent);
        await using ImageLab third = await ImageLab.OpenAsync();
        await third.LoadAsync(alone);
        Assert.True(third.Service.Inspect("child:1").Parent.IsEmpty);

        // An archive that says of a stranger that it is the parent is not believed.
        TestImage stranger = TestImage.Make([("b", "2")], [("c", "3")]);
        byte[] poisoned = TestImage.Archive(
            ("base.json", image.Config), ("stranger.json", stranger.Config), ("0.tar", image.Layers[0]), ("1.tar", stranger.Layers[0]), ("2.tar", stranger.Layers[1]),
            ("manifest.json", System.Text.Encoding.UTF8.GetBytes($$"""
                [{"Config":"base.json","RepoTags":["base:1"],"Layers":["0.tar"],"Parent":"{{stranger.Id}}"},
                 {"Config":"stranger.json","RepoTags":["stranger:1"],"Layers":["1.tar","2.tar"],"Parent":"{{image.Id}}"}]
                """)));
        await using ImageLab last = await ImageLab.OpenAsync();
        await last.LoadAsync(poisoned);
        Assert.True(last.Service.Inspect("base:1").Parent.IsEmpty);
        Assert.True(last.Service.Inspect("stranger:1").Parent.IsEmpty);
    }

    [Fact]
    public async Task Commit_Consuming_TakesTheContainersFiles()
    {
        await using ImageLab lab = await ImageLab.OpenAsync();
        TestImage image = TestImage.Make([("keep", "1")]);
        await lab.LoadAsync(image.DockerArchive("base:1"));
        string container = ObjectId.New();
        Wharf.Images.Containers.ContainerRootfs root = await lab.Service.PrepareContainerAsync(container, image.Id, new Dictionary<string, string>(), ImageLab.Ct);
        await File.WriteAllTextAsync(Path.Combine(root.Upper, "made"), "in the container", ImageLab.Ct);

        Digest id = await lab.Service.CommitAsync(new ContainerCommit
        {
            ContainerId = container,
            Config = OciImageJson.ReadConfig(image.Config),
            Consume = true,
            Tag = ImageReference.Parse("built:1"),
        }, ImageLab.Ct);

        Assert.Throws<WharfException>(() => lab.Service.ContainerRootfs(container));
        await using ImageLab other = await ImageLab.OpenAsync();
        Assert.Equal([id], await other.LoadAsync(await lab.SaveAsync("built:1")));
    }

    private static Dictionary<string, byte[]> Members(byte[] archive)
    {
        var members = new Dictionary<string, byte[]>();
        using var reader = new TarReader(new MemoryStream(archive));
        while (reader.GetNextEntry(copyData: true) is { } entry)
        {
            using var content = new MemoryStream();
            entry.DataStream?.CopyTo(content);
            members[entry.Name] = content.ToArray();
        }

        return members;
    }
}
