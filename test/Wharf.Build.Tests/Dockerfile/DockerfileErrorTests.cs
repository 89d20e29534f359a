using Wharf.Build.Execution;
using Wharf.Build.Stages;
using Wharf.Build.Dockerfile;
using Wharf.Primitives;

namespace Wharf.Build.Tests.Dockerfile;

public sealed class DockerfileErrorTests
{
    [Fact]
    public void Error_HasFileLineColumnExcerptAndCaret()
    {
        string message = Assert.Throws<WharfException>(() => StageList.Parse("FROM a\n\n\tCOPY --link=maybe \\\n  x y\nRUN z\n", "My.file")).Message;
        Assert.Equal("""
            My.file:3:7: dockerfile parse error on line 3: expecting boolean value for flag link, not: maybe
               1 |     FROM a
               2 |
               3 | >>> 	COPY --link=maybe \
                 |     	     ^~~~~~
               4 | >>>   x y
               5 |     RUN z

            """, message);
    }

    [Theory]
    [InlineData("# syntax=docker/dockerfile:1")]
    [InlineData("#syntax=docker/dockerfile:1.26-labs")]
    [InlineData("# syntax=docker.io/docker/dockerfile@sha256:0000")]
    [InlineData("# syntax = dockerfile.v0")]
    public void OfficialSyntax_IsTaken(string line) => SyntaxLevel.Check(DockerfileReader.Read(line + "\nFROM a").Directives.Syntax);

    [Theory]
    [InlineData("# syntax=evil/front:1\nFROM a")]
    [InlineData("#!/usr/bin/env x\n// syntax=evil/front\nanything")]
    [InlineData("{\"syntax\": \"evil/front\"}")]
    public void ForeignSyntax_IsRefusedInEveryForm(string text)
    {
        var error = Assert.Throws<WharfException>(() => SyntaxLevel.Check(Directives.Read(text.Split('\n')).Syntax));
        Assert.Equal(ErrorKind.NotImplemented, error.Kind);
        Assert.Contains("evil/front", error.Message);
    }

    [Fact]
    public void Byte_OrderMarkAndWindowsLines_AreReadOver() =>
        Assert.Equal("b", StageList.Parse("\ufeff# escape=`\r\nFROM a AS b\r\nRUN x `\r\n  y\r\n").Stages[0].Name);

    [Fact]
    public void Entitlement_Unknown_IsNamed() => Assert.Contains("unknown entitlement root", Assert.Throws<WharfException>(() => Entitlements.Parse(["root"])).Message);
}
