using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.Builds;

/// <summary>Where BuildKit's Dockerfile frontend decides what a file means, and the classic builder did something else or knew nothing: the last step says what came out.</summary>
public sealed class FrontendTests(SharedEngine shared) : ClientBuildTest(shared)
{
    public static readonly TheoryData<string, string, string[], string> Cases = new()
    {
        { "ARG A=${X:?needed}\nFROM busybox\nARG A B=${Y:?too}\nRUN echo =$A $B=", "", ["--build-arg", "A=1", "--build-arg", "B=2"], "=1 2=" },
        { "FROM busybox AS one\nARG TARGETSTAGE\nRUN echo =$TARGETSTAGE=", "", [], "=one=" },
        { "FROM busybox AS one\nFROM busybox\nARG TARGETSTAGE\nRUN echo =$TARGETSTAGE=", "", [], "=default=" },
        { "FROM busybox\nRUN echo =$HTTP_PROXY $http_proxy $no_proxy=", "", ["--build-arg", "http_proxy=a", "--build-arg", "NO_PROXY=b"], "=a a b=" },
        { "FROM busybox\nCOPY a none* b? /c/\nRUN echo =$(ls /c)=", "touch a", [], "=a=" },
        { "FROM busybox\nADD *.tar /c\nRUN echo =$(ls /c)=", "touch a b; tar cf 1.tar a; tar cf 2.tar b", [], "=a b=" },
        { "FROM busybox\nCOPY ../../a /x/../y/\nCOPY ../d/../../a /b\nRUN echo =$(ls /y) $(cat /b)=", "echo 1 > a; mkdir d", [], "=a 1=" },
        { "FROM busybox\nCOPY --chmod=750 a /p/q/a\nCOPY --chmod=u+x a /r/a\nRUN echo =$(stat -c %a /p /p/q /p/q/a /r /r/a)=", "touch a; chmod 600 a", [], "=750 750 750 755 700=" },
        { "FROM busybox\nUSER 7:8\nWORKDIR /w/x\nUSER daemon\nWORKDIR /v\nUSER nobodyknows\nWORKDIR /u\nUSER root\nRUN echo =$(stat -c %u:%g /w /w/x /v /u)=", "", [], "=7:8 7:8 1:1 0:0=" },
        { "FROM busybox\nRUN <<EOF sh > /out\necho in sh\nEOF\nRUN echo =$(cat /out)=", "", [], "=in sh=" },
        { "FROM busybox AS src\nRUN echo 1 > /f\nFROM busybox AS base\nONBUILD COPY --from=src /f /g\nFROM base\nRUN echo =$(cat /g)=", "", [], "=1=" },
    };

    [Theory, MemberData(nameof(Cases))]
    public void File_MeansWhatTheFrontendSays(string dockerfile, string script, string[] flags, string said)
    {
        using var folder = new BuildFolder(dockerfile + "\n");
        folder.Shell(script.Length > 0 ? script : "true");
        var result = WharfBuild(folder, ["--no-cache", "--progress=plain", .. flags]).Ok();
        Assert.Contains($" {said}\n", result.Error);
    }

    [Theory]
    [InlineData("FROM scratch AS build\nCOPY a /", "target stage \"bulid\" could not be found (did you mean build?)", "--target", "bulid")]
    [InlineData("FROM busybox AS one\nCOPY --from=two /a /b\nFROM busybox AS two\nFROM one", "cannot copy from stage \"two\", it needs to be defined before current stage \"one\"")]
    [InlineData("FROM busybox\nRUN --mont=type=tmpfs,target=/x true", "unknown flag: mont (did you mean mount?)")]
    [InlineData("FROM busybox\nRUN --mount=typ=tmpfs,target=/x true", "(did you mean type?)")]
    [InlineData("FROM busybox\nRUN --mount=type=tmp,target=/x true", "unsupported mount type \"tmp\" (did you mean tmpfs?)")]
    [InlineData("FROM busybox\nENV S=busybox\nRUN --mount=from=$S,target=/x true", "'from' doesn't support variable expansion, define alias stage instead")]
    [InlineData("FROM scratch\nADD --checksum=sha256:0000000000000000000000000000000000000000000000000000000000000000 Dockerfile /", "checksum requires HTTP(S) or Git sources")]
    [InlineData("FROM scratch\nADD --checksum=md5:00 http://127.0.0.1:1/x /", "unsupported digest algorithm")]
    [InlineData("FROM scratch\nADD --checksum=00 http://127.0.0.1:1/x /", "invalid checksum digest format")]
    [InlineData("FROM scratch\nADD --checksum=nohex http://127.0.0.1:1/x.git /", "expected hex commit hash")]
    [InlineData("FROM scratch\nADD http://127.0.0.1:1/x.git?tag=v1#refs/heads/main /", "ref conflicts")]
    public void BrokenFile_SaysWhatIsMeant(string dockerfile, string said, params string[] flags)
    {
        using var folder = new BuildFolder(dockerfile + "\n");
        var result = WharfBuild(folder, flags);
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains(said, result.Out + result.Error);
    }

    [Fact]
    public void Layout_AsFurtherContext_IsAnImage()
    {
        using var folder = new BuildFolder("FROM busybox\nRUN echo of the layout > /l\nENV L=layout\n").Write(".dockerignore", "layout\n");
        WharfBuild(folder, "-o", $"type=oci,tar=false,dest={folder["layout"]},name=some/thing:v1").Ok();
        folder.Write("Dockerfile", "FROM base\nRUN echo =$(cat /l) $L=\n");
        foreach (string part in new[] { "", ":v1", "@" + System.Text.RegularExpressions.Regex.Match(File.ReadAllText(folder["layout/index.json"]), "sha256:[0-9a-f]{64}").Value })
        {
            Assert.Contains(" =of the layout layout=\n", WharfBuild(folder, "--no-cache", "--progress=plain", "--build-context", $"base=oci-layout://{folder["layout"]}{part}").Ok().Error);
        }

        Assert.Contains("has no tag v2", WharfBuild(folder, "--build-context", $"base=oci-layout://{folder["layout"]}:v2").Error);
        Assert.Contains("is no OCI layout", WharfBuild(folder, "--build-context", $"base=oci-layout://{folder.Path}").Error);
    }

    [Theory, MemberData(nameof(Clients))]
    public void Dockerfile_InSmallLetters_IsTheDefault(Client client)
    {
        using var folder = new BuildFolder("FROM busybox\nRUN echo small\n");
        File.Move(folder["Dockerfile"], folder["dockerfile"]);
        Build(client, folder).Ok();
    }

    [Fact]
    public void Repository_OnAPlainWebServer_IsFetched()
    {
        using var folder = new BuildFolder("FROM busybox\nCOPY version /\nRUN echo =$(cat /version)=\n");
        folder.Shell("""
            export GIT_CONFIG_GLOBAL=/dev/null HOME=$PWD
            git init -q . && git config user.email a@example.com && git config user.name a && git checkout -q -b main
            echo 1 > version && git add Dockerfile version && git commit -qm one && git tag v1 && echo 2 > version && git commit -qam two && git branch feat && git update-server-info
            """);
        string first = Command.Run("git", ["-C", folder.Path, "rev-parse", "v1"]).Ok().Text;
        using var server = new HttpServer(Engine, folder.Path);
        foreach ((string reference, string said) in new[] { ("", "=2="), ("#v1", "=1="), ("#feat", "=2="), ("?commit=" + first[..8], "=1="), ($"?tag=v1&commit={first}", "=1="), ("?tag=v1#v1", "=1=") })
        {
            Assert.Contains($" {said}\n", Remote(server.Address + "/.git" + reference).Ok().Error);
        }

        foreach ((string reference, string said) in new[] { ("?branch=v1", "repository does not contain ref refs/heads/v1"), ("#none", "repository does not contain ref none"), ($"?branch=feat&commit={first}", "expected checksum to match") })
        {
            var result = Remote(server.Address + "/.git" + reference);
            Assert.NotEqual(0, result.ExitCode);
            Assert.Contains(said, result.Out + result.Error);
        }

        CommandResult Remote(string address) => Command.Run(Repository.Program("wharf"), ["build", "--no-cache", "--progress=plain", address], "", Environment(Engine), 240);
    }
}
