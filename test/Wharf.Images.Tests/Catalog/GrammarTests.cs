using Wharf.Primitives;
using FsCheck;
using FsCheck.Fluent;
using Wharf.Images.Catalog;

namespace Wharf.Images.Tests.Catalog;

public sealed class GrammarTests
{
    [Theory]
    [InlineData("*", "busybox:latest", true)]
    [InlineData("*", "team/app:1", false)]
    [InlineData("team/*", "team/app:1", true)]
    [InlineData("b?sy*", "busybox", true)]
    [InlineData("[a-c]*", "busybox", true)]
    [InlineData("[^a-c]*", "busybox", false)]
    [InlineData("a\\*b", "a*b", true)]
    [InlineData("**/app", "team/app", true)]
    [InlineData("app", "app2", false)]
    [InlineData("", "", true)]
    public void PathMatch_FollowsGo(string pattern, string name, bool expected) => Assert.Equal(expected, GoPathMatch.IsMatch(pattern, name));

    [Theory]
    [InlineData("[a")]
    [InlineData("a\\")]
    [InlineData("[]a]")]
    public void PathMatch_Malformed_IsNoAnswer(string pattern) => Assert.Null(GoPathMatch.IsMatch(pattern, "a"));

    [Fact]
    public void PathMatch_QuotedText_MatchesItself() => Prop.ForAll<NonNull<string>>(text =>
    {
        string quoted = string.Concat(text.Get.Select(c => "\\" + c));
        return GoPathMatch.IsMatch(quoted, text.Get) == true;
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("1h30m", 5400)]
    [InlineData("1.5h", 5400)]
    [InlineData("90s", 90)]
    [InlineData("300ms", 0.3)]
    [InlineData("-10s", -10)]
    public void Duration_Go(string text, double seconds)
    {
        Assert.True(GoDuration.TryParse(text, out TimeSpan duration));
        Assert.Equal(seconds, duration.TotalSeconds, 6);
    }

    [Theory]
    [InlineData("")]
    [InlineData("10")]
    [InlineData("h")]
    [InlineData("1d")]
    [InlineData("1..5h")]
    public void Duration_Malformed_IsRefused(string text) => Assert.False(GoDuration.TryParse(text, out _));

    [Theory]
    [InlineData("1700000000", "2023-11-14T22:13:20+00:00")]
    [InlineData("2024-03-01T10:00:00Z", "2024-03-01T10:00:00+00:00")]
    [InlineData("2024-03-01", "2024-03-01T00:00:00+00:00")]
    public void Moment_Forms(string text, string expected) =>
        Assert.Equal(DateTimeOffset.Parse(expected), ImageFilters.ParseMoment(text, TimeProvider.System));
}
