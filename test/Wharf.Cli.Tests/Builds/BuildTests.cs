using System.Formats.Tar;
using Wharf.Cli.Builds;
using Wharf.Cli.Tests.Framework;
using Wharf.Primitives;
using Wharf.Testing;

namespace Wharf.Cli.Tests.Builds;

public sealed class BuildTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wharf-build").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("*.md", "a.md", true)]
    [InlineData("*.md", "dir/a.md", false)]
    [InlineData("**/*.md", "dir/sub/a.md", true)]
    [InlineData("**/*.md", "a.md", true)]
    [InlineData("dir", "dir/file", true)]
    [InlineData("dir/*/x", "dir/a/x", true)]
    [InlineData("/dir/", "dir", true)]
    [InlineData("*\n!keep", "keep", false)]
    [InlineData("*\n!keep", "other", true)]
    [InlineData("dir\n!dir/keep", "dir/keep", false)]
    [InlineData("!a\na", "a", true)]
    [InlineData("# a\nb", "a", false)]
    [InlineData("a?c", "abc", true)]
    [InlineData("a[0-9]", "a5", true)]
    [InlineData("a[^0-9]", "a5", false)]
    [InlineData("a\\*", "a*", true)]
    [InlineData("a\\*", "ab", false)]
    [InlineData("**", "anything/at/all", true)]
    [InlineData("a/**/z", "a/z", true)]
    [InlineData("a/**/z", "a/b/c/z", true)]
    [InlineData("./a/../b", "b", true)]
    public void Ignore_FollowsDockersRules(string rules, string path, bool excluded) => Assert.Equal(excluded, IgnorePatterns.Parse(rules).IsIgnored(path));

    [Fact]
    public void Build_SendsTheContextWithoutWhatIsIgnored()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "sub"));
        File.WriteAllText(Path.Combine(_folder, "Dockerfile"), "FROM scratch\n");
        File.WriteAllText(Path.Combine(_folder, ".dockerignore"), "sub/*\n!sub/keep\n*.log\n");
        File.WriteAllText(Path.Combine(_folder, "a.log"), "x");
        File.WriteAllText(Path.Combine(_folder, "sub", "keep"), "x");
        File.WriteAllText(Path.Combine(_folder, "sub", "drop"), "x");
        using var engine = new FakeEngine(r => r.Path == "/build/context" ? new FakeReply(501, """{"message":"not here"}""") : new FakeReply(200, """
            {"stream":"Step 1/1 : FROM scratch\n"}
            {"aux":{"ID":"sha256:abc"}}
            {"stream":"Successfully built abc\n"}
            """));
        using var cli = new CliHarness(engine);
        string idFile = Path.Combine(cli.ConfigDirectory, "iid");
        Assert.Equal(0, cli.Run("build", "-t", "x:1", "--build-arg", "A=1", "--iidfile", idFile, _folder));
        Assert.EndsWith("Step 1/1 : FROM scratch\nSuccessfully built abc\n", cli.Terminal.OutText);
        Assert.Equal("sha256:abc", File.ReadAllText(idFile));
        FakeRequest build = engine.Requests.Single(r => r.Path == "/build");
        Assert.Contains("t=x%3A1&dockerfile=Dockerfile", build.Target);
        Assert.Contains("buildargs=%7B%22A%22%3A%221%22%7D", build.Target);
        Assert.Equal([".dockerignore", "Dockerfile", "sub/", "sub/keep"], Names(build.Body));
    }

    [Fact]
    public void Build_DockerfileOnStdin_IsTheWholeContext()
    {
        using var engine = new FakeEngine(_ => new FakeReply(200, "{\"stream\":\"sha256:abc\\n\"}"));
        using var cli = new CliHarness(engine);
        Assert.Equal(0, cli.RunWith(new FakeTerminal("FROM scratch\n"), "build", "-q", "-"));
        Assert.Equal("sha256:abc\n", cli.Terminal.OutText);
        Assert.Equal(["Dockerfile"], Names(engine.Requests.Single(r => r.Path == "/build").Body));
    }

    [Fact]
    public void Build_Fails_WithTheEnginesCode()
    {
        using var engine = new FakeEngine(_ => new FakeReply(200,
            "{\"errorDetail\":{\"code\":3,\"message\":\"The command '/bin/sh -c exit 3' returned a non-zero code: 3\"},\"error\":\"The command '/bin/sh -c exit 3' returned a non-zero code: 3\"}"));
        using var cli = new CliHarness(engine);
        Assert.Equal(3, cli.RunWith(new FakeTerminal("FROM scratch\n"), "build", "-"));
        Assert.EndsWith("\nThe command '/bin/sh -c exit 3' returned a non-zero code: 3\n", cli.Terminal.ErrorText);
    }

    private static List<string> Names(byte[] archive)
    {
        var names = new List<string>();
        using var reader = new TarReader(new MemoryStream(archive));
        while (reader.GetNextEntry() is { } entry)
        {
            names.Add(entry.Name);
        }

        return names;
    }
}
