namespace Wharf.Primitives.Tests.Patterns;

public sealed class IgnorePatternsTests
{
    [Theory]
    [InlineData("*.md", "README.md", true)]
    [InlineData("*.md", "docs/README.md", false)]
    [InlineData("**/*.md", "docs/deep/README.md", true)]
    [InlineData("**/*.md", "README.md", true)]
    [InlineData("docs", "docs/a/b", true)]
    [InlineData("/docs/", "docs/a", true)]
    [InlineData("*/temp*", "a/temporary.txt", true)]
    [InlineData("*/temp*", "a/b/temporary.txt", false)]
    [InlineData("temp?", "tempa", true)]
    [InlineData("temp?", "temp", false)]
    [InlineData("[a-c]x", "bx", true)]
    [InlineData("[^a-c]x", "bx", false)]
    [InlineData("a\\*b", "a*b", true)]
    [InlineData("a\\*b", "axb", false)]
    [InlineData("./x/../y", "y", true)]
    [InlineData("foo/**", "foo/bar/baz", true)]
    [InlineData("foo/**/baz", "foo/baz", true)]
    [InlineData("**", "anything/at/all", true)]
    [InlineData("# x\n!\\#", "# x", false)]
    public void Rule_MatchesAsDockersManualSays(string rules, string path, bool ignored) =>
        Assert.Equal(ignored, IgnorePatterns.Parse(rules).IsIgnored(path));

    [Fact]
    public void LastMatch_Decides()
    {
        var rules = IgnorePatterns.Parse("*.md\n!README*.md\nREADME-secret.md");
        Assert.True(rules.IsIgnored("a.md"));
        Assert.False(rules.IsIgnored("README-x.md"));
        Assert.True(rules.IsIgnored("README-secret.md"));
    }

    [Fact]
    public void Folder_IsSkippedOnlyWhenNothingComesBack()
    {
        Assert.True(IgnorePatterns.Parse("node_modules").CanSkipBelow("node_modules"));
        Assert.False(IgnorePatterns.Parse("a\n!a/keep").CanSkipBelow("a"));
        Assert.True(IgnorePatterns.Parse("a\n!b/keep").CanSkipBelow("a"));
    }

    // Found by the fuzzer: three minutes for one path.
    [Fact]
    public void ManyDeepStars_AreNoMoreWorkThanOne()
    {
        string stars = string.Concat(Enumerable.Repeat("**/", 500)), path = string.Join('/', Enumerable.Repeat("a", 500));

        Assert.False(IgnorePatterns.Parse(stars + "b").IsIgnored(path));
        Assert.True(IgnorePatterns.Parse(stars + "a/**/a").IsIgnored(path));
    }

    [Fact]
    public void Match_AgreesWithTryingEveryWay()
    {
        string[] parts = ["a", "b", "*", "**"], names = ["a", "b"];
        var random = new Random(5);
        for (int i = 0; i < 20_000; i++)
        {
            string[] pattern = [.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => parts[random.Next(4)])], path = [.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => names[random.Next(2)])];

            Assert.Equal(EveryWay(pattern, path), new PathPattern(string.Join('/', pattern)).Matches(string.Join('/', path)));
        }
    }

    private static bool EveryWay(ReadOnlySpan<string> pattern, ReadOnlySpan<string> path)
    {
        if (pattern is ["**"])
        {
            return true;
        }

        if (pattern.IsEmpty || pattern[0] != "**")
        {
            return pattern.IsEmpty ? path.IsEmpty : !path.IsEmpty && (pattern[0] == "*" || pattern[0] == path[0]) && EveryWay(pattern[1..], path[1..]);
        }

        for (int skip = 0; skip <= path.Length; skip++)
        {
            if (EveryWay(pattern[1..], path[skip..]))
            {
                return true;
            }
        }

        return false;
    }

    [Theory]
    [InlineData("[a")]
    [InlineData("a\\")]
    [InlineData("!")]
    public void Malformed_IsRefused(string rules) => Assert.Throws<WharfException>(() => IgnorePatterns.Parse(rules));
}
