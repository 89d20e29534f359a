using Wharf.EndToEnd.Tests.Harness;
using Wharf.EndToEnd.Tests.Registries;

namespace Wharf.EndToEnd.Tests.Builds;

/// <summary>Caches that leave the engine: an engine that never built anything takes the steps from each kind of them.</summary>
public sealed class CacheExportTests(SharedEngine shared) : ClientBuildTest(shared)
{
    /// <summary>A step of another stage, one that copies from it, one of the context, one with a mount of it.</summary>
    private static string Dockerfile(string mark) => $"""
        FROM busybox AS tools
        RUN echo tool-{mark} > /tool
        FROM busybox
        COPY --from=tools /tool /tool
        COPY data /data
        RUN --mount=target=/ctx cat /ctx/data /tool > /both && echo ran-{mark}
        ENV A={mark}
        """;

    [Theory]
    [InlineData("")]
    [InlineData(",compression=zstd,compression-level=1,force-compression=true")]
    [InlineData(",compression=uncompressed")]
    public void LocalMax_InAnEmptyEngine_HitsEveryStep(string packing)
    {
        string mark = Guid.NewGuid().ToString("N"), image = NewImage();
        using var folder = new BuildFolder(Dockerfile(mark)).Write("data", "data\n").Write(".dockerignore", "cache*\n");
        WharfBuild(folder, "-t", image, "--cache-to", $"type=local,dest={folder["cache"]},mode=max{packing}").Ok();
        string id = Inspect(image, "{{.Id}}");

        using var other = new Engine();
        other.Load("busybox");
        CommandResult again = WharfBuild(other, folder, "-t", image, "--cache-from", $"type=local,src={folder["cache"]}").Ok();
        Assert.DoesNotContain($"ran-{mark}", again.Error.Replace($"echo ran-{mark}", "", StringComparison.Ordinal));
        Assert.Equal(4, Count(again.Error, " CACHED\n"));
        Assert.Equal(id, other.Run(Client.Docker, "inspect", "-f", "{{.Id}}", image).Ok().Text);
        Assert.Equal($"data\ntool-{mark}", other.Run(Client.Docker, "run", "--rm", image, "cat", "/both").Ok().Text);

        // What was taken is the engine's own from then on; what was not asked for never came.
        Assert.Equal(4, Count(WharfBuild(other, folder).Ok().Error, " CACHED\n"));
        Assert.Contains("No problems found", other.Run(Client.Wharf, "system", "check").Ok().Out);
    }

    [Fact]
    public void Folder_HoldsACacheForEachTag()
    {
        string one = Guid.NewGuid().ToString("N"), two = Guid.NewGuid().ToString("N");
        using var folder = new BuildFolder(Dockerfile(one)).Write("data", "data\n").Write(".dockerignore", "cache*\n");
        WharfBuild(folder, "--cache-to", $"type=local,dest={folder["cache"]},tag=one,mode=max").Ok();
        folder.Write("Dockerfile", Dockerfile(two));
        WharfBuild(folder, "--cache-to", $"type=local,dest={folder["cache"]},mode=max").Ok();
        string index = File.ReadAllText(folder["cache/index.json"]);
        Assert.Equal(2, Count(index, "\"digest\""));
        string digest = System.Text.RegularExpressions.Regex.Match(index, "sha256:[0-9a-f]{64}").Value;

        using var other = new Engine();
        other.Load("busybox");
        Assert.Equal(4, Cached($",tag=latest"));
        folder.Write("Dockerfile", Dockerfile(one));
        Assert.Equal(0, Cached(""));
        Run(Client.Docker, "version").Ok();
        other.Run(Client.Docker, "builder", "prune", "-af").Ok();
        Assert.Equal(4, Cached(",tag=one"));
        other.Run(Client.Docker, "builder", "prune", "-af").Ok();
        Assert.Equal(4, Cached(",digest=" + digest));
        Assert.Contains("has no tag none", WharfBuild(other, folder, "--cache-from", $"type=local,src={folder["cache"]},tag=none").Ok().Error);

        int Cached(string choice) => Count(WharfBuild(other, folder, "--progress=plain", "--cache-from", $"type=local,src={folder["cache"]}{choice}").Ok().Error, " CACHED\n");
    }

    [Fact]
    public void LocalMin_HoldsOnlyTheStepsOfTheResult()
    {
        string mark = Guid.NewGuid().ToString("N");
        using var folder = new BuildFolder(Dockerfile(mark)).Write("data", "data\n").Write(".dockerignore", "cache*\n");
        WharfBuild(folder, "--cache-to", $"type=local,dest={folder["cache"]}").Ok();
        using var other = new Engine();
        other.Load("busybox");
        CommandResult again = WharfBuild(other, folder, "--cache-from", $"type=local,src={folder["cache"]}", "--progress=plain").Ok();
        Assert.DoesNotMatch("RUN echo tool-[^#]*\n#\\d+ CACHED", again.Error);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Registry_InAnEmptyEngine_HitsEveryStep(bool ours)
    {
        string mark = Guid.NewGuid().ToString("N");
        using var registry = new AnyRegistry(ours, Engine);
        string cache = $"{registry.Host}/cache/{NewImage()}:c";
        using var folder = new BuildFolder(Dockerfile(mark)).Write("data", "data\n");
        CommandResult first = WharfBuild(folder, "--cache-to", $"type=registry,ref={cache},mode=max,image-manifest=true,oci-mediatypes=true").Ok();
        Assert.Contains("exporting cache to " + cache, first.Error);
        Assert.Contains("No such image", Run(Client.Docker, "image", "inspect", cache).Error);

        using var other = new Engine();
        registry.MoveTo(other);
        other.Load("busybox");
        CommandResult again = WharfBuild(other, folder, "--cache-from", $"type=registry,ref={cache}").Ok();
        Assert.Contains("importing cache manifest from " + cache, again.Error);
        Assert.Equal(4, Count(again.Error, " CACHED\n"));
    }

    [Fact]
    public void Inline_InAnEmptyEngine_HitsTheStepsOfTheImage()
    {
        string mark = Guid.NewGuid().ToString("N");
        using var registry = new DebianRegistry(Engine);
        string image = $"{registry.Host}/{NewImage()}:1";
        using var folder = new BuildFolder($"FROM busybox\nCOPY data /data\nRUN echo {mark} > /ran\n").Write("data", "data\n");
        WharfBuild(folder, "--cache-to", "type=inline", "--push", "-t", image).Ok();

        using var other = new Engine();
        registry.MoveTo(other);
        other.Load("busybox");
        Assert.Equal(2, Count(WharfBuild(other, folder, "--cache-from", $"type=registry,ref={image}").Ok().Error, " CACHED\n"));
    }

    [Fact]
    public void Cache_OfAnotherName_IsNotTrustedByLaterBuilds()
    {
        string mark = Guid.NewGuid().ToString("N");
        using var folder = new BuildFolder($"FROM busybox\nRUN echo {mark} > /ran\nRUN echo second-{mark} > /ran2\n").Write(".dockerignore", "cache*\n");
        WharfBuild(folder, "--cache-to", $"type=local,dest={folder["cache"]},mode=max").Ok();
        using var other = new Engine();
        other.Load("busybox");
        using var different = new BuildFolder("FROM busybox\nRUN echo other\n");
        WharfBuild(other, different, "--cache-from", $"type=local,src={folder["cache"]}").Ok();
        Assert.DoesNotContain("CACHED", WharfBuild(other, folder).Ok().Error);
    }

    [Fact]
    public async Task Prune_WhileABuildRuns_TakesNothingFromIt()
    {
        string mark = Guid.NewGuid().ToString("N"), image = NewImage();
        using var own = new Engine();
        own.Load("busybox");
        using var folder = new BuildFolder($"FROM busybox\nRUN echo {mark} > /first\nRUN --mount=type=cache,target=/c touch /c/here-{mark}; while test ! -e /c/go; do sleep 0.1; done\nRUN cat /first > /second\n");
        var building = Task.Run(() => WharfBuild(own, folder, "-t", image), TestContext.Current.CancellationToken);
        string caches = Path.Combine(own.DataRoot, "builder", "cache");
        string? waiting = null;
        for (int i = 0; waiting is null && !building.IsCompleted && i < 1800; i++)
        {
            await Task.Delay(100, TestContext.Current.CancellationToken);
            waiting = Directory.Exists(caches) ? Directory.EnumerateFiles(caches, "here-" + mark, SearchOption.AllDirectories).FirstOrDefault() : null;
        }

        Assert.True(waiting is not null, "the step does not come to wait");
        own.Run(Client.Docker, "image", "prune", "-f").Ok();
        own.Run(Client.Docker, "builder", "prune", "-af").Ok();
        own.Run(Client.Docker, "image", "prune", "-af").Ok();
        File.WriteAllText(Path.Combine(Path.GetDirectoryName(waiting!)!, "go"), "");
        (await building).Ok();
        Assert.Equal(mark, own.Run(Client.Docker, "run", "--rm", image, "cat", "/second").Ok().Text);
    }

    [Fact]
    public void Cache_ThatCannotBeHad_IsSaidAndNoFailure()
    {
        using var folder = new BuildFolder("FROM busybox\nRUN true\n").Write("broken/index.json", "{}").Write("broken/blobs/x", "").Write("damaged/index.json", """{"schemaVersion":2,"manifests":[]}""").Write("damaged/blobs/x", "");
        Assert.Contains("there is no index.json", WharfBuild(folder, "--cache-from", $"type=local,src={folder["nowhere"]}").Ok().Error);
        Assert.Contains("cannot be had", WharfBuild(folder, "--cache-from", $"type=local,src={folder["broken"]}").Ok().Error);
        Assert.Contains("cannot be had", WharfBuild(folder, "--cache-from", $"type=local,src={folder["damaged"]}").Ok().Error);
        Assert.Contains("cannot be had", WharfBuild(folder, "--cache-from", "type=registry,ref=127.0.0.1:9/x").Ok().Error);
        WharfBuild(folder, "--cache-to", "type=registry,ref=127.0.0.1:9/x").Fails(1, "127.0.0.1:9");
        Assert.Contains("was not exported", WharfBuild(folder, "--cache-to", "type=registry,ref=127.0.0.1:9/x,ignore-error=true").Ok().Error);
    }

    [Fact]
    public void Cache_WithADamagedLayer_IsNotUsed()
    {
        string mark = Guid.NewGuid().ToString("N"), image = NewImage();
        using var folder = new BuildFolder($"FROM busybox\nRUN echo {mark} > /ran\n").Write(".dockerignore", "cache*\n");
        WharfBuild(folder, "--cache-to", $"type=local,dest={folder["cache"]},compression=uncompressed,force-compression=true").Ok();

        // Another content under the name of the step's layer, which a careless reader would unpack.
        folder.Shell($"f=$(grep -l {mark} cache/blobs/sha256/* | while read f; do tar -tf $f >/dev/null 2>&1 && echo $f; done | head -1); test -n \"$f\"; sed -i s/{mark}/{new string('e', mark.Length)}/ $f");
        using var other = new Engine();
        other.Load("busybox");
        CommandResult built = WharfBuild(other, folder, "-t", image, "--cache-from", $"type=local,src={folder["cache"]}").Ok();
        Assert.Contains("a build cache is not used any further", built.Error);
        Assert.Equal(mark, other.Run(Client.Docker, "run", "--rm", image, "cat", "/ran").Ok().Text);
    }
}
