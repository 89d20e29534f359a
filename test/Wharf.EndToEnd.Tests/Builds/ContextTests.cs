using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.Builds;

/// <summary>Scenario S5.7: where files come from.</summary>
public sealed class ContextTests(SharedEngine shared) : BuildTest(shared)
{
    private const string ShowAll = "FROM busybox\nCOPY . /c\nRUN cd /c && echo [$(find . ! -type d | sort)]\n";

    [Theory, MemberData(nameof(Clients))]
    public void Dockerignore_LastRuleDecides(Client client)
    {
        using var folder = new BuildFolder(ShowAll);
        folder.Write(".dockerignore", "# comment\n\nDockerfile\n.dockerignore\n*.md\n!keep.md\n**/ignored\nsub/*/temp?\n/rooted\ndir\n!dir/back\n")
            .Write("x.md", "").Write("keep.md", "").Write("a/ignored", "").Write("a/b/ignored", "").Write("a/shown", "").Write("sub/one/temp1", "").Write("sub/one/temp", "").Write("sub/temp1", "")
            .Write("rooted", "").Write("a/rooted", "").Write("dir/out", "").Write("dir/back", "").Write("deep/x.md", "");
        Assert.Contains("[./a/rooted ./a/shown ./deep/x.md ./dir/back ./keep.md ./sub/one/temp ./sub/temp1]", Build(client, folder, "--no-cache").Ok().Out);
    }

    [Fact]
    public void OwnIgnoreFile_StandsBeforeTheShared()
    {
        using var folder = new BuildFolder("FROM scratch\n");
        folder.Write("Other", ShowAll).Write("Other.dockerignore", "a\nDockerfile\nOther*\n.dockerignore\n").Write(".dockerignore", "b\n").Write("a", "").Write("b", "");
        Assert.Contains("[./b]", Build(Client.Wharf, folder, "--no-cache", "-f", folder["Other"]).Ok().Out);
    }

    [Theory, MemberData(nameof(Clients))]
    public void StandardInput_DockerfileArchiveOrFileFlag(Client client)
    {
        Assert.Contains("from-stdin\n", Engine.RunWith(client, "FROM busybox\nRUN echo from-stdin\n", 120, "build", "--no-cache", "-").Ok().Out);
        using var folder = new BuildFolder("FROM nosuch\n");
        folder.Write("f", "");
        Assert.Contains("./f", Engine.RunWith(client, ShowAll, 120, "build", "--no-cache", "-f", "-", folder.Path).Ok().Out);
        folder.Write("Dockerfile", ShowAll).Shell("tar czf ../$(basename $PWD).tgz .");
        string script = $"{(client == Client.Docker ? "docker" : Repository.Program("wharf"))} build --no-cache - < {folder.Path}.tgz";
        Assert.Contains("[./Dockerfile ./f]", Command.Run("/bin/sh", ["-c", script], null, Engine.ClientEnvironment(), 120).Ok().Out);
        File.Delete(folder.Path + ".tgz");
    }

    [Fact]
    public void NamedContexts_FoldersAndImages()
    {
        using var extra = new BuildFolder("");
        extra.Write("x", "extra").Write(".dockerignore", "Dockerfile\n.dockerignore\nskip\n").Write("skip", "");
        using var folder = new BuildFolder("FROM base\nCOPY --from=extra . /x/\nCOPY . /c/\nRUN --mount=from=extra,target=/m echo $(ls -A /x /c /m)\n");
        Assert.Contains("/c: Dockerfile /m: x /x: x", Build(Client.Wharf, folder, "--no-cache", "--build-context", "extra=" + extra.Path, "--build-context", "base=docker-image://busybox").Ok().Out);
    }

    [Fact]
    public void Git_RefsFoldersPullRequestsAndQueries()
    {
        using var repository = new GitServer(Engine);
        foreach ((string fragment, string expected) in new[]
        {
            ("", "main"), ("#v1", "main"), ("#feat", "feat"), ("#pull/7/head", "feat"), ("#feat:sub", "sub"), ("#:sub", "sub"), ("?ref=feat&subdir=sub", "sub"), ("?branch=feat", "feat"), ("#" + repository.Commit, "feat"),
        })
        {
            string text = Engine.RunWith(Client.Wharf, null, 120, "build", "--no-cache", repository.Address + fragment).Ok().Out;
            Assert.True(text.Contains($"version={expected}\n", StringComparison.Ordinal), fragment + "\n" + text);
        }

        Engine.RunWith(Client.Wharf, null, 120, "build", repository.Address + "?tag=v1&checksum=" + repository.Commit).Fails(1, "expected checksum to match");
        using var folder = new BuildFolder($"FROM busybox\nADD {repository.Address}#feat:sub /g/\nADD --keep-git-dir {repository.Address} /k/\nRUN cat /g/version && ls -d /k/.git && ! test -e /g/.git\n");
        Assert.Contains("sub\n/k/.git\n", Build(Client.Docker, folder, "--no-cache").Ok().Out);
    }

    [Fact]
    public void Git_WithSha256Objects_IsReadLikeAnyOther()
    {
        using var repository = new GitServer(Engine, format: "sha256");
        Assert.Equal(64, repository.Commit.Length);
        foreach ((string fragment, string expected) in new[] { ("", "main"), ("#feat:sub", "sub"), ("#" + repository.Commit, "feat"), ("?branch=feat&checksum=" + repository.Commit[..12], "feat") })
        {
            Assert.Contains($"version={expected}\n", Engine.RunWith(Client.Wharf, null, 120, "build", "--no-cache", repository.Address + fragment).Ok().Out);
        }

        using var folder = new BuildFolder($"FROM busybox\nADD {repository.Address}#feat /g/\nRUN cat /g/version\n");
        Assert.Contains("feat\n", Build(Client.Docker, folder, "--no-cache").Ok().Out);
    }

    [Fact]
    public void Http_ArchivesDockerfilesAndChecksums()
    {
        using var site = new BuildFolder("FROM busybox\nRUN echo remote-dockerfile\n");
        site.Write("c/Dockerfile", ShowAll).Write("c/f", "file").Write("plain", "data").Shell("tar czf c.tar.gz -C c . && sha256sum plain | cut -d' ' -f1 > sum");
        using var server = new HttpServer(Engine, site.Path);
        Assert.Contains("remote-dockerfile\n", Engine.RunWith(Client.Wharf, null, 120, "build", "--no-cache", server.Address + "/Dockerfile").Ok().Out);
        Assert.Contains("[./Dockerfile ./f]", Engine.RunWith(Client.Wharf, null, 120, "build", "--no-cache", server.Address + "/c.tar.gz").Ok().Out);
        string sum = File.ReadAllText(site["sum"]).Trim();
        string text = BuildText(Client.Docker, $"FROM busybox\nADD --checksum=sha256:{sum} {server.Address}/plain /a\nADD {server.Address}/plain /d/\nADD {server.Address}/c.tar.gz /packed/\nADD --unpack=true {server.Address}/c.tar.gz /unpacked/\nRUN echo $(cat /a /d/plain) $(stat -c %a /a) $(ls /packed) $(ls /unpacked)\n", "--no-cache");
        Assert.Contains("datadata 600 c.tar.gz Dockerfile f\n", text.Replace("data data", "datadata", StringComparison.Ordinal));
        Assert.Contains("digest mismatch", Failure(Client.Docker, $"FROM busybox\nADD --checksum=sha256:{new string('0', 64)} {server.Address}/plain /a\n"));
        Assert.Contains("status 404", Failure(Client.Docker, $"FROM busybox\nADD {server.Address}/nosuch /a\n"));
    }
}
