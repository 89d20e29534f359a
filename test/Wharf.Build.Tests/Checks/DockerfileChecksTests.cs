using Wharf.Build.Checks;
using Wharf.Build.Execution;
using Wharf.Build.Stages;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Build.Tests.Checks;

public sealed class DockerfileChecksTests
{
    private static IReadOnlyList<CheckWarning> Check(string text, string? ignore = null)
    {
        var file = StageList.Parse(text);
        var arguments = new BuildArguments(new Dictionary<string, string?>(), new Dictionary<string, string> { ["TARGETPLATFORM"] = "linux/amd64", ["BUILDPLATFORM"] = "linux/amd64" });
        foreach (var global in file.GlobalArguments)
        {
            arguments.DeclareGlobal(global, '\\');
        }

        return DockerfileChecks.Run(file, CheckOptions.Parse(file.Source.Directives.Check ?? "experimental=all"), new CheckSurroundings
        {
            Arguments = arguments,
            Defaults = arguments,
            Target = Platform.Parse("linux/amd64"),
            FindImage = name => name switch
            {
                "here" => new BuildImage(default, new ImageConfig { Os = "linux", Architecture = "amd64", Config = new RunConfig { Env = ["KNOWN=1"] } }),
                "shell" => new BuildImage(default, new ImageConfig { Os = "linux", Architecture = "amd64", Config = new RunConfig { Shell = ["/bin/ash"] } }),
                "arm" => new BuildImage(default, new ImageConfig { Os = "linux", Architecture = "arm64" }),
                _ => null,
            },
            Ignore = ignore is null ? null : IgnorePatterns.Parse(ignore),
        });
    }

    // One line a rule: text that breaks it, and the place.
    [Theory]
    [InlineData("ConsistentInstructionCasing", "FROM here\nRUN x\nrun y\n", 3, 1)]
    [InlineData("CopyIgnoredFile", "FROM here\nCOPY secret /x\n", 2, 6)]
    [InlineData("DuplicateStageName", "FROM here AS a\nFROM here AS a\n", 2, 14)]
    [InlineData("ExposeInvalidFormat", "FROM here\nEXPOSE 127.0.0.1:80:80\n", 2, 8)]
    [InlineData("ExposeProtoCasing", "FROM here\nEXPOSE 80/TcP\n", 2, 8)]
    [InlineData("FromAsCasing", "FROM here as a\n", 1, 10)]
    [InlineData("FromPlatformFlagConstDisallowed", "FROM --platform=linux/amd64 here\n", 1, 17)]
    [InlineData("InvalidBaseImagePlatform", "FROM arm\n", 1, 6)]
    [InlineData("InvalidDefaultArgInFrom", "ARG T\nFROM here:$T\n", 2, 6)]
    [InlineData("InvalidDefinitionDescription", "# wrong words\nFROM here AS a\n", 2, 1)]
    [InlineData("JSONArgsRecommended", "FROM here\nCMD echo x\n", 2, 5)]
    [InlineData("LegacyKeyValueFormat", "FROM here\nENV a b\n", 2, 5)]
    [InlineData("MaintainerDeprecated", "FROM here\nMAINTAINER x\n", 2, 1)]
    [InlineData("MultipleInstructionsDisallowed", "FROM here\nCMD [\"a\"]\nCMD [\"b\"]\n", 2, 1)]
    [InlineData("NoEmptyContinuation", "FROM here\nRUN a \\\n\n b\n", 4, 2)]
    [InlineData("RedundantTargetPlatform", "FROM --platform=$TARGETPLATFORM here\n", 1, 17)]
    [InlineData("ReservedStageName", "FROM here AS scratch\n", 1, 14)]
    [InlineData("SecretsUsedInArgOrEnv", "FROM here\nENV MY_TOKEN=x\n", 2, 5)]
    [InlineData("StageNameCasing", "FROM here AS Big\n", 1, 14)]
    [InlineData("UndefinedArgInFrom", "FROM here$NOPE\n", 1, 11)]
    [InlineData("UndefinedVar", "FROM here\nLABEL a=$NOPE\n", 2, 10)]
    [InlineData("WorkdirRelativePath", "FROM here\nWORKDIR a/b\n", 2, 9)]
    public void BrokenRule_IsFoundAtItsPlace(string rule, string text, int line, int column)
    {
        var warning = Assert.Single(Check(text, "secret\n"));
        Assert.Equal((rule, line, column), (warning.Rule.Name, warning.Place.Line, warning.Place.Column));
    }

    [Theory]
    [InlineData("FROM here AS base\nENV MINE=1\nARG LOCAL=2\nLABEL a=$KNOWN b=$MINE c=$LOCAL p=$PATH d=${NOPE:-x}\nFROM base\nLABEL e=$MINE\n")]
    [InlineData("FROM unknown\nLABEL a=$ANY\n")]
    [InlineData("FROM here\nENV PUBLIC_KEY=x\nWORKDIR /a\nWORKDIR b\nEXPOSE 80/udp ${P:-1}\n")]
    [InlineData("FROM here\nSHELL [\"bash\", \"-c\"]\nCMD echo x\n")]
    [InlineData("# a what it is\nFROM here AS a\n\n# free comment\n\nARG x\n")]
    [InlineData("from here as a\nrun x\n")]
    [InlineData("ARG T=1\nFROM here:$T\n")]
    [InlineData("FROM here AS base\nSHELL [\"bash\", \"-c\"]\nFROM base\nENTRYPOINT echo x\n")]
    [InlineData("FROM shell\nENTRYPOINT echo x\n")]
    [InlineData("FROM --platform=linux/arm64 scratch AS linux\n")]
    [InlineData("FROM --platform=linux/arm64 scratch AS my_arm64_stage\n")]
    [InlineData("FROM --platform=$BUILDPLATFORM here\n")]
    [InlineData("FROM here\nENV PASSWORD_FILE=x KEY_VERSION=1\n")]
    [InlineData("# free comment\n#\nARG x\nFROM here\n")]
    [InlineData("# other words before\n# y what it is\nARG x y=2\nFROM here\n")]
    [InlineData("FROM here AS a\nCMD [\"a\"]\nFROM a\nCMD [\"b\"]\n")]
    public void GoodFile_HasNoWarning(string text) => Assert.Empty(Check(text));

    // What Docker's own checks say of the same words.
    [Theory]
    [InlineData("FROM here\nRUN a \\\n\n b\\\n\n && c\n", "Empty continuation line")]
    [InlineData("# wrong words\nARG one=1\nFROM here\n", "Comment for ARG should follow the format: `# one <description>`")]
    [InlineData("# wrong words\nARG one=1 two=2\nFROM here\n", "Comment for ARG should follow the format: `# <arg_key> <description>`")]
    [InlineData("# BIN what it is\nFROM here AS bin\n", "Comment for FROM should follow the format: `# bin <description>`")]
    [InlineData("FROM --platform=${TARGETPLATFORM} here\n", "Setting platform to predefined ${TARGETPLATFORM} in FROM is redundant as this is the default behavior")]
    [InlineData("FROM --platform=linux/amd64 here AS for_arm\n", "FROM --platform flag should not use constant value \"linux/amd64\"")]
    [InlineData("FROM here\nARG secret_PHRASE\n", "Do not use ARG or ENV instructions for sensitive data (ARG \"secret_PHRASE\")")]
    [InlineData("FROM here\nADD ./secret /x\n", "Attempting to Add file \"secret\" that is excluded by .dockerignore")]
    [InlineData("ARG END=\":\"\nFROM here${END}\n", "Default value for ARG here${END} results in empty or invalid base image name")]
    [InlineData("FROM here:${NOPE}\n", "FROM argument 'NOPE' is not declared|Default value for ARG here:${NOPE} results in empty or invalid base image name")]
    [InlineData("ARG MY_TAG=1\nFROM here:${MYTAG}x\n", "FROM argument 'MYTAG' is not declared (did you mean MY_TAG?)")]
    [InlineData("FROM here\nENV PATH=$PAHT:/x\n", "Usage of undefined variable '$PAHT' (did you mean $PATH?)")]
    [InlineData("FROM here\nARG FOLDERS=x\nCOPY $FOLDER .\n", "Usage of undefined variable '$FOLDER' (did you mean $FOLDERS?)")]
    public void BrokenRule_IsSaidInDockersWords(string text, string expected) =>
        Assert.Equal(expected.Split('|'), Check(text, "secret\n").Select(w => w.Message).Order(StringComparer.Ordinal).Reverse());

    // A rule that takes something back below the source leaves it open whether there is anything to copy.
    [Theory]
    [InlineData("sub\n!sub/keep\n", "sub", 0)]
    [InlineData("sub\n!sub/deep/keep\n", "sub", 0)]
    [InlineData("sub\n!*/keep\n", "sub", 0)]
    [InlineData("sub\n!sub/keep\n", "sub/*.txt", 0)]
    [InlineData("sub\n!sub/keep\n", "sub/keep", 0)]
    [InlineData("!sub/keep\nsub\n!sub/keep\n", "sub", 0)]
    [InlineData("**\n!sub\n", "sub/a", 0)]
    [InlineData("sub\n!sub/keep\n", "sub/a", 1)]
    [InlineData("sub\n!other\n", "sub/a", 1)]
    [InlineData("!sub/keep\nsub\n", "sub", 1)]
    [InlineData("*.txt\n", "*.txt", 1)]
    public void IgnoredSource_IsToldWhenNothingOfItIsLeft(string ignore, string source, int warnings) =>
        Assert.Equal(warnings, Check($"FROM here\nCOPY {source} /x\n", ignore).Count);

    [Fact]
    public void Directive_SkipsAndMakesErrors()
    {
        Assert.Empty(Check("# check=skip=MaintainerDeprecated,stagenamecasing\nFROM here AS Big\nMAINTAINER x\n"));
        Assert.Empty(Check("# check=skip=all\nFROM here AS Big\nMAINTAINER x\n"));
        Assert.Equal("CopyIgnoredFile", Assert.Single(Check("# check=skip=all;experimental=CopyIgnoredFile\nFROM here AS Big\nCOPY a /\n", "a\n")).Rule.Name);
        Assert.True(CheckOptions.Parse("error=true;skip=X").IsError);
        Assert.Contains("invalid check option \"nope\"", Assert.Throws<WharfException>(() => CheckOptions.Parse("nope=1")).Message);
    }

    [Fact]
    public void Rules_AreTwentyTwoWithAddresses()
    {
        Assert.Equal(22, BuildChecks.All.Count);
        Assert.Equal("https://docs.docker.com/go/dockerfile/rule/json-args-recommended/", BuildChecks.JsonArgsRecommended.Url);
        Assert.Equal("https://docs.docker.com/go/dockerfile/rule/secrets-used-in-arg-or-env/", BuildChecks.SecretsUsedInArgOrEnv.Url);
    }
}
