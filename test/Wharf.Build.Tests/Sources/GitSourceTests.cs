using Wharf.Build.Sources;
using Wharf.Primitives;

namespace Wharf.Build.Tests.Sources;

public sealed class GitSourceTests
{
    [Theory]
    [InlineData("https://h/r.git", "https://h/r.git", null, "")]
    [InlineData("github.com/u/r", "https://github.com/u/r", null, "")]
    [InlineData("git@h:u/r.git#main", "git@h:u/r.git", "main", "")]
    [InlineData("https://h/r.git#v1:a/b", "https://h/r.git", "v1", "a/b")]
    [InlineData("https://h/r.git#:a", "https://h/r.git", null, "a")]
    [InlineData("https://h/r.git#pull/42/head", "https://h/r.git", "pull/42/head", "")]
    [InlineData("https://h/r.git?branch=b&subdir=/x/", "https://h/r.git", "refs/heads/b", "x")]
    [InlineData("ssh://git@h/r?tag=t", "ssh://git@h/r", "refs/tags/t", "")]
    public void Parse_TakesEveryForm(string address, string remote, string? reference, string folder)
    {
        Assert.True(GitSource.IsGit(address));
        var source = GitSource.Parse(address);
        Assert.Equal((remote, reference, folder), (source.Remote, source.Ref, source.Subfolder));
    }

    [Theory]
    [InlineData("https://h/r.git#--upload-pack=x")]
    [InlineData("https://h/r.git#a b")]
    [InlineData("https://h/r.git#a..b")]
    [InlineData("https://h/r.git#main:../x")]
    [InlineData("https://h/r.git#main:a/../../x")]
    [InlineData("https://h/r.git?nope=1")]
    [InlineData("https://h/r.git?checksum=xyz")]
    [InlineData("git://h/r --x")]
    public void Parse_Hostile_IsRefused(string address) => Assert.Equal(ErrorKind.InvalidArgument, Assert.Throws<WharfException>(() => GitSource.Parse(address)).Kind);

    [Theory]
    [InlineData("https://h/file.tar.gz")]
    [InlineData("/local/r.git")]
    [InlineData("file:///r.git")]
    [InlineData("r.git")]
    public void IsGit_OtherSources_AreNot(string word) => Assert.False(GitSource.IsGit(word));
}
