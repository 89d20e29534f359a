using System.Text.Json;
using Wharf.EndToEnd.Tests.Harness;
using Wharf.EndToEnd.Tests.Registries;

namespace Wharf.EndToEnd.Tests.Builds;

/// <summary>Provenance, bills of materials and annotations of images that were built here, wherever these go.</summary>
public sealed class AttestationTests(SharedEngine shared) : ClientBuildTest(shared)
{
    private const string Provenance = "https://slsa.dev/provenance/v1", Sbom = "https://spdx.dev/Document";

    [Fact]
    public void Sbom_OfAnImage_NamesPackagesOfEveryManager()
    {
        string image = NewImage();
        using var folder = Packages();
        WharfBuild(folder, "--sbom=true", "-t", image).Ok();

        JsonElement statement = Assert.Single(Attestations(Engine, image)).Value;
        JsonElement predicate = statement.GetProperty("predicate");
        Assert.Equal("SPDX-2.3", predicate.GetProperty("spdxVersion").GetString());
        List<string> urls = [.. predicate.GetProperty("packages").EnumerateArray().Where(p => p.TryGetProperty("externalRefs", out _))
            .Select(p => p.GetProperty("externalRefs")[0].GetProperty("referenceLocator").GetString()!)];
        Assert.Equal(
        [
            "pkg:apk/debian/musl@1.2.4-r2?arch=x86_64&distro=debian-12&upstream=musl-origin",
            "pkg:deb/debian/libc6@2.36-9%2Bdeb12u10?arch=amd64&distro=debian-12&upstream=glibc",
            "pkg:deb/debian/tzdata@2024a?arch=all&distro=debian-12",
            "pkg:npm/%40scope/tool@1.0.0",
            "pkg:npm/left-pad@1.3.0",
            "pkg:npm/lodash@4.17.21",
            "pkg:nuget/Newtonsoft.Json@13.0.3",
            "pkg:nuget/Serilog@3.1.1",
            "pkg:pypi/flask-login@0.6.3",
        ], urls);
        Assert.Equal(urls.Count, predicate.GetProperty("relationships").EnumerateArray().Count(r => r.GetProperty("relationshipType").GetString() == "CONTAINS"));
    }

    [Fact]
    public void Provenance_Min_TellsMaterialsAndNoValues_MaxTellsBoth()
    {
        string image = NewImage(), argument = "value-" + Guid.NewGuid().ToString("N");
        using var folder = new BuildFolder("FROM busybox\nARG GIVEN\nRUN echo $GIVEN > /given\n");
        WharfBuild(folder, "--provenance=true", "--build-arg", "GIVEN=" + argument, "-t", image).Ok();
        JsonElement min = Attestations(Engine, image)[Provenance].GetProperty("predicate");
        Assert.DoesNotContain(argument, min.GetRawText());
        JsonElement material = Assert.Single(min.GetProperty("buildDefinition").GetProperty("resolvedDependencies").EnumerateArray());
        Assert.Equal("pkg:docker/busybox@latest?platform=linux%2Famd64", material.GetProperty("uri").GetString());
        Assert.Equal(64, material.GetProperty("digest").GetProperty("sha256").GetString()!.Length);
        JsonElement metadata = min.GetProperty("runDetails").GetProperty("metadata");
        Assert.True(metadata.GetProperty("startedOn").GetDateTimeOffset() <= metadata.GetProperty("finishedOn").GetDateTimeOffset());

        WharfBuild(folder, "--attest", "type=provenance,mode=max,builder-id=https://example.com/builder", "--build-arg", "GIVEN=" + argument, "--label", "a=b", "-t", image).Ok();
        JsonElement max = Attestations(Engine, image)[Provenance].GetProperty("predicate");
        JsonElement arguments = max.GetProperty("buildDefinition").GetProperty("externalParameters").GetProperty("request").GetProperty("args");
        Assert.Equal(argument, arguments.GetProperty("build-arg:GIVEN").GetString());
        Assert.Equal("b", arguments.GetProperty("label:a").GetString());
        Assert.Equal("https://example.com/builder", max.GetProperty("runDetails").GetProperty("builder").GetProperty("id").GetString());
        byte[] dockerfile = max.GetProperty("runDetails").GetProperty("metadata").GetProperty("buildkit_metadata").GetProperty("source").GetProperty("infos")[0].GetProperty("data").GetBytesFromBase64();
        Assert.Equal(File.ReadAllBytes(folder["Dockerfile"]), dockerfile);

        // The last build has the word: without attestations there are none, although it is the same image.
        WharfBuild(folder, "--provenance=false", "--build-arg", "GIVEN=" + argument, "--label", "a=b", "-t", image).Ok();
        Assert.Empty(Attestations(Engine, image));
    }

    [Theory]
    [InlineData("", 3)]
    [InlineData("BUILDKIT_SBOM_SCAN_STAGE=false", 2)]
    [InlineData("BUILDKIT_SBOM_SCAN_CONTEXT=false", 2)]
    public void Sbom_OfStagesAndContext_IsAddedOnRequest(string argument, int bills)
    {
        string image = NewImage();
        using var folder = new BuildFolder("""
            ARG BUILDKIT_SBOM_SCAN_CONTEXT=true
            FROM busybox AS tools
            ARG BUILDKIT_SBOM_SCAN_STAGE=true
            COPY python/x-1.0.dist-info/METADATA /usr/lib/python3/dist-packages/x-1.0.dist-info/METADATA
            FROM busybox AS unwanted
            ARG BUILDKIT_SBOM_SCAN_STAGE=true
            RUN no-such-command
            FROM busybox
            ARG BUILDKIT_SBOM_SCAN_STAGE=true
            COPY --from=tools /usr/lib/python3/dist-packages/x-1.0.dist-info/METADATA /text

            """).Write("python/x-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: x\nVersion: 1.0\n");
        WharfBuild(folder, ["-t", image, "--sbom=true", .. argument.Length > 0 ? new[] { "--build-arg", argument } : []]).Ok();
        string all = Run(Client.Wharf, "image", "attestations", "--predicate", "sbom", image).Ok().Out;
        Assert.Equal(bills, Count(all, "\"spdxVersion\""));
        Assert.Equal(bills - 1, Count(all, "pkg:pypi/x@1.0"));
        Assert.Equal(!argument.Contains("STAGE", StringComparison.Ordinal), all.Contains($"{image}:latest (stage tools)", StringComparison.Ordinal));
        Assert.DoesNotContain("unwanted", all);
    }

    [Fact]
    public void Provenance_InItsOldForm_HasTheSameFacts()
    {
        string image = NewImage();
        using var folder = new BuildFolder("FROM busybox\nARG A\nRUN true\n");
        WharfBuild(folder, "-t", image, "--attest", "type=provenance,version=v0.2,mode=max,builder-id=https://example.com/b", "--build-arg", "A=value").Ok();
        JsonElement predicate = Attestations(Engine, image)["https://slsa.dev/provenance/v0.2"].GetProperty("predicate");
        Assert.Equal("https://example.com/b", predicate.GetProperty("builder").GetProperty("id").GetString());
        Assert.Equal("https://mobyproject.org/buildkit@v1", predicate.GetProperty("buildType").GetString());
        Assert.StartsWith("pkg:docker/busybox@latest", predicate.GetProperty("materials")[0].GetProperty("uri").GetString());
        JsonElement invocation = predicate.GetProperty("invocation");
        Assert.Equal("Dockerfile", invocation.GetProperty("configSource").GetProperty("entryPoint").GetString());
        Assert.Equal("value", invocation.GetProperty("parameters").GetProperty("args").GetProperty("build-arg:A").GetString());
        Assert.True(predicate.GetProperty("metadata").GetProperty("completeness").GetProperty("parameters").GetBoolean());
        Assert.True(predicate.GetProperty("metadata").TryGetProperty("https://mobyproject.org/buildkit@v1#metadata", out _));
        Assert.Contains("buildInvocationID", Run(Client.Wharf, "image", "attestations", "--predicate", "provenance", image).Ok().Out);
    }

    [Fact]
    public void Attested_Image_IsListedAndRunLikeAnyOther()
    {
        string image = NewImage();
        using var folder = new BuildFolder($"FROM busybox\nRUN echo {image} > /it\n");
        WharfBuild(folder, "--provenance=true", "--sbom=true", "-t", image).Ok();
        foreach (Client client in new[] { Client.Docker, Client.Wharf })
        {
            Assert.Equal($"{image} latest", Run(client, "images", "--format", "{{.Repository}} {{.Tag}}", image).Ok().Text);
            Assert.Equal(image, Run(client, "run", "--rm", image, "cat", "/it").Ok().Text);
        }

        string answer = Engine.Get($"/v1.55/images/{image}/json?manifests=1");
        Assert.Contains("\"Kind\":\"attestation\"", answer);
        Assert.Contains("\"Kind\":\"image\"", answer);
    }

    [Theory]
    [InlineData(Client.Docker)]
    [InlineData(Client.Wharf)]
    public void SavedImage_KeepsItsAttestations(Client client)
    {
        string image = NewImage();
        using var folder = new BuildFolder($"FROM busybox\nRUN echo {image} > /it\n");
        WharfBuild(folder, "--provenance=mode=max", "--sbom=true", "--annotation", "org.example=yes", "-t", image).Ok();
        string before = Attestations(Engine, image)[Sbom].GetRawText(), archive = folder["image.tar"];
        Run(client, "save", "-o", archive, image).Ok();
        folder.Shell("mkdir layout && tar -xf image.tar -C layout");
        JsonElement index = Layout.Index(folder["layout"]);
        Assert.Equal("application/vnd.oci.image.index.v1+json", index.GetProperty("mediaType").GetString());
        JsonElement entry = index.GetProperty("manifests")[0], attestation = index.GetProperty("manifests")[1];
        Assert.Equal("attestation-manifest", attestation.GetProperty("annotations").GetProperty("vnd.docker.reference.type").GetString());
        Assert.Equal(entry.GetProperty("digest").GetString(), attestation.GetProperty("annotations").GetProperty("vnd.docker.reference.digest").GetString());
        Assert.Equal("unknown", attestation.GetProperty("platform").GetProperty("os").GetString());
        Assert.Equal("yes", Layout.Blob(folder["layout"], entry).GetProperty("annotations").GetProperty("org.example").GetString());
        foreach (JsonElement layer in Layout.Blob(folder["layout"], attestation).GetProperty("layers").EnumerateArray())
        {
            Layout.AssertSubject(Layout.Blob(folder["layout"], layer), entry);
        }

        Run(client, "rmi", "-f", image).Ok();
        Run(client, "load", "-i", archive).Ok();
        Assert.Equal(before, Attestations(Engine, image)[Sbom].GetRawText());
        Assert.Equal(image, Run(client, "run", "--rm", image, "cat", "/it").Ok().Text);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void PushedImage_KeepsItsAttestations_AndPullBringsThem(bool ours)
    {
        using var registry = new AnyRegistry(ours, Engine);
        string host = registry.Host, image = $"{host}/{NewImage()}:1";
        using var folder = new BuildFolder($"FROM busybox\nRUN echo {image} > /it\n");
        WharfBuild(folder, "--provenance=true", "--sbom=true", "--push", "--metadata-file", folder["metadata"], "-t", image).Ok();

        Engine.OnHost("skopeo", "copy", "-q", "--all", "--src-tls-verify=false", "docker://" + image, "oci:" + folder["layout"] + ":x").Ok();
        JsonElement index = Layout.Index(folder["layout"]);
        JsonElement entry = index.GetProperty("manifests")[0], attestation = index.GetProperty("manifests")[1];
        Assert.EndsWith("+gzip", Layout.Blob(folder["layout"], entry).GetProperty("layers")[0].GetProperty("mediaType").GetString());
        foreach (JsonElement layer in Layout.Blob(folder["layout"], attestation).GetProperty("layers").EnumerateArray())
        {
            Layout.AssertSubject(Layout.Blob(folder["layout"], layer), entry);
        }

        using var metadata = JsonDocument.Parse(File.ReadAllText(folder["metadata"]));
        string digest = metadata.RootElement.GetProperty("containerimage.digest").GetString()!;
        Assert.Equal(Layout.Top(folder["layout"]), digest);
        Run(Client.Docker, "rmi", "-f", image).Ok();
        Run(Client.Docker, "pull", image).Ok();
        Assert.Equal(2, Attestations(Engine, image).Count);
        Assert.Equal(image, Run(Client.Docker, "run", "--rm", image, "cat", "/it").Ok().Text);

        // What was pulled goes on as it came.
        string copy = $"{host}/{NewImage()}:2";
        Run(Client.Docker, "tag", image, copy).Ok();
        Assert.Contains("digest: " + digest, Run(Client.Docker, "push", copy).Ok().Out);
        Run(Client.Docker, "rmi", "-f", image, copy).Ok();
    }

    [Fact]
    public void FilesAsOutput_HaveTheAttestationsBesideThem()
    {
        using var folder = new BuildFolder("FROM scratch\nCOPY Dockerfile /sub/file\n");
        WharfBuild(folder, "--provenance=true", "--sbom=true", "-o", folder["into"], "-o", $"type=tar,dest={folder["out.tar"]},attestation-prefix=x-").Ok();
        using var provenance = JsonDocument.Parse(File.ReadAllText(folder["into/provenance.json"]));
        Assert.Equal(Provenance, provenance.RootElement.GetProperty("predicateType").GetString());
        Assert.True(File.Exists(folder["into/sbom.spdx.json"]));
        Assert.True(File.Exists(folder["into/sub/file"]));
        string[] members = Command.Run("tar", ["-tf", folder["out.tar"]]).Ok().Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Contains(members, m => m.TrimStart('.', '/') == "x-provenance.json");
        Assert.Contains(members, m => m.TrimStart('.', '/') == "x-sbom.spdx.json");
    }

    [Fact]
    public void Annotations_AreWhereTheyBelong()
    {
        string image = NewImage();
        using var folder = new BuildFolder("FROM scratch\nCOPY Dockerfile /\n");
        WharfBuild(folder, "--annotation", "a=1", "--annotation", "index,manifest-descriptor:b=2", "-o", $"type=oci,dest={folder["layout"]},tar=false,name={image},annotation.C=3,annotation-index[linux/amd64].d=4").Ok();
        JsonElement index = Layout.Index(folder["layout"]);
        JsonElement entry = Assert.Single(index.GetProperty("manifests").EnumerateArray());
        Assert.Equal("""{"a":"1","C":"3"}""", Sorted(Layout.Blob(folder["layout"], entry).GetProperty("annotations")));
        Assert.Equal("""{"b":"2"}""", Sorted(entry.GetProperty("annotations")));
        Assert.Equal("""{"b":"2","d":"4"}""", Sorted(index.GetProperty("annotations")));
    }

    [Fact]
    public void Metadata_TellsProvenance_AndTheIdFileIsTheImages()
    {
        string image = NewImage();
        using var folder = new BuildFolder($"FROM busybox\nRUN echo {image} > /it\n");
        folder.Shell("git init -q . && git -c user.email=a@b -c user.name=a commit -q --allow-empty -m one && git remote add origin https://me:hidden@example.com/r.git");
        string revision = Command.Run("git", ["-C", folder.Path, "rev-parse", "HEAD"]).Ok().Text;
        WharfBuild(folder, "--provenance=true", "--sbom=true", "--metadata-file", folder["metadata"], "--iidfile", folder["iid"], "-t", image).Ok();
        Assert.Equal(Inspect(image, "{{.Id}}"), File.ReadAllText(folder["iid"]));
        using var metadata = JsonDocument.Parse(File.ReadAllText(folder["metadata"]));
        JsonElement root = metadata.RootElement;
        Assert.Equal(Inspect(image, "{{.Id}}"), root.GetProperty("containerimage.config.digest").GetString());
        Assert.Equal("application/vnd.oci.image.index.v1+json", root.GetProperty("containerimage.descriptor").GetProperty("mediaType").GetString());
        Assert.Equal(root.GetProperty("containerimage.descriptor").GetProperty("digest").GetString(), root.GetProperty("containerimage.digest").GetString());
        JsonElement provenance = root.GetProperty("buildx.build.provenance");
        Assert.Single(provenance.GetProperty("buildDefinition").GetProperty("resolvedDependencies").EnumerateArray());
        JsonElement source = provenance.GetProperty("runDetails").GetProperty("metadata").GetProperty("buildkit_metadata").GetProperty("vcs");
        Assert.Equal(revision, source.GetProperty("revision").GetString());
        Assert.Equal("https://example.com/r.git", source.GetProperty("source").GetString());

        // Nothing is attested for the metadata's sake.
        WharfBuild(folder, "--metadata-file", folder["metadata"], "-t", image).Ok();
        Assert.Contains("buildx.build.provenance", File.ReadAllText(folder["metadata"]));
        Assert.Empty(Attestations(Engine, image));
    }

    [Fact]
    public void AttestationsOfAnImage_AreShownByTheClient()
    {
        string image = NewImage();
        using var folder = Packages();
        WharfBuild(folder, "--provenance=true", "--sbom=true", "-t", image).Ok();
        string table = Run(Client.Wharf, "image", "attestations", image).Ok().Out;
        Assert.StartsWith("PREDICATE TYPE", table);
        Assert.Contains(Provenance, table);
        Assert.Contains(Sbom, table);
        using var sbom = JsonDocument.Parse(Run(Client.Wharf, "image", "attestations", "--predicate", "sbom", image).Ok().Out);
        Assert.Equal("SPDX-2.3", sbom.RootElement.GetProperty("spdxVersion").GetString());
        using var provenance = JsonDocument.Parse(Run(Client.Wharf, "image", "attestations", "--predicate", Provenance, image).Ok().Out);
        Assert.True(provenance.RootElement.TryGetProperty("buildDefinition", out _));
        Run(Client.Wharf, "image", "attestations", "--predicate", "sbom", "busybox").Fails(1, "nothing of the type sbom is attested of busybox");
    }

    [Theory]
    [InlineData("--sbom=generator=evil/scanner", "does not support the attribute \"generator\"")]
    [InlineData("--provenance=mode=huge", "unsupported provenance mode \"huge\"")]
    [InlineData("--provenance=version=v0.3", "unsupported provenance version \"v0.3\"")]
    [InlineData("--attest=type=provenance,filename=x", "does not support the attribute \"filename\"")]
    public void Attestation_ThatCannotBeMade_IsRefusedByName(string flag, string words)
    {
        using var folder = new BuildFolder("FROM busybox\n");
        WharfBuild(folder, flag).Fails(1, words);
    }

    private static string Sorted(JsonElement map) =>
        "{" + string.Join(',', map.EnumerateObject().OrderBy(p => p.Name, StringComparer.OrdinalIgnoreCase).Select(p => $"\"{p.Name}\":{p.Value.GetRawText()}")) + "}";

    /// <summary>A root file system in which every package manager has left its traces.</summary>
    private static BuildFolder Packages() => new BuildFolder("FROM scratch\nCOPY root /\n")
        .Write("root/etc/os-release", "NAME=\"Debian\"\nID=debian\nVERSION_ID=\"12\"\n")
        .Write("root/var/lib/dpkg/status", """
            Package: libc6
            Status: install ok installed
            Maintainer: GNU Libc Maintainers <debian-glibc@lists.debian.org>
            Architecture: amd64
            Source: glibc
            Version: 2.36-9+deb12u10
            Description: GNU C Library: Shared libraries
             Contains the standard libraries.

            Package: gone
            Status: deinstall ok config-files
            Architecture: amd64
            Version: 1

            """)
        .Write("root/var/lib/dpkg/status.d/tzdata", "Package: tzdata\nVersion: 2024a\nArchitecture: all\n")
        .Write("root/lib/apk/db/installed", "C:Q1abc=\nP:musl\nV:1.2.4-r2\nA:x86_64\nL:MIT\no:musl-origin\nF:lib\nR:libc.so\n\n")
        .Write("root/usr/lib/python3/site-packages/Flask_Login-0.6.3.dist-info/METADATA", "Metadata-Version: 2.1\nName: Flask-Login\nVersion: 0.6.3\nLicense: MIT\n\nLong text\nName: not-this\n")
        .Write("root/app/node_modules/left-pad/package.json", """{"name":"left-pad","version":"1.3.0","license":"WTFPL"}""")
        .Write("root/app/node_modules/left-pad/test/package.json", """{"name":"not-this","version":"9.9.9"}""")
        .Write("root/app/node_modules/@scope/tool/package.json", """{"name":"@scope/tool","version":"1.0.0"}""")
        .Write("root/app/node_modules/broken/package.json", "{ not json")
        .Write("root/app/package-lock.json", """{"lockfileVersion":3,"packages":{"":{"name":"app","version":"0.0.1"},"node_modules/lodash":{"version":"4.17.21"}}}""")
        .Write("root/srv/app.deps.json", """{"libraries":{"app/1.0.0":{"type":"project"},"Newtonsoft.Json/13.0.3":{"type":"package"}}}""")
        .Write("root/root/.nuget/packages/serilog/3.1.1/Serilog.nuspec", "<package/>");
}
