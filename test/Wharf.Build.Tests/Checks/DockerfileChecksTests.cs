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
        var arguments = new BuildArguments(new Dictionary<string, string?>(), new Dictionary<string, string> { ["TARGETPLATFORM"] = "linux/amd64" });
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
    [InlineData("NoEmptyContinuation", "FROM here\nRUN a \\\n\n b\n", 3, 1)]
    [InlineData("RedundantTargetPlatform", "FROM --platform=$TARGETPLATFORM here\n", 1, 17)]
    [InlineData("ReservedStageName", "FROM here AS scratch\n", 1, 14)]
    [InlineData("SecretsUsedInArgOrEnv", "FROM here\nENV MY_TOKEN=x\n", 2, 5)]
    [InlineData("StageNameCasing", "FROM here AS Big\n", 1, 14)]
    [InlineData("UndefinedArgInFrom", "FROM $NOPE\n", 1, 7)]
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
    public void GoodFile_HasNoWarning(string text) => Assert.Empty(Check(text));

    [Fact]
    public void Directive_SkipsAndMakesErrors()
    {
        Assert.Empty(Check("# check=skip=MaintainerDeprecated,stagenamecasing\nFROM here AS Big\nMAINTAINER x\n"));
        Assert.Empty(Check("# check=skip=all\nFROM here AS Big\nMAINTAINER x\n"));
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
