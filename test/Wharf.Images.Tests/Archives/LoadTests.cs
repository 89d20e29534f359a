using System.Formats.Tar;
using System.Text;
using Wharf.Images.Catalog;
using Wharf.Images.Tests.Support;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Images.Tests.Archives;

public sealed class LoadTests
{
    [Theory]
    [InlineData("overlay2")]
    [InlineData("vfs")]
    public async Task Load_DockerArchive_GivesTheSameImage(string driver)
    {
        await using ImageLab lab = await ImageLab.OpenAsync(o => o with { StorageDriver = driver });
        TestImage image = TestImage.Make([("etc/a", "1"), ("etc/b", "two")], [("etc/a", "other"), ("etc/.wh.b", "")]);
        var log = new ProgressLog();

        IReadOnlyList<Digest> loaded = await lab.LoadAsync(image.DockerArchive("app:1", "host:5000/team/app:2"), log);

        Assert.Equal([image.Id], loaded);
        Assert.Equal(["Loaded image: app:1", "Loaded image: host:5000/team/app:2"], log.Lines.Where(l => l.StartsWith("Loaded")));
        Assert.Contains(log.Events, e => e.Status == "Loading layer" && e.Id == Digest.Sha256(image.Layers[0]).Short);
        ImageDetails details = lab.Service.Inspect("app:1");
        Assert.Equal(image.Config, details.RawConfig.ToArray());
        Assert.Equal(["app:1", "host:5000/team/app:2"], details.RepoTags);
        Assert.Equal(image.Layers.Select(l => Digest.Sha256(l)), details.Layers.Select(l => l.DiffId));
        Assert.Equal(["/bin/sh"], details.Config.Config!.Cmd);
        Assert.Equal(image.Id, lab.Service.Resolve(image.Id.Short));
        Assert.Contains(lab.Events, e => e.Action == "load" && e.ActorId == image.Id.ToString());
    }

    [Fact]
    public async Task Load_AfterRestart_IsStillThere()
    {
        await using ImageLab lab = await ImageLab.OpenAsync();
        TestImage image = TestImage.Make([("a", "1")]);
        await lab.LoadAsync(image.DockerArchive("kept:1"));

        await lab.RestartAsync();

        Assert.Equal(image.Id, lab.Service.Resolve("kept:1"));
        Assert.Equal(image.Config, lab.Service.Inspect("kept:1").RawConfig.ToArray());
        Assert.Equal(1, lab.LayerDirectories());
    }

    [Fact]
    public async Task Load_Gzip_IsRecognised()
    {
        await using ImageLab lab = await ImageLab.OpenAsync();
        TestImage image = TestImage.Make([("a", "1")]);

        Assert.Equal([image.Id], await lab.LoadAsync(TestImage.Gzip(image.DockerArchive("z:1"))));
    }

    [Fact]
    [Trait("attack", "load-archive")]
    public async Task Load_LayersAsLinks_FollowsThemWithinTheArchive()
    {
        await using ImageLab lab = await ImageLab.OpenAsync();
        TestImage image = TestImage.Make([("a", "1")], [("b", "2")]);
        using var output = new MemoryStream();
        using (var writer = new TarWriter(output, TarEntryFormat.Pax, leaveOpen: true))
        {
            File(writer, "config.json", image.Config);
            File(writer, "real.tar", image.Layers[0]);
            writer.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, "one/layer.tar") { LinkName = "../real.tar" });
            File(writer, "other.tar", image.Layers[1]);
            writer.WriteEntry(new PaxTarEntry(TarEntryType.HardLink, "two/layer.tar") { LinkName = "other.tar" });
            File(writer, "manifest.json", Encoding.UTF8.GetBytes("""[{"Config":"config.json","RepoTags":["linked:1"],"Layers":["one/layer.tar","two/layer.tar"]}]"""));
        }

        Assert.Equal([image.Id], await lab.LoadAsync(output.ToArray()));
    }

    [Fact]
    [Trait("attack", "load-archive")]
    public async Task Load_LinkLoop_IsRefused()
    {
        await using ImageLab lab = await ImageLab.OpenAsync();
        TestImage image = TestImage.Make([("a", "1")]);
        using var output = new MemoryStream();
        using (var writer = new TarWriter(output, TarEntryFormat.Pax, leaveOpen: true))
        {
            File(writer, "config.json", image.Config);
            writer.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, "x") { LinkName = "y" });
            writer.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, "y") { LinkName = "x" });
            File(writer, "manifest.json", Encoding.UTF8.GetBytes("""[{"Config":"config.json","RepoTags":null,"Layers":["x"]}]"""));
        }

        WharfException e = await Assert.ThrowsAsync<WharfException>(() => lab.LoadAsync(output.ToArray()));
        Assert.Contains("too many levels of links", e.Message);
    }

    [Theory]
    [Trait("attack", "load-archive")]
    [InlineData("""[{"Config":"/etc/passwd","RepoTags":null,"Layers":[]}]""", "configuration /etc/passwd is not in it")]
    [InlineData("""[{"Config":"config.json","RepoTags":null,"Layers":["/etc/shadow"]}]""", "layer /etc/shadow is not in it")]
    [InlineData("""[{"Config":"config.json","RepoTags":null,"Layers":["../../../etc/shadow"]}]""", "layer ../../../etc/shadow is not in it")]
    [InlineData("""[{"Config":"config.json","RepoTags":null,"Layers":[]}]""", "layers length mismatch: expected 0, got 1")]
    [InlineData("""[{"Config":"config.json","RepoTags":["a@sha256:0000000000000000000000000000000000000000000000000000000000000000"],"Layers":["layer.tar"]}]""", "invalid tag")]
    [InlineData("""[{"Config":"config.json","RepoTags":["UPPER:1"],"Layers":["layer.tar"]}]""", "must be lowercase")]
    [InlineData("""{"not":"a list"}""", "invalid archive: manifest.json: a value of another type was expected")]
    [InlineData("""[{"Config":7}]""", "invalid archive: manifest.json: a value of another type was expected at $[0].Config")]
    [InlineData("""[{"Config":}]""", "invalid archive: manifest.json: '}' is an invalid start of a value at $[0].Config")]
    public async Task Load_HostileManifest_IsRefusedAndLeavesNothing(string manifest, string text)
    {
        await using ImageLab lab = await ImageLab.OpenAsync();
        TestImage image = TestImage.Make([("a", "1")]);

        WharfException e = await Assert.ThrowsAsync<WharfException>(() => lab.LoadAsync(TestImage.Archive(
            ("config.json", image.Config), ("layer.tar", image.Layers[0]), ("manifest.json", Encoding.UTF8.GetBytes(manifest)))));

        Assert.Contains(text, e.Message);
        Assert.Equal(ErrorKind.InvalidArgument, e.Kind);
        Assert.Empty(lab.Service.List(new ImageListQuery { All = true }));
        Assert.Equal(0, lab.LayerDirectories());
        Assert.Equal(0, lab.Blobs());
    }

    [Fact]
    public async Task Load_LayerWithAnotherDiffId_IsRefusedAndLeavesNothing()
    {
        await using ImageLab lab = await ImageLab.OpenAsync();
        TestImage image = TestImage.Make([("a", "1")]);
        byte[] other = TestImage.Tar(("a", "not that"));

        WharfException e = await Assert.ThrowsAsync<WharfException>(() => lab.LoadAsync(TestImage.Archive(
            ("config.json", image.Config), ("layer.tar", other), ("manifest.json", """[{"Config":"config.json","RepoTags":["x:1"],"Layers":["layer.tar"]}]"""u8.ToArray()))));

        Assert.Contains("wrong diff id", e.Message);
        Assert.False(lab.Service.TryResolve("x:1", out _));
        Assert.Equal(0, lab.LayerDirectories());
        Assert.Equal(0, lab.Blobs());
    }

    [Fact]
    public async Task Load_NoArchive_SaysSo()
    {
        await using ImageLab lab = await ImageLab.OpenAsync();

        WharfException e = await Assert.ThrowsAsync<WharfException>(() => lab.LoadAsync(Encoding.UTF8.GetBytes(new string('x', 4000))));
        Assert.Equal(ErrorKind.InvalidArgument, e.Kind);
    }

    [Fact]
    public async Task Load_TagThatExists_MovesAndTells()
    {
        await using ImageLab lab = await ImageLab.OpenAsync();
        TestImage first = TestImage.Make([("a", "1")]), second = TestImage.Make([("a", "2")]);
        await lab.LoadAsync(first.DockerArchive("same:1"));
        var log = new ProgressLog();

        await lab.LoadAsync(second.DockerArchive("same:1"), log);

        Assert.Contains($"The image same:1 already exists, renaming the old one with ID {first.Id} to empty string", log.Lines);
        Assert.Equal(second.Id, lab.Service.Resolve("same:1"));
        Assert.Equal(first.Id, Assert.Single(lab.Service.List(Filter("dangling", "true"))).Id);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Load_OciLayout_KeepsManifestAndNames(bool withVersion)
    {
        await using ImageLab lab = await ImageLab.OpenAsync();
        TestImage image = TestImage.Make([("a", "1")], [("b", "2")]);
        byte[] manifest = image.Manifest();
        if (!withVersion)
        {
            var document = System.Text.Json.Nodes.JsonNode.Parse(manifest)!.AsObject();
            Assert.True(document.Remove("schemaVersion"));
            manifest = Encoding.UTF8.GetBytes(document.ToJsonString());
        }

        Digest digest = Digest.Sha256(manifest);
        string index = $$$"""{{{{(withVersion ? "\"schemaVersion\":2," : "")}}}"manifests":[{"mediaType":"{{{MediaTypes.OciManifest}}}","digest":"{{{digest}}}","size":{{{manifest.Length}}},"annotations":{"io.containerd.image.name":"docker.io/library/lay:3"}}]}""";
        var members = new List<(string, byte[])>
        {
            ("oci-layout", """{"imageLayoutVersion":"1.0.0"}"""u8.ToArray()), ("index.json", Encoding.UTF8.GetBytes(index)),
            ($"blobs/sha256/{digest.Encoded}", manifest), ($"blobs/sha256/{image.Id.Encoded}", image.Config),
        };
        members.AddRange(image.Packed.Select(p => ($"blobs/sha256/{Digest.Sha256(p).Encoded}", p)));

        Assert.Equal([image.Id], await lab.LoadAsync(TestImage.Archive([.. members])));

        ImageDetails details = lab.Service.Inspect("lay:3");
        Assert.Equal(digest, details.Target!.Digest);
        Assert.Equal("image", Assert.Single(details.Manifests).Kind);
    }

    [Fact]
    public async Task Load_Legacy_MakesAConfiguration()
    {
        await using ImageLab lab = await ImageLab.OpenAsync();
        byte[] low = TestImage.Tar(("a", "1")), high = TestImage.Tar(("b", "2"));
        string lowId = new('a', 64), highId = new('b', 64);
        byte[] archive = TestImage.Archive(
            ("repositories", Encoding.UTF8.GetBytes($$$"""{"old":{"1.0":"{{{highId}}}"}}""")),
            ($"{lowId}/json", Encoding.UTF8.GetBytes($$$"""{"id":"{{{lowId}}}","created":"2013-01-01T00:00:00Z","container_config":{"Cmd":["/bin/sh","-c","first"]}}""")),
            ($"{lowId}/layer.tar", low),
            ($"{highId}/json", Encoding.UTF8.GetBytes($$"""{"id":"{{highId}}","parent":"{{lowId}}","created":"2013-01-02T00:00:00Z","config":{"Cmd":["top"]},"architecture":"amd64","os":"linux"}""")),
            ($"{highId}/layer.tar", high));

        await lab.LoadAsync(archive);

        ImageDetails details = lab.Service.Inspect("old:1.0");
        Assert.Equal([Digest.Sha256(low), Digest.Sha256(high)], details.Layers.Select(l => l.DiffId));
        Assert.Equal(["top"], details.Config.Config!.Cmd);
        Assert.Equal(["", "/bin/sh -c first"], lab.Service.History("old:1.0").Select(h => h.CreatedBy));
    }

    private static ImageListQuery Filter(string name, params string[] values) =>
        new() { Filters = new Dictionary<string, IReadOnlyList<string>> { [name] = values } };

    private static void File(TarWriter writer, string name, byte[] content) =>
        writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) });
}
