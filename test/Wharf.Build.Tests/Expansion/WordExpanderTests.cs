using FsCheck;
using FsCheck.Fluent;
using Wharf.Build.Expansion;
using Wharf.Primitives;

namespace Wharf.Build.Tests.Expansion;

public sealed class WordExpanderTests
{
    private static readonly Dictionary<string, string> Variables = new() { ["x"] = "foo.tar.gz", ["empty"] = "", ["two"] = "a b", ["path"] = "/usr/local/bin" };

    private static WordExpander Expander() => new('\\', name => Variables.GetValueOrDefault(name));

    [Theory]
    [InlineData("$x", "foo.tar.gz")]
    [InlineData("a${x}b", "afoo.tar.gzb")]
    [InlineData("$nothing.", ".")]
    [InlineData("\\$x", "$x")]
    [InlineData("'$x'", "$x")]
    [InlineData("\"$x\"", "foo.tar.gz")]
    [InlineData("\"a\\\"b\\c\"", "a\"b\\c")]
    [InlineData("${x:-word}", "foo.tar.gz")]
    [InlineData("${nothing:-word}", "word")]
    [InlineData("${empty:-word}", "word")]
    [InlineData("${empty-word}", "")]
    [InlineData("${x:+word}", "word")]
    [InlineData("${empty:+word}", "")]
    [InlineData("${empty+word}", "word")]
    [InlineData("${nothing:-${x}}", "foo.tar.gz")]
    [InlineData("${x#*.}", "tar.gz")]
    [InlineData("${x##*.}", "gz")]
    [InlineData("${x%.*}", "foo.tar")]
    [InlineData("${x%%.*}", "foo")]
    [InlineData("${x/o/0}", "f0o.tar.gz")]
    [InlineData("${x//o/0}", "f00.tar.gz")]
    [InlineData("${path//\\//-}", "-usr-local-bin")]
    [InlineData("$", "$")]
    [InlineData("a$", "a$")]
    [InlineData("\\\\", "\\")]
    public void Expand_FollowsTheReference(string text, string expected) => Assert.Equal(expected, Expander().Expand(text));

    [Fact]
    public void Words_AreSplitByBlanksOfVariablesToo() =>
        Assert.Equal(["a", "b", "c d", ""], Expander().ExpandToWords("$two 'c d' ''"));

    [Theory]
    [InlineData("${x", "missing")]
    [InlineData("${}", "bad substitution")]
    [InlineData("'open", "single-quote")]
    [InlineData("\"open", "double-quote")]
    [InlineData("${x:z}", "unsupported modifier (z)")]
    [InlineData("${nothing:?say why}", "nothing: say why")]
    [InlineData("${nothing?}", "not allowed to be unset")]
    public void Malformed_IsNamed(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<WharfException>(() => Expander().Expand(text)).Message);

    [Fact]
    public void AnyText_ExpandsOrIsRefused() =>
        Prop.ForAll(Gen.Elements("$", "{", "}", "x", ":", "-", "+", "?", "#", "%", "/", "*", "\"", "'", "\\", " ", "two", "é").ListOf().ToArbitrary(), parts =>
        {
            try
            {
                Expander().Expand(string.Concat(parts));
            }
            catch (WharfException e)
            {
                Assert.Equal(ErrorKind.InvalidArgument, e.Kind);
            }
        }).QuickCheckThrowOnFailure();
}
