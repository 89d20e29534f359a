using Wharf.Build.Dockerfile;
using Wharf.Build.Instructions;
using Wharf.Primitives;

namespace Wharf.Build.Tests.Instructions;

public sealed class InstructionParserTests
{
    private static Instruction Parse(string line)
    {
        var source = DockerfileReader.Read(line);
        return new InstructionParser(source.Escape).Parse(source.Instructions[0]);
    }

    [Fact]
    public void From_WithStageAndPlatform()
    {
        var from = Assert.IsType<FromInstruction>(Parse("FROM --platform=linux/amd64 debian:12 AS Build"));
        Assert.Equal(("debian:12", "build", "linux/amd64"), (from.BaseName, from.StageName, from.Platform));
    }

    [Theory]
    [InlineData("RUN echo $HOME", true, "echo $HOME")]
    [InlineData("RUN [\"echo\", \"a b\"]", false, "echo|a b")]
    [InlineData("RUN [ \"not json\" ", true, "[ \"not json\"")]
    public void Run_ShellAndExecForm(string line, bool shell, string words)
    {
        var run = Assert.IsType<RunInstruction>(Parse(line));
        Assert.Equal(shell, run.Command.IsShell);
        Assert.Equal(words, string.Join('|', run.Command.Words));
    }

    [Fact]
    public void Run_HeredocAlone_IsTheScript() =>
        Assert.Equal("echo a\n", Assert.IsType<RunInstruction>(Parse("RUN <<EOF\necho a\nEOF\n")).Command.Words[0]);

    [Fact]
    public void Run_HeredocAsInput_IsPassedToTheShell() =>
        Assert.Equal("cat <<EOF >/x\na\nEOF\n", Assert.IsType<RunInstruction>(Parse("RUN cat <<EOF >/x\na\nEOF\n")).Command.Words[0]);

    [Fact]
    public void Env_BothForms()
    {
        Assert.Equal([new("A", "1"), new("B", "\"x y\""), new("C", "z\\ w")], Assert.IsType<EnvInstruction>(Parse("ENV A=1 B=\"x y\" C=z\\ w")).Pairs);
        Assert.Equal([new("A", "all of this")], Assert.IsType<EnvInstruction>(Parse("ENV A all of this")).Pairs);
    }

    [Fact]
    public void Copy_JsonFormFlagsAndHeredoc()
    {
        var copy = Assert.IsType<CopyInstruction>(Parse("COPY --chown=1:2 --link [\"a b\", \"c\", \"/d/\"]"));
        Assert.Equal(["a b", "c"], copy.Sources);
        Assert.Equal(("/d/", "1:2", true), (copy.Destination, copy.Chown, copy.Link));
        Assert.Empty(Assert.IsType<CopyInstruction>(Parse("COPY <<x /y\n1\nx\n")).Sources);
    }

    [Fact]
    public void HealthCheck_WithTimes()
    {
        var check = Assert.IsType<HealthCheckInstruction>(Parse("HEALTHCHECK --interval=5m --timeout=3s --retries=2 CMD curl -f x || exit 1"));
        Assert.Equal((TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(3), 2), (check.Interval, check.Timeout, check.Retries));
        Assert.True(check.Command!.IsShell);
        Assert.Null(Assert.IsType<HealthCheckInstruction>(Parse("HEALTHCHECK NONE")).Command);
    }

    [Theory]
    [InlineData("FROM", "FROM requires either one or three arguments")]
    [InlineData("FROM a AS 1x", "invalid name for build stage")]
    [InlineData("COPY x", "COPY requires at least two arguments, but only one was provided")]
    [InlineData("ADD", "ADD requires at least two arguments, but only one was provided. Destination could not be determined")]
    [InlineData("FORM a", "unknown instruction: FORM (did you mean FROM?)")]
    [InlineData("XYZZY a", "unknown instruction: XYZZY")]
    [InlineData("RUN", "RUN requires at least one argument")]
    [InlineData("ENV A", "ENV must have two arguments")]
    [InlineData("ENV A=1 B", "can't find = in \"B\"")]
    [InlineData("ENV =1", "ENV names can not be blank")]
    [InlineData("LABEL", "LABEL requires at least one argument")]
    [InlineData("SHELL sh -c", "SHELL requires the arguments to be in JSON form")]
    [InlineData("CMD [1]", "arrays must be comprised of strings only")]
    [InlineData("ONBUILD ONBUILD RUN x", "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed")]
    [InlineData("ONBUILD FROM x", "FROM isn't allowed as an ONBUILD trigger")]
    [InlineData("ONBUILD MAINTAINER x", "MAINTAINER isn't allowed as an ONBUILD trigger")]
    [InlineData("HEALTHCHECK TCP x", "Unknown type \"TCP\" in HEALTHCHECK (try CMD)")]
    [InlineData("HEALTHCHECK --interval=x CMD y", "invalid duration \"x\"")]
    [InlineData("RUN --nope x", "unknown flag: nope")]
    [InlineData("COPY --from=a --from=b x y", "duplicate flag specified: from")]
    [InlineData("COPY --link=maybe x y", "expecting boolean value for flag link")]
    [InlineData("STOPSIGNAL", "STOPSIGNAL requires exactly one argument")]
    [InlineData("WORKDIR", "WORKDIR requires exactly one argument")]
    public void Malformed_HasDockersTextAndTheLine(string line, string expected)
    {
        string message = Assert.Throws<WharfException>(() => Parse(line)).Message;
        Assert.StartsWith("dockerfile parse error on line 1: ", message);
        Assert.Contains(expected, message);
    }
}
