using FsCheck;
using FsCheck.Fluent;
using Wharf.Build.Dockerfile;
using Wharf.Primitives;

namespace Wharf.Build.Tests.Dockerfile;

public sealed class DockerfileReaderTests
{
    private static IReadOnlyList<RawInstruction> Read(string text) => DockerfileReader.Read(text).Instructions;

    [Fact]
    public void Continuation_JoinsLinesAndDropsCommentsBetween()
    {
        var run = Read("FROM a\nRUN one \\\n# a comment\n   two \\\n\n three\n")[1];
        Assert.Equal("one    two  three", run.Arguments);
        Assert.Equal(new SourceRange(2, 6), run.Lines);
    }

    [Fact]
    public void EmptyContinuationLines_AreRemembered() =>
        Assert.Equal([4], DockerfileReader.Read("FROM a\nRUN one \\\n\n two\n").EmptyContinuationLines);

    [Fact]
    public void EscapeDirective_ChangesTheContinuation()
    {
        var source = DockerfileReader.Read("# escape=`\nFROM a\nRUN x `\n y \\\n");
        Assert.Equal('`', source.Escape);
        Assert.Equal("x  y \\", source.Instructions[1].Arguments);
    }

    [Fact]
    public void Flags_AreCutOffWithTheirQuotes()
    {
        var copy = Read("FROM a\nCOPY --from=b --chown=\"a b\" -- --x /y\n")[1];
        Assert.Equal(["--from=b", "--chown=a b"], copy.Flags);
        Assert.Equal("--x /y", copy.Arguments);
    }

    [Fact]
    public void Heredocs_AreCollectedInOrder()
    {
        var copy = Read("FROM a\nCOPY <<one <<-'two' /dst/\nfirst $x\none\n\t\tsecond\n\ttwo\nRUN true\n");
        Assert.Equal(3, copy.Count);
        Assert.Equal([new Heredoc("one", true, false, 0, "first $x\n"), new Heredoc("two", false, true, 0, "second\n")], copy[1].Heredocs);
    }

    [Theory]
    [InlineData("", "file with no instructions")]
    [InlineData("# only\n\n", "file with no instructions")]
    [InlineData("FROM a\nRUN <<E\nx\n", "unterminated heredoc")]
    [InlineData("# escape=x\nFROM a", "invalid escape token 'x' does not match ` or \\")]
    [InlineData("# escape=`\n# escape=`\nFROM a", "only one escape parser directive can be used")]
    public void Malformed_IsNamed(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<WharfException>(() => Read(text)).Message);

    [Fact]
    public void AnyText_GivesInstructionsOrAnInvalidArgument() =>
        Prop.ForAll(Gen.Elements("FROM a", "RUN \\", "<<E", "\n", "E", "\"", "'", "--x", " ", "#", "ONBUILD", "COPY <<X /", "\\", "é").ListOf().ToArbitrary(), words =>
        {
            try
            {
                Assert.NotEmpty(Read(string.Concat(words)));
            }
            catch (WharfException e)
            {
                Assert.Equal(ErrorKind.InvalidArgument, e.Kind);
            }
        }).QuickCheckThrowOnFailure();
}
