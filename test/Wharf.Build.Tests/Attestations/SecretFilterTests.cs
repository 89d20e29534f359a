using System.Text;
using Wharf.Build.Attestations;

namespace Wharf.Build.Tests.Attestations;

public sealed class SecretFilterTests
{
    [Theory]
    [InlineData("https://user:pass@host/x.git#main", "https://xxxxx@host/x.git#main")]
    [InlineData("http://token@proxy:3128", "http://xxxxx@proxy:3128")]
    [InlineData("ssh://git@host/x", "ssh://git@host/x")]
    [InlineData("git@host:x.git", "git@host:x.git")]
    [InlineData("https://host/a@b", "https://host/a@b")]
    [InlineData("RUN curl https://a:b@c/ https://d:e@f/", "RUN curl https://xxxxx@c/ https://xxxxx@f/")]
    public void Address_LosesItsPassword(string text, string clean) => Assert.Equal(clean, SecretFilter.CleanAddress(text));

    [Fact]
    public void Value_OfASecret_IsTakenOutWithAndWithoutItsNewline()
    {
        var filter = new SecretFilter(["hunter2\n"u8.ToArray(), "abc"u8.ToArray(), Encoding.UTF8.GetBytes("hunter2-long")]);
        Assert.Equal("a xxxxx b xxxxx abc", filter.Clean("a hunter2 b hunter2-long abc"));
    }
}
