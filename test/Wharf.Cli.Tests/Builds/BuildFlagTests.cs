using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Wharf.Api.Builds;
using Wharf.Cli.Tests.Framework;
using Wharf.Testing;

namespace Wharf.Cli.Tests.Builds;

public sealed class BuildFlagTests : IDisposable
{
    private const string Built = """{"Type":"built","Time":1,"Text":"sha256:abc"}""";

    private readonly string _folder = Directory.CreateTempSubdirectory("wharf-build").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("--attest=type=signature", "unsupported attestation type \"signature\"")]
    [InlineData("--attest=mode=max", "attestation type not specified")]
    [InlineData("--annotation=ab", "invalid annotation \"ab\", expected key=value")]
    [InlineData("--annotation=index-descriptor:a=b", "index-descriptor:a=b is not supported")]
    [InlineData("--output=type=image,annotation-image.a=b", "unknown annotation type \"image\"")]
    [InlineData("--builder=other", "--builder other is not supported")]
    [InlineData("--platform=linux/amd64,linux/arm64", "is not supported: one build makes an image for one platform")]
    [InlineData("--on-error=dance", "invalid --on-error \"dance\"")]
    [InlineData("--on-error=shell", "--on-error=shell needs a terminal")]
    [InlineData("--cache-to=type=s3,bucket=b", "--cache-to type=s3,bucket=b is not supported: type=s3")]
    [InlineData("--cache-to=type=inline,mode=max", "mode=max; the image holds the steps that led to it")]
    [InlineData("--cache-to=type=registry,ref=a,mode=most", "unsupported mode=\"most\"")]
    [InlineData("--cache-to=type=registry,mode=max", "needs ref=")]
    [InlineData("--cache-to=type=local,mode=max", "needs dest=")]
    [InlineData("--cache-to=type=local,dest=x,digest=y", "has no attribute digest")]
    [InlineData("--cache-to=type=local,dest=x,compression=lzma", "unsupported layer compression type: lzma")]
    [InlineData("--cache-to=type=local,dest=x,image-manifest=false", "a cache is an OCI image manifest")]
    [InlineData("--cache-from=type=local", "needs src=")]
    [InlineData("--cache-from=type=registry,ref=a,mode=max", "has no attribute mode")]
    [InlineData("--cache-from=type=gha", "type=gha")]
    [InlineData("--output=type=zip", "unsupported output type \"zip\"")]
    [InlineData("--output=type=image,compression=zstd", "compression needs push=true")]
    [InlineData("--output=type=local,dest=x,compression=zstd", "does not support the attribute \"compression\"")]
    [InlineData("--output=type=oci,compression=lzma", "unsupported layer compression type: lzma")]
    [InlineData("--output=type=oci,compression=gzip,compression-level=12", "gzip has 0 to 9")]
    [InlineData("--output=type=oci,compression-level=3", "compression-level needs compression")]
    [InlineData("--output=type=oci,force-compression=true", "force-compression needs a compression")]
    [InlineData("--output=type=oci,oci-mediatypes=false", "does not support oci-mediatypes=false")]
    [InlineData("--output=type=docker,compression=gzip", "compression needs a dest")]
    [InlineData("--output=type=registry,push-by-digest=true", "push-by-digest needs a name")]
    [InlineData("--output=type=registry,push-by-digest=true,name=a:1", "can't push tagged ref by digest")]
    [InlineData("--output=type=registry,name=a,registry.insecure=true", "does not support the attribute \"registry.insecure\"")]
    [InlineData("--output=type=local", "dest is required")]
    [InlineData("--output=dest=x", "type is required")]
    [InlineData("--push", "tag is needed when pushing to registry")]
    [InlineData("--secret=src=x", "secret missing ID")]
    [InlineData("--secret=id=x,src=/no/such/file", "failed to read the secret x")]
    [InlineData("--secret=id=x,env=NO_SUCH_VARIABLE", "the environment variable NO_SUCH_VARIABLE is not set")]
    [InlineData("--ssh=default", "make sure SSH_AUTH_SOCK is set")]
    public void Flag_ThatCannotBeServed_IsRefusedByName(string flag, string error)
    {
        using var cli = new CliHarness();
        Assert.Equal(1, cli.RunWith(new FakeTerminal("FROM scratch\n"), "build", flag, "-"));
        Assert.Contains(error, cli.Terminal.ErrorText);
    }

    [Fact]
    public void Secrets_AreAtTheHeadOfTheBody_AndNowhereElse()
    {
        string file = Path.Combine(_folder, "token");
        File.WriteAllText(file, "hunter2-file");
        using var engine = new FakeEngine(_ => new FakeReply(200, Built, BuildEvent.ContentType));
        using var cli = new CliHarness(engine);
        cli.Environment["TOKEN"] = "hunter2-env";
        Assert.Equal(0, cli.RunWith(new FakeTerminal("FROM scratch\n"), "build", "--secret", $"id=a,src={file}", "--secret", "id=TOKEN", "--secret", "id=c,env=TOKEN", "-"));
        FakeRequest build = engine.Requests.Single(r => r.Path == "/build");
        int length = BinaryPrimitives.ReadInt32BigEndian(build.Body);
        var secrets = JsonSerializer.Deserialize<Dictionary<string, string>>(build.Body.AsSpan(4, length))!;
        Assert.Equal("hunter2-file", Encoding.UTF8.GetString(Convert.FromBase64String(secrets["a"])));
        Assert.Equal("hunter2-env", Encoding.UTF8.GetString(Convert.FromBase64String(secrets["TOKEN"])));
        Assert.Equal("hunter2-env", Encoding.UTF8.GetString(Convert.FromBase64String(secrets["c"])));
        Assert.Equal(BuildEvent.RequestType, build.Headers["Content-Type"]);
        Assert.DoesNotContain("hunter2", build.Target);
        Assert.DoesNotContain("hunter2", cli.Terminal.ErrorText);
        Assert.Contains("FROM scratch", Encoding.UTF8.GetString(build.Body.AsSpan(4 + length)));
    }

    [Fact]
    public void Epoch_OfTheEnvironment_BecomesABuildArgument()
    {
        using var engine = new FakeEngine(_ => new FakeReply(200, Built, BuildEvent.ContentType));
        using var cli = new CliHarness(engine);
        cli.Environment["SOURCE_DATE_EPOCH"] = "7";
        Assert.Equal(0, cli.RunWith(new FakeTerminal("FROM scratch\n"), "build", "--output", "type=image,name=x:1,rewrite-timestamp=true", "-"));
        string target = Uri.UnescapeDataString(engine.Requests.Single(r => r.Path == "/build").Target);
        Assert.Contains("\"SOURCE_DATE_EPOCH\":\"7\"", target);
        Assert.Contains("rewritetimestamp=1", target);
        Assert.Contains("t=x:1", target);
    }

    [Fact]
    public void Outputs_AsFiles_LeaveNoNameInTheEngine()
    {
        using var engine = new FakeEngine(r => r.Path == "/build/files" ? new FakeReply(200, "TAR", "application/x-tar") : new FakeReply(200, Built, BuildEvent.ContentType));
        using var cli = new CliHarness(engine);
        Assert.Equal(0, cli.RunWith(new FakeTerminal("FROM scratch\n"), "build", "-t", "x:1", "-o", "-", "-"));
        Assert.Equal("TAR", cli.Terminal.OutText);
        Assert.DoesNotContain("t=x", engine.Requests.Single(r => r.Path == "/build").Target);
    }

    [Fact]
    public void Metadata_HasTheKeysOfBuildx()
    {
        using var engine = new FakeEngine(r => r.Path.StartsWith("/images/", StringComparison.Ordinal)
            ? new FakeReply(200, """{"Id":"sha256:abc","Descriptor":{"digest":"sha256:def","size":3}}""")
            : new FakeReply(200, Built, BuildEvent.ContentType));
        using var cli = new CliHarness(engine);
        string file = Path.Combine(_folder, "metadata.json"), idFile = Path.Combine(_folder, "iid");
        Assert.Equal(0, cli.RunWith(new FakeTerminal("FROM scratch\n"), "build", "-t", "x", "--metadata-file", file, "--iidfile", idFile, "-"));
        using JsonDocument metadata = JsonDocument.Parse(File.ReadAllText(file));
        Assert.Equal("sha256:abc", metadata.RootElement.GetProperty("containerimage.config.digest").GetString());
        Assert.Equal("sha256:def", metadata.RootElement.GetProperty("containerimage.digest").GetString());
        Assert.Equal("docker.io/library/x:latest", metadata.RootElement.GetProperty("image.name").GetString());
        Assert.StartsWith("default/default/", metadata.RootElement.GetProperty("buildx.build.ref").GetString());
        Assert.Equal("sha256:abc", File.ReadAllText(idFile));
    }

    [Fact]
    public void ClassicBuilder_IsAskedForNoEvents()
    {
        using var engine = new FakeEngine(_ => new FakeReply(200, "{\"aux\":{\"ID\":\"sha256:abc\"}}"));
        using var cli = new CliHarness(engine);
        cli.Environment["DOCKER_BUILDKIT"] = "0";
        Assert.Equal(0, cli.RunWith(new FakeTerminal("FROM scratch\n"), "build", "-"));
        Assert.DoesNotContain("events", engine.Requests.Single(r => r.Path == "/build").Target);
    }
}
