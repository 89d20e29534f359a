using System.Text;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Oci.Tests.Images;

public sealed class ImageConfigTests
{
    [Fact]
    public void Write_AsDockersEngine_GivesTheSameBytes()
    {
        // Key order, escaping and empty objects as the classic builder of Docker writes them.
        const string json = """{"architecture":"amd64","config":{"Hostname":"","Domainname":"","User":"","AttachStdin":false,"AttachStdout":false,"AttachStderr":false,"ExposedPorts":{"443/tcp":{},"80/tcp":{}},"Tty":false,"OpenStdin":false,"StdinOnce":false,"Env":["PATH=/bin","X=a\u0026b\u003c\u003e"],"Cmd":["/bin/sh","-c","echo é"],"Image":"","Volumes":{"/data":{}},"WorkingDir":"/","Labels":{"a":"1","b":"2"}},"container":"c0","created":"2024-03-01T10:00:00.123456789Z","docker_version":"20.10","history":[{"created":"2024-03-01T10:00:00Z","created_by":"x","empty_layer":true}],"os":"linux","rootfs":{"type":"layers","diff_ids":["sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"]}}""";

        Assert.Equal(json, Encoding.UTF8.GetString(OciImageJson.Write(OciImageJson.ReadConfig(Encoding.UTF8.GetBytes(json)))));
    }

    [Fact]
    public void Write_UnknownFields_AreKept()
    {
        const string json = """{"architecture":"amd64","os":"linux","moby.buildkit.cache.v0":"eyJ9"}""";

        Assert.Equal(json, Encoding.UTF8.GetString(OciImageJson.Write(OciImageJson.ReadConfig(Encoding.UTF8.GetBytes(json)))));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{"rootfs":{"diff_ids":["md5:00"]}}""")]
    [InlineData("""{"config":{"Env":"x"}}""")]
    public void Read_Malformed_IsInvalid(string json) =>
        Assert.Equal(ErrorKind.InvalidArgument, Assert.Throws<WharfException>(() => OciImageJson.ReadConfig(Encoding.UTF8.GetBytes(json))).Kind);

    [Fact]
    public void Read_DeeplyNested_IsBounded()
    {
        string json = "{\"x\":" + new string('[', 100_000) + new string(']', 100_000) + "}";

        Assert.Throws<WharfException>(() => OciImageJson.ReadConfig(Encoding.UTF8.GetBytes(json)));
    }

    [Fact]
    public void Manifest_Indented_LooksAsDockerPushesIt()
    {
        string text = Encoding.UTF8.GetString(OciImageJson.WriteIndented(new ImageManifest
        {
            MediaType = MediaTypes.DockerManifest,
            Config = new Descriptor { MediaType = MediaTypes.DockerConfig, Digest = Digest.Sha256("x"u8), Size = 1 },
        }));

        Assert.StartsWith("{\n   \"schemaVersion\": 2,\n   \"mediaType\": \"application/vnd.docker.distribution.manifest.v2+json\",\n   \"config\": {\n      \"mediaType\"", text);
    }
}
