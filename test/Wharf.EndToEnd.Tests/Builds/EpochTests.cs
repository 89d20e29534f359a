using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.Builds;

/// <summary>SOURCE_DATE_EPOCH in the Dockerfile itself: a default, or whose time it is.</summary>
public sealed class EpochTests(SharedEngine shared) : ClientBuildTest(shared)
{
    private const string Rest = "FROM busybox\nARG SOURCE_DATE_EPOCH\nRUN echo $SOURCE_DATE_EPOCH > /epoch\n";
    private const long Then = 1_000_000_000;

    [Theory, MemberData(nameof(Clients))]
    public void Default_IsTheTimeOfTheImage_UnlessTheBuildIsGivenOne(Client client)
    {
        string image = NewImage();
        BuildText(client, $"ARG SOURCE_DATE_EPOCH={Then}\n{Rest}", "-t", image);
        Assert.StartsWith("2001-09-09T01:46:40", Inspect(image, "{{.Created}}"));
        Assert.Equal(Then.ToString(), InImage(image, "cat /epoch"));
        BuildText(client, $"ARG SOURCE_DATE_EPOCH={Then}\n{Rest}", "-t", image, "--build-arg", "SOURCE_DATE_EPOCH=1");
        Assert.StartsWith("1970-01-01T00:00:01", Inspect(image, "{{.Created}}"));
        Assert.Equal("1", InImage(image, "cat /epoch"));
    }

    [Fact]
    public void Default_SetsBackTheFiles()
    {
        string image = NewImage();
        using var folder = new BuildFolder($"ARG SOURCE_DATE_EPOCH={Then}\n{Rest}");
        WharfBuild(folder, "-o", $"type=image,name={image},rewrite-timestamp=true").Ok();
        Assert.Equal(Then.ToString(), InImage(image, "stat -c %Y /epoch"));
    }

    [Fact]
    public void Context_OfARepository_IsItsCommit()
    {
        using var repository = new GitServer(Engine);
        string image = NewImage();
        Engine.RunWith(Client.Wharf, null, 120, "build", "-t", image, "--build-arg", "SOURCE_DATE_EPOCH=context", repository.Address + "#feat").Ok();
        Assert.Equal(repository.CommitTime, DateTimeOffset.Parse(Inspect(image, "{{.Created}}")).ToUnixTimeSeconds());
    }

    [Fact]
    public void Context_OfAFolder_IsNoTime()
    {
        string image = NewImage();
        using var folder = new BuildFolder(Rest);
        WharfBuild(folder, "--build-arg", "SOURCE_DATE_EPOCH=context", "-o", $"type=image,name={image},rewrite-timestamp=true").Ok();
        Assert.Equal("", InImage(image, "cat /epoch"));
        Assert.StartsWith(DateTime.UtcNow.Year.ToString(), Inspect(image, "{{.Created}}"));
    }

    [Fact]
    public void ContextAndStage_OfADownload_AreAsOldAsTheServerSays()
    {
        using var site = new BuildFolder(Rest);
        site.Shell($"tar cf c.tar Dockerfile && touch -d @{Then} c.tar");
        using var server = new HttpServer(Engine, site.Path);
        string image = NewImage();
        Engine.RunWith(Client.Wharf, null, 120, "build", "-t", image, "--build-arg", "SOURCE_DATE_EPOCH=context", server.Address + "/c.tar").Ok();
        Assert.Equal(Then.ToString(), InImage(image, "cat /epoch"));
        BuildText(Client.Docker, $"ARG SOURCE_DATE_EPOCH=src\nARG SITE\nFROM scratch AS src\nARG SITE\nADD $SITE/c.tar /\n{Rest}", "-t", image, "--build-arg", "SITE=" + server.Address);
        Assert.Equal(Then.ToString(), InImage(image, "cat /epoch"));
        using var folder = new BuildFolder("ARG SOURCE_DATE_EPOCH=named\n" + Rest);
        WharfBuild(folder, "-t", image, "--build-context", $"named={server.Address}/c.tar").Ok();
        Assert.Equal(Then.ToString(), InImage(image, "cat /epoch"));
    }

    [Theory]
    [InlineData("FROM scratch AS other\n", "invalid SOURCE_DATE_EPOCH: src")]
    [InlineData("FROM scratch AS src\nCOPY Dockerfile /\n", "SOURCE_DATE_EPOCH stage does not meet source-only requirements: unsupported COPY instruction")]
    [InlineData("FROM scratch AS src\nARG A\n", "SOURCE_DATE_EPOCH stage must contain exactly one remote ADD")]
    [InlineData("FROM scratch AS src\nENV A=b\n", "SOURCE_DATE_EPOCH stage does not meet source-only requirements: unsupported ENV instruction")]
    [InlineData("FROM busybox AS src\nADD http://127.0.0.1:9/x /\n", "SOURCE_DATE_EPOCH stage must use FROM scratch")]
    [InlineData("FROM scratch AS src\nADD Dockerfile /\n", "SOURCE_DATE_EPOCH stage source must be a single HTTP(S) or Git ADD")]
    public void Name_OfWhatHasNoTime_IsRefused(string stage, string words) => Assert.Contains(words, Failure(Client.Docker, $"ARG SOURCE_DATE_EPOCH=src\n{stage}{Rest}"));
}
