using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.Builds;

/// <summary>Scenario S5.6: what is reused, what is not, and why.</summary>
public sealed class CacheTests(SharedEngine shared) : BuildTest(shared)
{
    [Theory, MemberData(nameof(Clients))]
    public void Content_DecidesAndNotTime(Client client)
    {
        using var folder = new BuildFolder($"FROM busybox\nENV U={Guid.NewGuid():N}\nCOPY f /f\nRUN cat /f\n");
        folder.Write("f", "1");
        Build(client, folder).Ok();
        File.SetLastWriteTimeUtc(folder["f"], new DateTime(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        Assert.Equal(3, Count(Build(client, folder).Ok().Out, "Using cache"));
        folder.Write("f", "2");
        Assert.Equal(1, Count(Build(client, folder).Ok().Out, "Using cache"));
        folder.Write("f", "2", 0b111_101_101);
        Assert.Equal(1, Count(Build(client, folder).Ok().Out, "Using cache"));
        Assert.Equal(3, Count(Build(client, folder).Ok().Out, "Using cache"));
        Assert.Equal(0, Count(Build(client, folder, "--no-cache").Ok().Out, "Using cache"));
    }

    [Theory, MemberData(nameof(Clients))]
    public void Arguments_AreInTheKeyOfWhatSeesThem(Client client)
    {
        string file = $"FROM busybox\nENV U={Guid.NewGuid():N}\nRUN echo before\nARG V\nRUN echo after\n";
        BuildText(client, file, "--build-arg", "V=1");
        Assert.Equal(4, Count(BuildText(client, file, "--build-arg", "V=1"), "Using cache"));
        string other = BuildText(client, file, "--build-arg", "V=2");
        Assert.Contains("after\n", other);
        Assert.DoesNotContain("\nbefore\n", other);
        BuildText(client, file, "--build-arg", "V=1", "--build-arg", "HTTP_PROXY=http://127.0.0.1:9");
        Assert.Equal(4, Count(BuildText(client, file, "--build-arg", "V=1", "--build-arg", "HTTP_PROXY=http://127.0.0.1:8"), "Using cache"));
    }

    [Fact]
    public void NoCacheFilter_RunsOneStageAgain()
    {
        string file = $"FROM busybox AS a\nENV U={Guid.NewGuid():N}\nRUN echo in-a\nFROM busybox AS b\nENV U={Guid.NewGuid():N}\nRUN echo in-b\nFROM busybox\nCOPY --from=a /bin/true /a\nCOPY --from=b /bin/true /b\n";
        BuildText(Client.Wharf, file);
        string again = BuildText(Client.Wharf, file, "--no-cache-filter", "b");
        Assert.Contains("\nin-b\n", again);
        Assert.DoesNotContain("\nin-a\n", again);
    }

    [Fact]
    public void Explain_NamesTheChangedInput()
    {
        using var folder = new BuildFolder($"FROM busybox\nENV U={Guid.NewGuid():N}\nARG V=1\nRUN echo $V\nCOPY . /c/\n");
        folder.Write("keep", "k").Write("edit", "e").Write("gone", "g");
        Build(Client.Wharf, folder, "--explain").Ok();
        Assert.DoesNotContain("Cache miss", Build(Client.Wharf, folder, "--explain").Ok().Out);
        folder.Write("edit", "E").Write("added", "a");
        File.Delete(folder["gone"]);
        Assert.Contains("Cache miss: added was added, edit changed, gone was removed\n", Build(Client.Wharf, folder, "--explain").Ok().Out);
        Assert.Contains("the build argument V changed from \"1\" to \"2\"", Build(Client.Wharf, folder, "--explain", "--build-arg", "V=2").Ok().Out);
    }

    [Fact]
    public void CacheFrom_TakesLayersOfALoadedImage_AndOnlyOfANamedOne()
    {
        using var other = new Engine();
        other.Load("busybox");
        string image = NewImage();
        using var folder = new BuildFolder($"FROM busybox\nENV U={Guid.NewGuid():N}\nRUN date +%N > /when\nCOPY f /f\nCMD [\"x\"]\n");
        folder.Write("f", "content");
        Build(Client.Docker, folder, "-t", image).Ok();
        Run(Client.Docker, "save", "-o", folder["saved.tar"], image).Ok();
        File.Move(folder["saved.tar"], folder.Path + ".tar");
        other.Run(Client.Docker, "load", "-i", folder.Path + ".tar").Ok();
        File.Delete(folder.Path + ".tar");
        string untrusted = other.RunWith(Client.Docker, null, 120, "build", folder.Path).Ok().Out;
        Assert.Equal(0, Count(untrusted, "Using cache"));
        other.Run(Client.Docker, "builder", "prune", "-af").Ok();
        string trusted = other.RunWith(Client.Docker, null, 120, "build", "--cache-from", image, "-t", "again", folder.Path).Ok().Out;
        Assert.Equal(4, Count(trusted, "Using cache"));
        Assert.Equal(other.Run(Client.Docker, "inspect", "-f", "{{.RootFS.Layers}}", image).Ok().Text, other.Run(Client.Docker, "inspect", "-f", "{{.RootFS.Layers}}", "again").Ok().Text);
    }

    [Fact]
    public void CacheFrom_OfNothingThatIsHere_LeavesTheClassicClientWithoutACache()
    {
        using var folder = new BuildFolder($"FROM busybox\nENV U={Guid.NewGuid():N}\nRUN true\n");
        Build(Client.Docker, folder).Ok();
        Assert.Equal(2, Count(Build(Client.Docker, folder).Ok().Out, "Using cache"));
        Assert.Equal(0, Count(Build(Client.Docker, folder, "--cache-from", NewImage()).Ok().Out, "Using cache"));
    }

    [Fact]
    public void CacheFrom_ReloadedImage_GivesTheSameImage()
    {
        string image = NewImage(), again = NewImage();
        using var folder = new BuildFolder($"FROM busybox\nENV U={Guid.NewGuid():N}\nADD f /\nRUN date +%N > /when\n");
        folder.Write("f", "content");
        Build(Client.Docker, folder, "-t", image).Ok();
        string id = Inspect(image, "{{.Id}}");
        string archive = folder.Path + ".tar";
        Run(Client.Docker, "save", "-o", archive, image).Ok();
        Run(Client.Docker, "rmi", image).Ok();
        Run(Client.Docker, "load", "-i", archive).Ok();
        File.Delete(archive);
        for (int i = 0; i < 2; i++)
        {
            Assert.Equal(3, Count(Build(Client.Docker, folder, "--cache-from", image, "-t", again).Ok().Out, "Using cache"));
            Assert.Equal(id, Inspect(again, "{{.Id}}"));
        }

        folder.Write("Dockerfile", File.ReadAllText(folder["Dockerfile"]).Replace("/when", "/other", StringComparison.Ordinal));
        Assert.Equal(2, Count(Build(Client.Docker, folder, "--cache-from", image, "-t", again).Ok().Out, "Using cache"));
    }

    [Fact]
    public void Expose_InAnyOrder_IsOneStep()
    {
        string one = NewImage(), two = NewImage();
        BuildText(Client.Docker, "FROM scratch\nEXPOSE 80 2375\n", "-t", one);
        Assert.Contains("Using cache", BuildText(Client.Docker, "FROM scratch\nEXPOSE 2375 80\n", "-t", two));
        Assert.Equal(Inspect(one, "{{.Id}}"), Inspect(two, "{{.Id}}"));
    }

    [Fact]
    public void CacheMounts_AreSharedExportedImportedAndPruned()
    {
        using var own = new Engine();
        own.Load("busybox");
        using var folder = new BuildFolder("FROM busybox\nRUN --mount=type=cache,id=cc,target=/c echo kept > /c/k && head -c 100000 /dev/zero > /c/z\n");
        own.RunWith(Client.Wharf, null, 120, "build", folder.Path).Ok();
        Assert.Contains("cached mount with id \"cc\"", own.Run(Client.Wharf, "builder", "du", "--verbose").Ok().Out);
        Assert.Matches(@"Build Cache\s+\d+\s+0\s+10\dkB|Build Cache\s+\d+\s+0\s+\d", own.Run(Client.Docker, "system", "df").Ok().Out);
        own.Run(Client.Wharf, "builder", "export-mount", "cc", "-o", folder["c.tar"]).Ok();
        own.Run(Client.Wharf, "builder", "prune", "-af", "--filter", "type=exec.cachemount").Ok();
        own.Run(Client.Wharf, "builder", "export-mount", "cc").Fails(1, "no such cache mount: cc");
        own.Run(Client.Wharf, "builder", "import-mount", "cc", "-i", folder["c.tar"]).Ok();
        folder.Write("Dockerfile", "FROM busybox\nRUN --mount=type=cache,id=cc,target=/c cat /c/k\n").Write(".dockerignore", "c.tar\n");
        Assert.Contains("kept\n", own.RunWith(Client.Wharf, null, 120, "build", folder.Path).Ok().Out);
    }

    [Fact]
    public void Prune_KeepsWhatTheLimitsAllow()
    {
        using var own = new Engine();
        own.Load("busybox");
        using var folder = new BuildFolder("FROM busybox\nRUN head -c 300000 /dev/urandom > /one\nRUN head -c 300000 /dev/urandom > /two\nRUN head -c 300000 /dev/urandom > /three\n");
        own.RunWith(Client.Docker, null, 120, "build", folder.Path).Ok();
        Assert.Contains("Total reclaimed space: 0B", own.Run(Client.Wharf, "builder", "prune", "-af", "--max-used-space", "10mb").Ok().Out);
        Assert.Contains("Total reclaimed space: 0B", own.Run(Client.Wharf, "builder", "prune", "-af", "--filter", "until=24h").Ok().Out);
        own.Run(Client.Wharf, "builder", "prune", "-af", "--keep-storage", "500kb").Ok();
        Assert.Matches(@"Total:\s+[34]\d\dkB", own.Run(Client.Wharf, "builder", "du").Ok().Out);
        own.Run(Client.Wharf, "builder", "prune", "-af").Ok();
        Assert.Matches(@"Total:\s+0B", own.Run(Client.Wharf, "builder", "du").Ok().Out);
    }
}
