using FsCheck;
using FsCheck.Fluent;
using Wharf.Cli.Framework.Flags;

namespace Wharf.Cli.Tests.Framework;

public sealed class FlagParserTests
{
    private static readonly Flag[] Flags =
    [
        new("detach", 'd', FlagKind.Bool, ""),
        new("interactive", 'i', FlagKind.Bool, ""),
        new("tty", 't', FlagKind.Bool, ""),
        new("publish", 'p', FlagKind.List, ""),
        new("name", 'n', FlagKind.String, ""),
        new("sig-proxy", FlagKind.Bool, "", "true"),
        new("count", FlagKind.Int, "", "-1"),
        new("names", FlagKind.Strings, ""),
        new("memory", 'm', FlagKind.Bytes, ""),
        new("wait", FlagKind.Duration, ""),
    ];

    private static FlagParser.Outcome Parse(params string[] words) => FlagParser.Parse(Flags, words, flagsAnywhere: true);

    [Fact]
    public void Bundle_OfLetters_SetsEach()
    {
        FlagParser.Outcome outcome = Parse("-itd", "x");
        Assert.True(outcome.Values.Bool("interactive") && outcome.Values.Bool("tty") && outcome.Values.Bool("detach"));
        Assert.Equal(["x"], outcome.Arguments);
    }

    [Theory]
    [InlineData("-dp80:80")]
    [InlineData("-dp=80:80")]
    [InlineData("-dp", "80:80")]
    [InlineData("-d", "--publish=80:80")]
    [InlineData("-d", "--publish", "80:80")]
    public void Value_InEveryForm_IsTaken(params string[] words)
    {
        FlagParser.Outcome outcome = Parse(words);
        Assert.Equal(["80:80"], outcome.Values.List("publish"));
        Assert.True(outcome.Values.Bool("detach"));
    }

    [Theory]
    [InlineData("--sig-proxy=false", false)]
    [InlineData("--sig-proxy=0", false)]
    [InlineData("--sig-proxy=F", false)]
    [InlineData("--sig-proxy", true)]
    [InlineData("--sig-proxy=true", true)]
    public void Bool_GoesTheGoWay(string word, bool expected) => Assert.Equal(expected, Parse(word).Values.Bool("sig-proxy"));

    [Fact]
    public void Bool_DoesNotTakeTheNextWord() => Assert.Equal(["false"], Parse("--detach", "false").Arguments);

    [Fact]
    public void FirstArgument_EndsFlagsWhereTheCommandSaysSo()
    {
        FlagParser.Outcome outcome = FlagParser.Parse(Flags, ["-d", "image", "ls", "-i", "--name"], flagsAnywhere: false);
        Assert.Equal(["image", "ls", "-i", "--name"], outcome.Arguments);
        Assert.False(outcome.Values.Bool("interactive"));
    }

    [Fact]
    public void DoubleDash_EndsFlags() => Assert.Equal(["-d", "--", "x"], Parse("--", "-d", "--", "x").Arguments);

    [Fact]
    public void SingleDash_IsAnArgument() => Assert.Equal(["-"], Parse("-").Arguments);

    [Fact]
    public void Defaults_StandUntilSet()
    {
        FlagValues values = Parse().Values;
        Assert.Equal(-1, values.Int("count"));
        Assert.True(values.Bool("sig-proxy"));
        Assert.False(values.IsSet("count"));
        Assert.True(Parse("--count=3").Values.IsSet("count"));
    }

    [Fact]
    public void Strings_SplitAtCommasWithQuotes() =>
        Assert.Equal(["a", "b,c", "d"], Parse("--names", "a,\"b,c\"", "--names=d").Values.List("names"));

    [Theory]
    [InlineData("512m", 512L << 20)]
    [InlineData("1g", 1L << 30)]
    [InlineData("1.5GiB", 3L << 29)]
    [InlineData("100", 100)]
    [InlineData("4b", 4)]
    [InlineData("2 kb", 2048)]
    public void Bytes_AreBinary(string text, long expected) => Assert.Equal(expected, Parse("-m", text).Values.Int("memory"));

    [Theory]
    [InlineData("1h2m3.5s", 3723_500_000_000)]
    [InlineData("100ms", 100_000_000)]
    [InlineData("0", 0)]
    [InlineData("-1.5h", -5400_000_000_000)]
    public void Duration_IsInNanoseconds(string text, long expected) => Assert.Equal(expected, Parse("--wait=" + text).Values.Int("wait"));

    [Fact]
    public void Duration_Format_ReadsBack() =>
        Prop.ForAll<long>(n => Assert.Equal(n, GoDuration.Parse(GoDuration.Format(n)))).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void AnyWords_ParseOrFailWithAText()
    {
        Gen<string> word = Gen.OneOf(
            Gen.Elements("-d", "-it", "-p", "-p80", "--name", "--name=x", "--", "-", "--count=3", "--count", "x", "--sig-proxy=false", "--=", "---", "-=", "--help", "-h", "--names=a,b", "--names=\"", ""),
            ArbMap.Default.GeneratorFor<NonNull<string>>().Select(s => s.Get));
        Prop.ForAll(word.ListOf().ToArbitrary(), words =>
        {
            try
            {
                FlagParser.Outcome outcome = FlagParser.Parse(Flags, [.. words], flagsAnywhere: true);
                Assert.True(outcome.Arguments.Count <= words.Count);
            }
            catch (FlagParser.FlagException e)
            {
                Assert.NotEmpty(e.Message);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    [Fact]
    public void Words_BehindTheFirstArgument_AreNeverTouched() =>
        Prop.ForAll<NonNull<string>[]>(rest =>
        {
            string[] tail = [.. rest.Select(r => r.Get)];
            Assert.Equal(["image", .. tail], FlagParser.Parse(Flags, ["-d", "image", .. tail], flagsAnywhere: false).Arguments);
        }).QuickCheckThrowOnFailure();
}
