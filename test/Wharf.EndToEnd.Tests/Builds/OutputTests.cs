using System.Text.Json;
using Wharf.EndToEnd.Tests.Harness;
using Wharf.EndToEnd.Tests.Registries;

namespace Wharf.EndToEnd.Tests.Builds;

/// <summary>The form in which results leave: compression, media types, names and digests of pushes.</summary>
public sealed class OutputTests(SharedEngine shared) : ClientBuildTest(shared)
{
    private static readonly byte[] Gzip = [0x1f, 0x8b], Zstd = [0x28, 0xb5, 0x2f, 0xfd];

    [Theory]
    [InlineData("compression=gzip,force-compression=true", "+gzip")]
    [InlineData("compression=gzip,compression-level=9,force-compression=true", "+gzip")]
    [InlineData("compression=zstd,force-compression=true", "+zstd")]
    [InlineData("compression=uncompressed,force-compression=true", ".tar")]
    [InlineData("oci-mediatypes=true", ".tar")]
    public void Archive_HasItsLayersPackedAsAsked(string packing, string type)
    {
        string image = NewImage();
        using var folder = new BuildFolder($"FROM busybox\nRUN echo {image} > /it\n");
        WharfBuild(folder, "-o", $"type=oci,dest={folder["layout"]},tar=false,name={image},{packing}", "-o", $"type=docker,dest={folder["image.tar"]},{packing}").Ok();
        List<JsonElement> layers = [.. Layout.Index(folder["layout"]).GetProperty("layers").EnumerateArray()];
        Assert.Equal(2, layers.Count);
        foreach (JsonElement layer in layers)
        {
            Assert.EndsWith(type, layer.GetProperty("mediaType").GetString());
            byte[] content = File.ReadAllBytes(Layout.BlobPath(folder["layout"], layer));
            Assert.Equal(layer.GetProperty("size").GetInt64(), content.Length);
            Assert.Equal(type == "+gzip", content.AsSpan().StartsWith(Gzip));
            Assert.Equal(type == "+zstd", content.AsSpan().StartsWith(Zstd));
        }

        // Others read it too, and it comes back as what it was.
        Command.Run("skopeo", ["inspect", "oci:" + folder["layout"]]).Ok();
        string id = Inspect(image, "{{.Id}}");
        Run(Client.Docker, "rmi", "-f", image).Ok();
        Run(Client.Docker, "load", "-i", folder["image.tar"]).Ok();
        Assert.Equal(id, Inspect(image, "{{.Id}}"));
        Assert.Equal(image, InImage(image, "cat /it"));
    }

    [Theory]
    [InlineData(true, ",compression=gzip,force-compression=true", "docker.image.rootfs.diff.tar.gzip")]
    [InlineData(false, ",compression=gzip,force-compression=true,oci-mediatypes=true", "oci.image.layer.v1.tar+gzip")]
    [InlineData(true, ",compression=zstd,compression-level=1,force-compression=true", "oci.image.layer.v1.tar+zstd")]
    [InlineData(false, ",compression=zstd,force-compression=true", "oci.image.layer.v1.tar+zstd")]
    [InlineData(true, ",compression=uncompressed,force-compression=true,oci-mediatypes=true", "oci.image.layer.v1.tar")]
    public void Push_PacksLayersAsAsked_AndAnyoneReadsThem(bool ours, string packing, string type)
    {
        using var registry = new AnyRegistry(ours, Engine);
        string image = $"{registry.Host}/{NewImage()}:1";
        using var folder = new BuildFolder($"FROM busybox\nRUN echo {image} > /it\n");
        WharfBuild(folder, "-o", $"type=image,name={image},push=true{packing}").Ok();
        using var manifest = JsonDocument.Parse(Engine.OnHost("skopeo", "inspect", "--raw", "--tls-verify=false", "docker://" + image).Ok().Out);
        Assert.All(manifest.RootElement.GetProperty("layers").EnumerateArray(), l => Assert.Equal("application/vnd." + type, l.GetProperty("mediaType").GetString()));
        Engine.OnHost("skopeo", "copy", "-q", "--src-tls-verify=false", "docker://" + image, "dir:" + folder["copy"]).Ok();
        string id = Inspect(image, "{{.Id}}");
        Run(Client.Docker, "rmi", "-f", image).Ok();
        Run(Client.Docker, "pull", image).Ok();
        Assert.Equal(id, Inspect(image, "{{.Id}}"));
        Assert.Equal(image, InImage(image, "cat /it"));
        Run(Client.Docker, "rmi", "-f", image).Ok();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Push_WithoutAWish_IsGzipInDockersForm(bool ours)
    {
        // an engine of its own: a layer that was packed in another form once keeps that one
        using var engine = new Engine();
        engine.Load("busybox");
        using var registry = new AnyRegistry(ours, engine);
        string image = $"{registry.Host}/{NewImage()}:1";
        using var folder = new BuildFolder($"FROM busybox\nRUN echo {image} > /it\n");
        WharfBuild(engine, folder, "-o", $"type=image,name={image},push=true").Ok();
        using var manifest = JsonDocument.Parse(engine.OnHost("skopeo", "inspect", "--raw", "--tls-verify=false", "docker://" + image).Ok().Out);
        Assert.All(manifest.RootElement.GetProperty("layers").EnumerateArray(), l => Assert.Equal("application/vnd.docker.image.rootfs.diff.tar.gzip", l.GetProperty("mediaType").GetString()));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void PushByDigest_LeavesNoTagAnywhere(bool ours)
    {
        using var registry = new AnyRegistry(ours, Engine);
        string repository = $"{registry.Host}/{NewImage()}";
        using var folder = new BuildFolder($"FROM busybox\nRUN echo {repository} > /it\n");
        WharfBuild(folder, "-o", $"type=image,name={repository},push-by-digest=true,name-canonical=true,push=true", "--provenance=true", "--metadata-file", folder["metadata"]).Ok();
        using var metadata = JsonDocument.Parse(File.ReadAllText(folder["metadata"]));
        string digest = metadata.RootElement.GetProperty("containerimage.digest").GetString()!;
        string name = $"{repository}@{digest}";
        Assert.Equal("application/vnd.oci.image.index.v1+json", metadata.RootElement.GetProperty("containerimage.descriptor").GetProperty("mediaType").GetString());
        Engine.OnHost("skopeo", "inspect", "--raw", "--tls-verify=false", "docker://" + name).Ok();
        Assert.DoesNotContain("\"latest\"", Engine.OnHost("curl", "-s", $"http://{registry.Host}/v2/{repository.Split('/', 2)[1]}/tags/list").Ok().Out);
        Assert.Contains(name, Run(Client.Docker, "image", "inspect", "-f", "{{.RepoDigests}} {{.RepoTags}}", name).Ok().Text);
        Assert.DoesNotContain(":latest", Run(Client.Docker, "image", "inspect", "-f", "{{.RepoTags}}", name).Ok().Text);
        Run(Client.Docker, "rmi", "-f", name).Ok();
    }

    [Fact]
    public void Push_OfSeveralNames_SetsEachTag()
    {
        using var registry = new DebianRegistry(Engine);
        string first = $"{registry.Host}/{NewImage()}:a", second = $"{registry.Host}/{NewImage()}:b";
        using var folder = new BuildFolder($"FROM busybox\nRUN echo {first} > /it\n");
        WharfBuild(folder, "--push", "-t", first, "-t", second).Ok();
        foreach (string image in new[] { first, second })
        {
            Engine.OnHost("skopeo", "inspect", "--tls-verify=false", "docker://" + image).Ok();
        }

        Run(Client.Docker, "rmi", "-f", first, second).Ok();
    }

    [Fact]
    public void Squash_WithAnEpoch_GivesTheSameImageTwice()
    {
        string image = NewImage();
        using var folder = new BuildFolder("FROM busybox\nRUN mkdir /d && echo a > /d/a\nRUN echo b > /d/b && rm /d/a\n");
        string Once() => WharfBuild(folder, "--no-cache", "-q", "--squash", "--build-arg", "SOURCE_DATE_EPOCH=1000000000", "-o", $"type=image,name={image},rewrite-timestamp=true").Ok().Text;
        string first = Once();
        Assert.Equal(first, Once());
        Assert.StartsWith("2001-09-09T01:46:40", Inspect(image, "{{.Created}}"));
        Assert.Equal("b", InImage(image, "ls /d"));
        Assert.Equal(2, LayersOf(image));
    }
}
