using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.Builds;

/// <summary>Scenario S5.4: what is wrong is said with file, line and column, in words that scripts know.</summary>
public sealed class ErrorTests(SharedEngine shared) : BuildTest(shared)
{
    [Theory]
    [InlineData("COPY x", "2:1", "COPY requires at least two arguments, but only one was provided. Destination could not be determined")]
    [InlineData("FOO bar", "2:1", "dockerfile parse error on line 2: unknown instruction: FOO")]
    [InlineData("COPY --nope=1 a b", "2:6", "unknown flag: nope")]
    [InlineData("ENV A=1 B", "2:9", "can't find = in \"B\"")]
    [InlineData("COPY nosuch /x", "2:6", "COPY failed: file not found in build context or excluded by .dockerignore: stat nosuch: file does not exist")]
    [InlineData("COPY ../x /y", "2:6", "COPY failed: file not found in build context or excluded by .dockerignore: stat ../x: file does not exist")]
    [InlineData("COPY no*such /x/", "2:6", "no source files were specified")]
    [InlineData("RUN --mount=type=bind,target=/x,rprivate=1 true", "2:13", "unexpected key 'rprivate' for mount type 'bind'")]
    [InlineData("RUN --security=insecure true", "2:5", "was not given the entitlement security.insecure")]
    [InlineData("RUN --network=host true", "2:5", "was not given the entitlement network.host")]
    [InlineData("LABEL x=${y", "2:9", "syntax error: missing '}'")]
    [InlineData("LABEL x=${y:?needed}", "2:9", "y: needed")]
    [InlineData("COPY --chmod=9 Dockerfile /x", "2:14", "9")]
    [InlineData("ONBUILD ONBUILD RUN x", "2:1", "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed")]
    [InlineData("FROM nosuch.invalid/x:1", "2:6", "nosuch.invalid")]
    [InlineData("COPY", "2:1", "COPY requires at least two arguments")]
    [InlineData("COPY http://example.com/x /y", "2:6", "source can't be a URL for COPY")]
    [InlineData("COPY --from=7 a b", "2:13", "invalid from flag value 7: index out of bounds")]
    [InlineData("STOPSIGNAL NOPE", "2:12", "invalid signal: NOPE")]
    [InlineData("FROM scratch:latest", "2:6", "'scratch' is a reserved name")]
    [InlineData("COPY --from=$x a b", "2:13", "variable expansion is not supported for --from")]
    public void Mistake_IsLocatedWithCaret(string line, string place, string words)
    {
        foreach (var client in new[] { Client.Docker, Client.Wharf })
        {
            string text = Failure(client, $"FROM busybox\n{line}\nRUN never\n");
            Assert.Contains($"Dockerfile:{place}: ", text);
            Assert.Contains(words, text);
            Assert.Contains($"2 | >>> {line}", text);
            Assert.Contains("^", text);
            Assert.DoesNotContain("RUN never\n ---> Running", text);
        }
    }

    [Theory]
    [InlineData("--platform=$BULIDPLATFORM", "empty platform value from expression $BULIDPLATFORM (did you mean BUILDPLATFORM?)")]
    [InlineData("--platform=linux/${OUR_ARHC}", "failed to parse platform linux/${OUR_ARHC}: \"\" is an invalid component of \"linux/\"")]
    [InlineData("--platform=linux/${OUR_ARHC}", "(did you mean OUR_ARCH?)")]
    public void PlatformOfAMisspeltArgument_IsRefused(string flag, string words)
    {
        string text = Failure(Client.Docker, $"ARG OUR_ARCH=amd64\nFROM {flag} busybox\n");
        Assert.Contains(words, text);
        Assert.Contains("Dockerfile:2:17: ", text);
    }

    [Theory, MemberData(nameof(Clients))]
    public void FailingRun_KeepsDockersWordsAndShowsItsPlace(Client client)
    {
        string text = Failure(client, "FROM busybox\nRUN echo last words && exit 3\n", "--no-cache", "--force-rm");
        Assert.Contains("last words\n", text);
        Assert.Contains("The command '/bin/sh -c echo last words && exit 3' returned a non-zero code: 3", text);
        Assert.Contains("Dockerfile:2\n", text);
    }

    [Fact]
    public void FailingRun_ExitCodeIsTheClients()
    {
        using var folder = new BuildFolder("FROM busybox\nRUN exit 3\n");
        Assert.Equal(3, Build(Client.Docker, folder, "--force-rm").ExitCode);
    }

    [Theory, MemberData(nameof(Clients))]
    public void UnusedArgument_IsWarnedOf(Client client) =>
        Assert.Contains("[Warning] One or more build-args [NOPE] were not consumed", BuildText(client, "FROM busybox\n", "--build-arg", "NOPE=1"));

    [Theory, MemberData(nameof(Clients))]
    public void UnknownFrontend_IsRefused(Client client)
    {
        string text = Failure(client, "# syntax=example.com/front:1\nFROM busybox\n");
        Assert.Contains("the frontend image example.com/front:1 is not supported", text);
        Assert.Contains("Dockerfile:1:10: ", text);
    }

    [Theory, MemberData(nameof(Clients))]
    public void OfficialFrontend_IsHonouredByTheBuiltIn(Client client) =>
        Assert.Contains("Successfully built", BuildText(client, "# syntax=docker/dockerfile:1.7-labs\nFROM busybox\nLABEL a=b\n"));

    [Fact]
    public void Check_FindsRulesWithPlaceAndEndsWithOne()
    {
        using var folder = new BuildFolder("FROM busybox AS Base\nMAINTAINER x\nLABEL v=$undef\nCMD echo hi\n");
        var result = Build(Client.Wharf, folder, "--check");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("Check complete, 4 warnings have been found!", result.Out);
        Assert.Contains("WARNING: StageNameCasing - https://docs.docker.com/go/dockerfile/rule/stage-name-casing/\nStage name 'Base' should be lowercase\nDockerfile:1:17\n", result.Out);
        Assert.Contains("Usage of undefined variable '$undef'\nDockerfile:3:10\n", result.Out);
        Assert.Contains("\"ruleName\":\"JSONArgsRecommended\"", Build(Client.Wharf, folder, "--call=lint,format=json").Out.Replace("\": ", "\":", StringComparison.Ordinal));
        folder.Write("Dockerfile", "# check=skip=all\nFROM busybox\nMAINTAINER x\n");
        Assert.Equal("Check complete, no warnings found.", Build(Client.Wharf, folder, "--check").Ok().Text);
    }

    [Theory, MemberData(nameof(Clients))]
    public void CheckAsError_EndsTheBuildBeforeItBegins(Client client) =>
        Assert.Contains("lint violation found for rules: MaintainerDeprecated", Failure(client, "# check=error=true\nFROM busybox\nMAINTAINER x\n"));

    [Fact]
    public void Calls_TargetsAndOutline()
    {
        using var folder = new BuildFolder("ARG V=1\n# base where it begins\nFROM busybox AS base\n# FOO what it is for\nARG FOO=bar\nRUN --mount=type=secret,id=tok,required true\nFROM base AS last\n");
        Assert.Equal("TARGET           DESCRIPTION\nbase             where it begins\nlast (default)", Build(Client.Wharf, folder, "--call=targets").Ok().Text);
        string outline = Build(Client.Wharf, folder, "--call", "outline").Ok().Out;
        Assert.Contains("FOO         bar     what it is for", outline);
        Assert.Contains("tok      true", outline);
    }
}
